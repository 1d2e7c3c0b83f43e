// Initial weights that a fit drew and took for known: would another draw have given another answer?
//
// One Newton step from the estimate, with all initial weights drawn anew, shows by how many standard errors
// each term would move. Where that is more than a fraction of one, the answer is the draw's as much as the
// data's, and intervals do not cover.
#pragma once

#include "synfer/analysis/estimation.h"
#include "synfer/results/result.h"

namespace synfer {

/// Adds the note `depends_on_draw` where a term moves by more than half a standard error. Nothing where
/// weights are given, estimated or filtered.
/// @param curvature  at the estimate
void judge_drawn_weights(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                         const Curvature& curvature, RunResult& result);

}  // namespace synfer
