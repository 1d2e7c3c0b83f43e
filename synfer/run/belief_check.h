// Is the belief over latent weights as Gaussian as the filter takes it to be? A particle filter, which
// takes nothing for granted, is run beside it at the estimate.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>

#include "synfer/inference/objective.h"
#include "synfer/run/belief_bias.h"

namespace synfer {

struct BeliefCheck {
  std::size_t sessions = 0;             // that were looked at
  std::size_t two_humped = 0;           // of them, with a belief of two humps (bimodality.h) at some step
  double nats_apart = 0.0;              // log likelihood of the particles minus that of the filter, a session
  double nats_error = NAN;              // standard error of that mean over sessions; NaN for one
  std::optional<BeliefBias> bias = {};  // of the estimates; none without curvature
};

struct BeliefCheckOptions {
  int particles = 1000;
  std::size_t most_sessions = 10;  // evenly spread over all
  std::uint64_t seed = 1;
};

/// @param objective  with a filtered belief. Of a rule that is averaged over the noise the particles, which
///                   have noise of their own, see the rule itself
BeliefCheck check_belief(const Objective& objective, std::span<const double> parameters,
                         const BeliefCheckOptions& options);

}  // namespace synfer
