// Matrices of numbers from a MATLAB file of version 5, 7 or 7.3, for files that may be damaged.
//
// matio reads; what it leaves open is settled here: the parts of a version 5 file must fill the
// file to its end, a matrix may not claim more than the file can hold, and cells that matio could
// not fill come out as values that no check of ours accepts, never as stale memory. Not for version
// 7.3 files from people you do not trust: HDF5 1.10 checks their length, but some deliberate damage
// inside crashes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "synfer/data/array.h"

struct _mat_t;  // NOLINT(bugprone-reserved-identifier): matio's own name

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
  explicit MatFile(const std::string& file);

  /// DataError where there is no such variable, or it is not a full real matrix of numbers.
  [[nodiscard]] MatMatrix matrix(const std::string& name) const;

  [[nodiscard]] bool has(const std::string& name) const;

  /// The variables, in the order of the file.
  [[nodiscard]] std::vector<std::string> names() const;

  /// A full array of real numbers of any shape, or text: a matrix of characters is one text a row, without
  /// spaces at the end. DataError as matrix().
  [[nodiscard]] Array array(const std::string& name) const;

 private:
  struct Close {
    void operator()(_mat_t* mat) const;
  };

  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;

  std::string file_;
  std::size_t bytes_ = 0;
  std::unique_ptr<_mat_t, Close> mat_;
};

}  // namespace synfer
