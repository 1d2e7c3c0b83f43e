#include "synfer/files/twins.h"

#include <fmt/format.h>

#include <map>

#include "synfer/base/error.h"

namespace synfer {

void refuse_copies(const std::vector<std::vector<DataFile>>& units) {
  std::map<std::vector<std::string>, const DataFile*> seen;
  for (const std::vector<DataFile>& unit : units) {
    std::vector<std::string> sums;
    for (const DataFile& file : unit) sums.push_back(file.sha256);
    const auto [earlier, is_new] = seen.emplace(sums, &unit.front());
    if (is_new) continue;
    const std::string& path = unit.front().path;
    const std::string& other = earlier->second->path;
    throw DataError(path, 0, "",
                    path == other
                        ? std::string("is given twice; give each file once")
                        : fmt::format("holds the same bytes as {}, so that one recording would count as two; "
                                      "remove or leave out the copy",
                                      other));
  }
}

}  // namespace synfer
