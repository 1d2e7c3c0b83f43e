// What each further term promises beside a fitted set: its efficient score.
#pragma once

#include <cstddef>
#include <vector>

#include "synfer/inference/curvature.h"
#include "synfer/inference/selection.h"

namespace synfer {

/// All candidates' coefficients, those of terms beside the set 0, then the others.
std::vector<double> among_candidates(const FittedSet& set, std::size_t candidates);

struct TermScore {
  std::size_t term = 0;
  double score = 0.0;  // s^2 / (I_cc - I_cA I_AA^-1 I_Ac)
  double step = 0.0;   // the coefficient to which one step would take it
};

/// Of terms beside the set that the data tell apart from it; none where the fit has no slopes.
/// @param everything  the likelihood of all candidates
std::vector<TermScore> efficient_scores(const CurvedLikelihood& everything, const FittedSet& set,
                                        std::size_t candidates);

}  // namespace synfer
