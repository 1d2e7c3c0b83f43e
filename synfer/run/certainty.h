// How sure the fit of a run is: intervals of every estimate, what the data cannot tell, and warnings in
// words.
#pragma once

#include "synfer/run/estimation.h"
#include "synfer/run/result.h"

namespace synfer {

/// Fills in the intervals, identifiability and warnings of a result.
void state_certainty(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                     RunResult& result);

}  // namespace synfer
