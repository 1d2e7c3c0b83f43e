// MATLAB files of version 5 to 7.2, read from their bytes (MATLAB's "MAT-File Format", chapter 1): a header,
// then one part a variable, as it is or packed by zlib.
//
// Read here, and not by a library, since files may be damaged: every length is compared with the bytes there
// are, values within values with a depth, memory with a budget, and the checksum of packed parts with what
// they hold.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "synfer/files/mat_value.h"
#include "synfer/files/memory_budget.h"

namespace synfer {

struct Mat5Part {
  std::string name;
  std::size_t begin = 0;  // of its content, after the tag
  std::size_t length = 0;
  bool is_packed = false;
};

/// Whether the bytes begin with the header of a file of this version, whole or damaged behind it.
bool is_mat5(std::string_view bytes);

/// The variables in the order of the file. DataError where its parts do not fill the file to its end.
std::vector<Mat5Part> parts_of_mat5(const std::string& file, std::string_view bytes);

/// DataError where the variable is damaged, or takes more than is left of `budget`.
MatValue value_of_mat5(const std::string& file, std::string_view bytes, const Mat5Part& part,
                       MemoryBudget& budget);

}  // namespace synfer
