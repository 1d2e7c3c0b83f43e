// Adam as the published recipe has it: one session a step, a fixed number of epochs.
//
// A step on session s descends NLL_s / n_s + lambda pen(theta). Sessions come in their order; the
// stimuli of every epoch are a fresh draw where the objective resamples. Sources: Kingma and Ba,
// Adam (ICLR 2015); Mehta et al. (NeurIPS 2024), appendix; b1 .9, b2 .999, epsilon 1e-8 as in optax.
// One deviation: a session in which weights overflow draws the rule 1 % towards 0; the summary counts them.
#pragma once

#include <optional>

#include "synfer/inference/optimiser.h"

namespace synfer {

struct AdamOptions {
  long epochs = 250;
  double learning_rate = 0.001;
  std::optional<double> clip_gradient = {};  // largest norm of a gradient
};

/// Goes on from `state`; a fresh one holds parameters alone. Stopped and resumed, it ends with the
/// same bits.
OptimiserSummary minimise(const FitProblem& problem, const AdamOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks);

}  // namespace synfer
