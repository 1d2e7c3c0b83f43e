// Reads one session from a MATLAB file (version 5, 7 or 7.3, with matio) of the layout in which
// the two-odour choices of flies are published (neurorishika/FlYMazeRL):
//
//   X  steps x odours, one-hot   the odour offered at each step
//   Y  steps x 1                 1 accepted, 0 rejected; an acceptance ends the trial
//   R  trials x 1                1 rewarded, 0 not: one entry for each acceptance
//
// Y and R may lie as a row; any numeric class will do. Blocks are not in the file, so all steps are
// of block 0. Version 4 files are refused: they carry nothing by which damage could be told.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// One session; animal and session are called like the file without its folder and suffix.
/// Odours are called "0", "1", ... The row of a DataError is the row of X, Y or R.
std::vector<Session> read_matlab(const std::string& file);

}  // namespace synfer
