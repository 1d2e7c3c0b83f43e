// One array in NumPy's .npy format (NEP 1, versions 1 to 3), from and to bytes: a line of text that says
// type, order and shape, then the values.
//
// Numbers, truth values and text are read; Python objects never are, since they are pickles, which can run
// programs when read.
#pragma once

#include <string>
#include <string_view>

#include "synfer/files/array.h"
#include "synfer/files/memory_budget.h"

namespace synfer {

/// `file` and `name` are named in errors. DataError where the bytes are damaged, are of a type that is not
/// read, or where the values take more than is left of `budget`.
Array array_from_npy(const std::string& file, const std::string& name, std::string_view bytes,
                     MemoryBudget& budget);

/// Numbers as float64, text as UTF-32 of the longest entry's length.
std::string npy_of(const Array& array);

}  // namespace synfer
