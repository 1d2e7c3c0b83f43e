// MATLAB files of version 7.3, which are HDF5: data sets with their class beside them, groups for structs,
// and references for cells. Also as Python writes them: without classes an array has NumPy's order of
// dimensions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synfer/files/mat_value.h"
#include "synfer/files/memory_budget.h"

namespace synfer {

/// Whether HDF5 begins in the bytes, at the front or behind MATLAB's header.
bool is_mat73(std::string_view bytes);

/// The variables, sorted. DataError where the file is damaged.
std::vector<std::string> names_of_mat73(const std::string& file);

/// DataError where the variable is damaged, or takes more than is left of `budget`.
MatValue value_of_mat73(const std::string& file, const std::string& name, MemoryBudget& budget);

}  // namespace synfer
