#include "synfer/files/memory_budget.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "synfer/base/error.h"

namespace synfer {
namespace {

constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

// The least of the limits of the process's control group (version 2) and of those around it.
std::uint64_t limit_of_control_group() {
  std::uint64_t least = kNoLimit;
  std::ifstream membership("/proc/self/cgroup");
  std::string line;
  while (std::getline(membership, line) && !line.starts_with("0::/")) {
  }
  if (!membership) return least;
  const std::filesystem::path root = "/sys/fs/cgroup";
  for (std::filesystem::path group = line.substr(4);; group = group.parent_path()) {
    std::uint64_t bytes = 0;
    if (std::ifstream(root / group / "memory.max") >> bytes) least = std::min(least, bytes);
    if (group.empty()) return least;
  }
}

std::uint64_t memory_of_machine() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && bytes > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(bytes)
                                : kNoLimit;
}

}  // namespace

std::uint64_t memory_of_process() {
  rlimit limit{};
  const bool is_limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return std::min({memory_of_machine(), limit_of_control_group(), is_limited ? limit.rlim_cur : kNoLimit});
}

std::uint64_t most_bytes_of_a_file() {
  static const std::uint64_t bytes = memory_of_process() / 4;
  return bytes;
}

void MemoryBudget::take(std::uint64_t count, std::uint64_t bytes_each) {
  if (bytes_each > 0 && count > left_ / bytes_each) reject();
  left_ -= count * bytes_each;
}

void MemoryBudget::reject() const {
  throw DataError(
      file_, 0, "",
      fmt::format("its values take more memory than {:.3g} GB, expected less (a quarter of this machine's); "
                  "split the file, or read it where there is more memory",
                  static_cast<double>(bytes_) / 1e9));
}

}  // namespace synfer
