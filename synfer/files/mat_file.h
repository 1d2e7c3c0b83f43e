// The variables of a MATLAB file of version 5, 7 or 7.3, for files that may be damaged: mat5.h reads the
// former and checks every length, mat73.h the latter in a process of its own (apart.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "synfer/files/mat5.h"
#include "synfer/files/mat_value.h"

namespace synfer {

struct MatMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // rows x columns, column after column as MATLAB keeps them

  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return values[column * rows + row]; }
};

class MatFile {
 public:
  /// DataError where the file is missing, damaged or not a MATLAB file.
  explicit MatFile(const std::string& file) : MatFile(file, MemoryBudget(file)) {}
  MatFile(const std::string& file, MemoryBudget budget);

  [[nodiscard]] const std::string& file() const { return file_; }

  /// The variables; in the order of the file before version 7.3, sorted from there on.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  [[nodiscard]] bool has(const std::string& name) const;

  /// DataError where the variable is missing or damaged, or all values asked for take more than the budget.
  [[nodiscard]] MatValue value(const std::string& name) const;

  /// DataError where there is no such variable, or it is not a full real matrix of numbers.
  [[nodiscard]] MatMatrix matrix(const std::string& name) const;

 private:
  std::string file_;
  mutable MemoryBudget budget_;
  std::string bytes_;            // before version 7.3
  std::vector<Mat5Part> parts_;  // of bytes_
  std::vector<std::string> names_;
};

}  // namespace synfer
