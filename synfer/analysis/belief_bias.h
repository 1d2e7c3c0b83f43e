// How far the filter's approximations move the estimates, in standard errors.
//
// An estimate rests where the filter's log likelihood has no slope. That of the whole network with its belief
// sampled (gaussian_particles.h) has one there if the filter is biased. Along v, by which one parameter moves
// by its standard error and all others to where they are best then, D = sampled - filtered gives the bias of
// that parameter,
//
//   bias = -(D(estimate + v) - D(estimate - v)) / 2,
//
// in standard errors, for the curvature along v is 1. Taken on a random sample of the sessions and scaled up;
// the two ends see the same draws. Its error has two parts: sessions that were not looked at, and the draws,
// which are repeated for a few sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/inference/scaled_information.h"
#include "synfer/results/belief_check.h"

namespace synfer {

struct BeliefBiasOptions {
  std::size_t particles = 256;
  std::size_t most_sessions = 20;
  std::size_t most_parameters = 3;
  double most_numbers = 2.5e9;  // particles times weights squared, over all steps: bounds the time
  std::uint64_t seed = 1;
};

/// @param objective    with a filtered belief
/// @param information  at the parameters, of those that are free
BeliefBias belief_bias(const Objective& objective, std::span<const double> parameters,
                       const ScaledInformation& information, const BeliefBiasOptions& options);

}  // namespace synfer
