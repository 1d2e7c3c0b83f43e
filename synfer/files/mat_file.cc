#include "synfer/files/mat_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/file.h"
#include "synfer/files/mat73.h"

namespace synfer {
namespace {

// Where HDF5 begins at the latest; MATLAB lets it begin at 512.
constexpr std::size_t kMostUserBlock = 1'000'000;

}  // namespace

MatFile::MatFile(const std::string& file, MemoryBudget budget) : file_(file), budget_(std::move(budget)) {
  if (is_mat73(begin_of_file(file, kMostUserBlock))) {  // which is not read whole
    names_ = names_of_mat73(file);
    return;
  }
  std::string bytes = read_file(file);
  if (bytes.empty()) throw DataError(file, 0, "", "the file is empty; expected a MATLAB file");
  if (!is_mat5(bytes)) {
    throw DataError(
        file, 0, "",
        "the file breaks off or is of another kind; expected a MATLAB file of version 5, 7 or 7.3: "
        "save it again (save -v7)");
  }
  parts_ = parts_of_mat5(file, bytes);
  bytes_ = std::move(bytes);
  for (const Mat5Part& part : parts_) {
    if (!part.name.empty()) names_.push_back(part.name);  // MATLAB keeps objects in one without a name
  }
}

bool MatFile::has(const std::string& name) const { return std::ranges::find(names_, name) != names_.end(); }

MatValue MatFile::value(const std::string& name) const {
  if (!has(name)) {
    throw DataError(file_, 0, name,
                    fmt::format("there is no such variable; found {}; check that the file is whole",
                                names_.empty() ? "none" : join(names_, ", ")));
  }
  if (bytes_.empty()) return value_of_mat73(file_, name, budget_);
  return value_of_mat5(file_, bytes_, *std::ranges::find(parts_, name, &Mat5Part::name), budget_);
}

MatMatrix MatFile::matrix(const std::string& name) const {
  MatValue found = value(name);
  if (found.kind != MatValue::Kind::kNumbers || found.shape.size() != 2) {
    throw DataError(
        file_, 0, name,
        fmt::format("found {}, expected a full matrix of real numbers with two dimensions; convert it "
                    "in MATLAB",
                    description_of(found)));
  }
  return {found.shape[0], found.shape[1], std::move(found.numbers)};
}

}  // namespace synfer
