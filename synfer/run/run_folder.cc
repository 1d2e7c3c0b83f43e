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

#include "synfer/analysis/design_check.h"
#include "synfer/analysis/replay_tables.h"
#include "synfer/base/error.h"
#include "synfer/base/recorded_work.h"
#include "synfer/formats/write.h"
#include "synfer/report/page.h"
#include "synfer/results/checked_json_private.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/result.h"
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

constexpr const char* kAside = ".before";

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool is_run(const fs::path& path) {
  using Json = CheckedJson::Json;
  const Json json = Json::parse(text_of(path / kRunFile), nullptr, false);
  return json.is_object() && json.value("schema_version", Json()) == 1 &&
         json.value("command", Json()).is_string();
}

// The first thing in a folder that no run writes; empty where there is none.
std::string foreign_in(const fs::path& path) {
  static const std::vector<std::string> kOfRuns = {
      kRunFile,          kConfigurationFile, kCheckpointFile, kResultFile,     kTraceFile,
      kTrajectoriesFile, kRuleShapeFile,     kHeldOutFile,    kPredictiveFile, kAssumptionsFile,
      kStructuresFile,   kDesignFile,        kTruthFile,      kReportFile};
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    std::string name = entry.path().filename().string();
    if (is_temporary(name) || is_written_data(name)) continue;
    if (name == "sessions" && entry.is_directory() && !entry.is_symlink()) {
      for (const fs::directory_entry& data : fs::directory_iterator(entry)) {
        std::string within = name + "/" + data.path().filename().string();
        if (!is_written_data(within)) return within;
      }
      continue;
    }
    if (!entry.is_regular_file() || std::ranges::find(kOfRuns, name) == kOfRuns.end()) return name;
  }
  return "";
}

// Made, but killed before it held anything.
bool is_half_made(const fs::path& path) {
  const auto is_ours = [](const fs::directory_entry& entry) {
    return is_temporary(entry.path().filename().string());
  };
  return fs::is_directory(path) && !fs::is_symlink(path) &&
         std::ranges::all_of(fs::directory_iterator(path), is_ours);
}

std::string beside(const std::string& path) {
  const std::string earlier = earlier_run(path);
  return earlier.empty() ? "" : fmt::format("; an earlier run of that name is in {}", earlier);
}

[[noreturn]] void refuse_existing(const std::string& path) {
  throw OutputError(path, "exists; choose another --out, remove it, or give --overwrite" + beside(path));
}

void refuse_what_is_no_run(const std::string& path) {
  std::string reason = fmt::format("is not a run (it has no {} of synfer)", kRunFile);
  if (is_run(path)) {
    const std::string foreign = foreign_in(path);
    if (foreign.empty()) return;
    reason = fmt::format("holds {}, which is not of the run", foreign);
  }
  throw OutputError(path,
                    fmt::format("exists and {}, so it will not be overwritten; choose another --out, or "
                                "remove it",
                                reason));
}

}  // namespace

RunFolder RunFolder::create(const std::string& path, bool overwrite) {
  if (path.empty()) throw OutputError("--out", "found an empty name; name a folder that does not exist yet");
  RunFolder folder(tidied(path), false);
  if (is_there(folder.path_)) {
    if (!overwrite) refuse_existing(folder.path_);
    if (is_half_made(folder.path_)) {
      std::error_code ignored;  // what cannot be removed shows when the folder is made
      for (const fs::directory_entry& entry : fs::directory_iterator(folder.path_))
        fs::remove(entry.path(), ignored);
      fs::remove(folder.path_, ignored);
    } else {
      folder.move_aside();
    }
  }
  folder.make_parents(folder.path_);
  folder.make_folder(folder.path_, false);
  return folder;
}

void RunFolder::move_aside() {
  refuse_what_is_no_run(path_);
  std::string aside = path_ + kAside;
  while (is_there(aside)) aside += "_";
  if (std::rename(path_.c_str(), aside.c_str()) != 0) {
    throw OutputError(path_, fmt::format("cannot be overwritten: {}; choose another --out", system_reason()));
  }
  moved_aside_ = aside;
}

RunFolder RunFolder::open_existing(const std::string& path, const std::vector<std::string>& needed) {
  RunFolder folder(tidied(path), true);
  std::error_code ignored;
  if (!is_there(folder.path_)) {
    throw ConfigurationError(
        path, "no such folder; name the --out folder of an earlier run" + beside(folder.path_));
  }
  if (!fs::is_directory(folder.path_, ignored)) {
    throw ConfigurationError(path, "not a folder; name the --out folder of an earlier run");
  }
  for (const std::string& name : needed) {
    if (!folder.has(name) && is_half_made(folder.path_)) {
      throw ConfigurationError(
          path,
          "was made for a run that had not begun; start it again with --overwrite" + beside(folder.path_));
    }
    if (fs::is_symlink(fs::path(folder.path_) / name, ignored)) {
      throw ConfigurationError(
          path, fmt::format("found the link {}, expected a file; put the file itself there", name));
    }
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
  if (!moved_aside_.empty() && is_run(moved_aside_) && foreign_in(moved_aside_).empty())
    fs::remove_all(moved_aside_, ignored);
}

bool RunFolder::has(const std::string& name) const {
  std::error_code ignored;  // a link may lead anywhere, and is no file of the run
  return fs::is_regular_file(fs::symlink_status(fs::path(path_) / name, ignored));
}

void RunFolder::write(const std::string& name, std::string_view text) { write_file(claim(name), text); }

void RunFolder::remove(const std::string& name) {
  std::error_code ignored;
  fs::remove(fs::path(path_) / name, ignored);
}

std::string RunFolder::claim(const std::string& name) {
  const fs::path within = fs::path(name).lexically_normal();
  if (within.empty() || within.is_absolute() || *within.begin() == ".." || !within.has_filename())
    throw OutputError(name, "lies outside the folder of the run; name a file within it");
  const std::string file = (fs::path(path_) / name).string();
  make_parents(file);
  if (std::ranges::find(made_, file) == made_.end()) made_.push_back(file);
  return file;
}

std::string RunFolder::read(const std::string& name) const {
  const std::string file = (fs::path(path_) / name).string();
  if (!has(name) || !std::ifstream(file))
    throw ConfigurationError(file, "cannot be read; is this the folder of an earlier run?");
  return text_of(file);
}

void RunFolder::make_folder(const std::string& path, bool may_exist) {
  int made = mkdir(path.c_str(), 0777);
  while (made != 0 && errno == EINTR) made = mkdir(path.c_str(), 0777);
  if (made == 0) {
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

std::string earlier_run(const std::string& path) {
  const std::string aside = tidied(path) + kAside;
  return is_there(aside) && is_run(aside) ? aside : "";
}

}  // namespace synfer
