// Is the belief over latent weights as Gaussian as the filter takes it to be? A particle filter, which
// takes nothing for granted, is run beside it at the estimate.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <string>

#include "synfer/inference/objective.h"
#include "synfer/results/belief_check.h"

namespace synfer {

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
