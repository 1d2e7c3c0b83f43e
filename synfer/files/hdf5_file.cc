#include "synfer/files/hdf5_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/files/apart.h"
#include "synfer/files/file.h"
#include "synfer/files/hdf5_reader_private.h"
#include "synfer/files/memory_budget.h"
#include "synfer/files/npy.h"

namespace synfer {
namespace {

// Far more than HDF5 needs for as many bytes, far less than an endless loop.
constexpr std::uint64_t kBytesPerSecond = 1'000'000;
constexpr unsigned kLeastSeconds = 5;
constexpr unsigned kSecondsPerProcessorSecond = 12;  // shares of laboratories are slow

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// What the process sends is not trusted: damage may have changed what it does.
std::string_view take(std::string_view& from, std::uint64_t count) {
  if (count > from.size()) throw std::length_error("findings of a damaged file");
  const std::string_view taken = from.substr(0, count);
  from.remove_prefix(count);
  return taken;
}

std::string_view take_text(std::string_view& from) {
  std::uint64_t length = 0;
  std::memcpy(&length, take(from, sizeof length).data(), sizeof length);
  return take(from, length);
}

}  // namespace

Hdf5File::Hdf5File(const std::string& file, const std::vector<std::string>& paths, Hdf5Depth depth)
    : file_(file) {
  const std::uint64_t bytes = size_of_file(file);
  MemoryBudget budget(file);
  ApartLimits limits;
  limits.processor_seconds = static_cast<unsigned>(kLeastSeconds + bytes / kBytesPerSecond);
  limits.seconds = kSecondsPerProcessorSecond * limits.processor_seconds;
  limits.bytes = 2 * budget.left();  // the values, and what is sent home
  const Hdf5Walk walk = hdf5_walk(file, paths, bytes, depth);
  const ApartResult findings = done_apart(walk.open, walk.read, limits);
  if (findings.end == ApartEnd::kOutOfMemory) budget.reject();
  if (findings.end == ApartEnd::kOutOfTime) {
    throw DataError(
        file, 0, "",
        fmt::format("is not read within {} s; it is damaged, or its disk does not answer: copy it to this "
                    "machine or save it again",
                    limits.seconds));
  }
  const auto damaged = [&] {
    return DataError(file, 0, "", "is so damaged that HDF5 cannot read it; copy or save the file again");
  };
  if (findings.end != ApartEnd::kDone) throw damaged();
  try {
    keep(findings.bytes, budget);
  } catch (const std::length_error&) {
    throw damaged();
  }
}

void Hdf5File::keep(std::string_view findings, MemoryBudget& budget) {
  while (!findings.empty()) {
    const auto kind = static_cast<Hdf5Finding>(take(findings, 1).front());
    const std::string path(take_text(findings));
    const std::string_view content = take_text(findings);
    if (kind == Hdf5Finding::kFault) throw DataError(file_, 0, last_part(path), std::string(content));
    std::optional<Array>& found = found_[path];  // listed, perhaps, before it is read
    if (kind == Hdf5Finding::kGroup) groups_.insert(path);
    if (kind == Hdf5Finding::kArray) found = array_from_npy(file_, last_part(path), content, budget);
  }
}

std::vector<std::string> Hdf5File::members(const std::string& group) const {
  std::vector<std::string> names;
  const std::string within = group == "/" ? "" : group + "/";
  for (auto at = found_.lower_bound(within); at != found_.end() && at->first.starts_with(within); ++at) {
    const std::string name = at->first.substr(within.size());
    if (name.find_first_of("/@") == std::string::npos) names.push_back(name);
  }
  return names;
}

bool Hdf5File::is_array(const std::string& path) const {
  const auto found = found_.find(path);
  return found != found_.end() && found->second.has_value();
}

const Array& Hdf5File::array(const std::string& path) const {
  const auto found = found_.find(path);
  if (found != found_.end()) {
    const std::optional<Array>& array = found->second;
    if (array) return *array;
  }
  throw DataError(file_, 0, last_part(path), "expected an array of numbers, truth values or text at " + path);
}

std::optional<std::string> Hdf5File::text(const std::string& path) const {
  if (!is_array(path) || array(path).text.size() != 1) return std::nullopt;
  return array(path).text.front();
}

std::optional<double> Hdf5File::attribute(const std::string& path, const std::string& name) const {
  const std::string key = path + "@" + name;
  if (!is_array(key) || array(key).is_text) return std::nullopt;
  return array(key).numbers.front();
}

std::optional<std::string> Hdf5File::text_attribute(const std::string& path, const std::string& name) const {
  return text(path + "@" + name);
}

const Array* Hdf5File::references(const std::string& path) const {
  const std::string key = path + kHdf5References;
  return is_array(key) ? &array(key) : nullptr;
}

}  // namespace synfer
