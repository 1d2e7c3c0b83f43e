// Reads a MATLAB file (version 5, 7 or 7.3).
//
// Variables hold sessions as arrays whose first dimension is the step (step_arrays.h), called like the
// columns of a CSV or mapped; a vector may lie as a row. Text is a cell array, or a matrix of characters with
// one row a step. The same arrays may be the fields of a struct: of one struct, which is then the file's
// session or holds several; of several structs, a session each; or of a struct array, whose elements are
// steps where each has one choice, and sessions where they have many. The reading says which.
//
// The layout in which the two-odour choices of flies are published (neurorishika/FlYMazeRL) is one session:
//
//   X  steps x odours, one-hot   the odour offered at each step
//   Y  steps x 1                 1 accepted, 0 rejected; an acceptance ends the trial
//   R  trials x 1                1 rewarded, 0 not: one entry for each acceptance
//
// Y and R may lie as a row; any numeric class will do. Blocks are not in the file, so all steps are of block
// 0. A file is of this layout where it has two of X, Y and R and nothing that is called a choice.
//
// Version 4 files are refused: they carry nothing by which damage could be told.
#pragma once

#include <string>

#include "synfer/formats/reading.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// X, Y, R: one session; animal and session are called like the file without its folder and suffix.
/// Odours are called "0", "1", ... The row of a DataError is the row of X, Y or R, or the step.
Reading read_matlab(const std::string& file, const ColumnNames& names = {}, const StepCoding& coding = {});

}  // namespace synfer
