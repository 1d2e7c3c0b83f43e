// Reads a MATLAB file (version 5, 7 or 7.3, with matio) of one of two layouts.
//
// The layout in which the two-odour choices of flies are published (neurorishika/FlYMazeRL), one session:
//
//   X  steps x odours, one-hot   the odour offered at each step
//   Y  steps x 1                 1 accepted, 0 rejected; an acceptance ends the trial
//   R  trials x 1                1 rewarded, 0 not: one entry for each acceptance
//
// Y and R may lie as a row; any numeric class will do. Blocks are not in the file, so all steps are
// of block 0.
//
// A file without X, Y and R holds sessions as arrays whose first dimension is the step (step_arrays.h),
// called like the columns of a CSV or mapped; a vector may lie as a row, and text is a matrix of characters
// with one row a step (MATLAB's char and cellstr), so text with several offers a step is not to be had:
// stimulus0, stimulus1, ... say it.
//
// Version 4 files are refused: they carry nothing by which damage could be told.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/reading.h"
#include "synfer/data/step_coding.h"
#include "synfer/data/step_columns.h"

namespace synfer {

/// X, Y, R: one session; animal and session are called like the file without its folder and suffix.
/// Odours are called "0", "1", ... The row of a DataError is the row of X, Y or R, or the step.
Reading read_matlab(const std::string& file, const ColumnNames& names = {}, const StepCoding& coding = {});

}  // namespace synfer
