// Writes sessions as a MATLAB file of version 5 (load in any MATLAB and in Octave) that read_matlab.h reads
// back to equal ones: the arrays of step_arrays.h, text as matrices of characters, one row a step.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// Equal sessions give equal bytes. Spaces at the end of a name are lost. OutputError where the file cannot
/// be written; std::invalid_argument as step_arrays.
void write_matlab(const std::string& file, const std::vector<Session>& sessions);

}  // namespace synfer
