// One session as an NWB file (NWB 2.7, HDF5) that read_nwb.h reads back to an equal one and
// nwbinspector accepts: the arrays of step_arrays.h as the columns of intervals/trials, one row a step.
//
// A simulation has no clock: step t lasts from t to t + 1 seconds, and the session starts in the year 2000.
// What is made up is said in the file's descriptions.
#pragma once

#include <string>

#include "synfer/data/session.h"

namespace synfer {

/// The bytes of the file; equal sessions give equal ones. std::invalid_argument as step_arrays.
std::string nwb_of(const Session& session);

}  // namespace synfer
