// Whether an estimate is usable: the named end of a fit says how the optimiser fared, and no more. A fit that
// converged may have run to where ever larger coefficients explain the data, or be worse than a coin flip.
//
// Sizes of coefficients are judged by what one change of the weights does to the log odds of the next choice
// at the stimuli and rewards of the data, so that no verdict depends on the unit of either.
#pragma once

#include "synfer/analysis/estimation.h"
#include "synfer/replay/curvature.h"
#include "synfer/results/result.h"

namespace synfer {

/// Log odds that one change of the weights may move, and still be learning.
inline constexpr double kMostPlausible = 10.0;

/// Of each parameter of a Taylor rule: log odds by which one change of the weights by this term moves an
/// offer like those learned from, per unit of its coefficient. 0 where the term never varied; empty for other
/// rules. Weights count where they move log odds by 1, y counts 1.
std::vector<double> log_odds_by_term(const Objective& objective);

/// Adds what forbids the use of estimates: those that ran away, are open or at bounds, weights that were
/// held, and a fit that came to no end.
/// @param curvature  at the estimate; null where it was not computed
void judge_estimates(const Estimation& estimation, const Curvature* curvature, RunResult& result);

/// Adds the same of scores: sessions that the rule lost, choices that a coin flip predicts better.
void judge_scores(RunResult& result);

/// What the state alone says.
void judge_state(RunResult& result);

}  // namespace synfer
