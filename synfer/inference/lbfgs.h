// L-BFGS over all sessions at once, by LBFGSpp. L1 is exact: theta is split into two nonnegative
// halves under the bounded solver, so that coefficients reach 0.
//
// Without L1 it works in whitened coordinates of the rule (whitening.h), which L1 does not allow.
// Resampled stimuli are one fixed draw. A trajectory that overflows counts as infinitely bad, so
// that a line search steps back from it. For many parameters; rules of up to a hundred terms are
// better served by curvature of their own.
#pragma once

#include "synfer/inference/optimiser.h"

namespace synfer {

struct LbfgsOptions {
  int max_iterations = 500;
  double tolerance = 1e-6;  // relative size of the projected gradient that counts as converged
  int memory = 20;          // corrections kept
};

/// Goes on from `state`. The solver's memory of curvature cannot be saved, but what it was told can: it
/// begins again, hears the same answers without an evaluation, and so comes to the same place.
OptimiserSummary minimise(const FitProblem& problem, const LbfgsOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks);

}  // namespace synfer
