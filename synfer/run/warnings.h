// What a reader of a result must know before believing it, a sentence each.
#pragma once

#include "synfer/run/estimation.h"
#include "synfer/run/result.h"

namespace synfer {

/// Adds to result.warnings what the settings, intervals, identifiability, belief check and search of a result
/// call for.
/// @param curvature  at the estimate; null where it was not computed
void add_warnings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const Curvature* curvature, RunResult& result);

}  // namespace synfer
