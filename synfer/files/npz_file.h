// NumPy's .npz: a zip file with one .npy array a name (npy.h). The zip is libzip's work, the arrays are ours,
// since the libraries that read both trust what they read.
#pragma once

#include <string>
#include <vector>

#include "synfer/files/array.h"
#include "synfer/files/memory_budget.h"

namespace synfer {

/// The arrays in the order of the file. DataError where it is missing, damaged, no .npz, holds a pickle, or
/// more than `budget`.
std::vector<NamedArray> read_npz(const std::string& file, MemoryBudget budget);
inline std::vector<NamedArray> read_npz(const std::string& file) {
  return read_npz(file, MemoryBudget(file));
}

/// The bytes of such a file, compressed; equal arrays give equal ones.
std::string npz_of(const std::vector<NamedArray>& arrays);

}  // namespace synfer
