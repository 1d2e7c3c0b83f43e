// Where in a MATLAB file its sessions are: among the variables, or in the fields of structs.
#pragma once

#include <string>
#include <vector>

#include "synfer/files/array.h"
#include "synfer/files/mat_file.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

struct MatArrays {
  std::vector<NamedArray> arrays;  // one row a step (step_arrays.h); empty where nothing fits
  std::vector<std::string> how;    // a sentence each: where they were found
};

/// @throws DataError where a variable is damaged, or one with a meaning holds what is no array.
MatArrays find_mat_arrays(const MatFile& mat, const ColumnNames& names);

/// For a message: every variable, and what it is.
std::string variables_of(const MatFile& mat);

}  // namespace synfer
