// What a fit itself calls for: sentences (sentences.h) on its settings, its estimates and its search.
#pragma once

#include "synfer/analysis/estimation.h"
#include "synfer/results/result.h"

namespace synfer {

/// Adds to the notes of a result what the settings, intervals, identifiability, belief check and search of a
/// result call for.
/// @param curvature  at the estimate; null where it was not computed
void add_warnings(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                  const Curvature* curvature, RunResult& result);

}  // namespace synfer
