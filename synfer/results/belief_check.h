// How well the filter's belief over latent weights stands up to particles (analysis/belief_check.h), and how
// far its approximations move the estimates (analysis/belief_bias.h).
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace synfer {

struct ParameterBias {
  std::string parameter;
  double bias = 0.0;   // estimate minus where it would be without the approximation, in standard errors
  double error = 0.0;  // Monte Carlo, of the bias
};

struct BeliefBias {
  std::size_t sessions = 0;               // that were looked at; 0: none, the network is too large
  std::vector<ParameterBias> parameters;  // of the rule, those of the largest |estimate / standard error|
};

/// How the bias of the parameters compares with what it may be.
enum class BiasVerdict { kPassed, kBiased, kNotResolved };

/// Biased: one is beyond half a standard error and twice its own error. Not resolved: not biased, but an
/// error is above .3, or nothing was looked at.
BiasVerdict verdict_of(const BeliefBias& found);
/// "passed", "biased", "not resolved".
std::string to_string(BiasVerdict verdict);
/// The parameter of the largest bias among those that are biased.
const ParameterBias& most_biased(const BeliefBias& found);

struct BeliefCheck {
  std::size_t sessions = 0;             // that were looked at
  std::size_t two_humped = 0;           // of them, with a belief of two humps (bimodality.h) at some step
  double nats_apart = 0.0;              // log likelihood of the particles minus that of the filter, a session
  double nats_error = NAN;              // standard error of that mean over sessions; NaN for one
  std::optional<BeliefBias> bias = {};  // of the estimates; none without curvature
};

}  // namespace synfer
