// An array of numbers or of text, as files of the field hold them, whatever the kind of file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace synfer {

/// Values lie in the order of the last dimension first (C order). One of `numbers` and `text` is filled.
struct Array {
  std::vector<std::size_t> shape;  // empty: a single value
  std::vector<double> numbers;     // NaN where missing
  std::vector<std::string> text;
  bool is_text = false;
};

/// From the order of Fortran and MATLAB, first dimension first.
void to_c_order(Array& array);

/// The numbers of `array` in that order.
std::vector<double> in_fortran_order(const Array& array);

/// `more` below `whole`, along the first dimension. Their other dimensions must be the same; numbers below
/// text become text.
void append(Array& whole, const Array& more);

struct NamedArray {
  std::string name;
  Array array;
};

}  // namespace synfer
