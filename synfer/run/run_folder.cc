#include "synfer/run/run_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ranges>
#include <system_error>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/run/output_file.h"

namespace synfer {
namespace {

namespace fs = std::filesystem;

std::string system_reason() { return std::generic_category().message(errno); }

// Without the slash at the end that shells complete.
std::string tidied(const std::string& path) {
  std::string tidy = fs::path(path).lexically_normal().string();
  while (tidy.size() > 1 && tidy.ends_with('/')) tidy.pop_back();
  return tidy;
}

bool is_there(const std::string& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0;  // a link to nothing is there too
}

bool is_run(const std::string& path) {
  std::error_code ignored;
  return fs::exists(fs::path(path) / kConfigurationFile, ignored);
}

[[noreturn]] void refuse_existing(const std::string& path) {
  throw OutputError(path, "exists; choose another --out, remove it, or give --overwrite");
}

}  // namespace

RunFolder RunFolder::create(const std::string& path, bool overwrite) {
  if (path.empty()) throw OutputError("--out", "found an empty name; name a folder that does not exist yet");
  RunFolder folder(tidied(path), false);
  if (is_there(folder.path_)) {
    if (!overwrite) refuse_existing(folder.path_);
    if (!is_run(folder.path_)) {
      throw OutputError(folder.path_, fmt::format("exists and is not a run (it has no {}), so it will not be "
                                                  "overwritten; choose another --out, or remove it",
                                                  kConfigurationFile));
    }
    std::string aside = folder.path_ + ".before";
    while (is_there(aside)) aside += "_";
    if (std::rename(folder.path_.c_str(), aside.c_str()) != 0) {
      throw OutputError(folder.path_,
                        fmt::format("cannot be overwritten: {}; choose another --out", system_reason()));
    }
    folder.moved_aside_ = aside;
  }
  folder.make_parents(folder.path_);
  folder.make_folder(folder.path_, false);
  return folder;
}

RunFolder RunFolder::open_existing(const std::string& path, const std::vector<std::string>& needed) {
  RunFolder folder(tidied(path), true);
  std::error_code ignored;
  if (!is_there(folder.path_)) {
    throw ConfigurationError(path, "no such folder; name the --out folder of an earlier run");
  }
  if (!fs::is_directory(folder.path_, ignored)) {
    throw ConfigurationError(path, "not a folder; name the --out folder of an earlier run");
  }
  for (const std::string& name : needed) {
    if (!folder.has(name)) {
      throw ConfigurationError(path,
                               fmt::format("holds no {}; name the --out folder of an earlier run", name));
    }
  }
  return folder;
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::move(other.path_)),
      kept_(std::exchange(other.kept_, true)),
      made_(std::move(other.made_)),
      moved_aside_(std::move(other.moved_aside_)) {}

RunFolder::~RunFolder() {
  if (kept_) return;
  // Last made, first removed; a folder in which others have put something stays.
  for (const std::string& made : std::views::reverse(made_)) std::remove(made.c_str());
  if (!moved_aside_.empty()) std::rename(moved_aside_.c_str(), path_.c_str());
}

void RunFolder::keep() {
  kept_ = true;
  std::error_code ignored;  // an earlier run that cannot be removed is in nobody's way
  if (!moved_aside_.empty()) fs::remove_all(moved_aside_, ignored);
}

bool RunFolder::has(const std::string& name) const {
  std::error_code ignored;
  return fs::is_regular_file(fs::path(path_) / name, ignored);
}

void RunFolder::write(const std::string& name, std::string_view text) { write_file(claim(name), text); }

void RunFolder::remove(const std::string& name) {
  std::error_code ignored;
  fs::remove(fs::path(path_) / name, ignored);
}

std::string RunFolder::claim(const std::string& name) {
  const std::string file = (fs::path(path_) / name).string();
  make_parents(file);
  if (std::ranges::find(made_, file) == made_.end()) made_.push_back(file);
  return file;
}

std::string RunFolder::read(const std::string& name) const {
  const std::string file = (fs::path(path_) / name).string();
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !has(name))
    throw ConfigurationError(file, "cannot be read; is this the folder of an earlier run?");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void RunFolder::make_folder(const std::string& path, bool may_exist) {
  if (mkdir(path.c_str(), 0777) == 0) {
    made_.push_back(path);
    return;
  }
  if (errno == EEXIST && may_exist) return;    // runs of a sweep make their common parent at once
  if (errno == EEXIST) refuse_existing(path);  // made by another run in the meantime
  throw OutputError(path, fmt::format("cannot be made: {}; choose another --out", system_reason()));
}

void RunFolder::make_parents(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  if (parent.empty() || is_there(parent)) return;
  make_parents(parent);
  make_folder(parent, true);
}

}  // namespace synfer
