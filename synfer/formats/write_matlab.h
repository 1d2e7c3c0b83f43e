// Sessions as a MATLAB file of version 5 (load in any MATLAB and in Octave) that read_matlab.h reads back to
// equal ones: the arrays of step_arrays.h, text as matrices of characters, one row a step.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// The bytes of the file; equal sessions give equal ones. Spaces at the end of a name are lost.
/// std::invalid_argument as step_arrays, and where an array has more than the 4 GB of this version.
std::string matlab_of(const std::vector<Session>& sessions);

}  // namespace synfer
