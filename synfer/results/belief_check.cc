#include "synfer/results/belief_check.h"

#include <algorithm>

namespace synfer {

namespace {

constexpr double kTooFar = 0.5;    // of a bias, in standard errors
constexpr double kTooVague = 0.3;  // of its error

bool biased(const ParameterBias& one) { return std::abs(one.bias) > std::max(kTooFar, 2.0 * one.error); }

}  // namespace

BiasVerdict verdict_of(const BeliefBias& found) {
  if (std::ranges::any_of(found.parameters, biased)) return BiasVerdict::kBiased;
  const bool vague = std::ranges::any_of(found.parameters,
                                         [](const ParameterBias& one) { return !(one.error <= kTooVague); });
  return vague || found.parameters.empty() ? BiasVerdict::kNotResolved : BiasVerdict::kPassed;
}

std::string to_string(BiasVerdict verdict) {
  switch (verdict) {
    case BiasVerdict::kPassed:
      return "passed";
    case BiasVerdict::kBiased:
      return "biased";
    case BiasVerdict::kNotResolved:
      break;
  }
  return "not resolved";
}

const ParameterBias& most_biased(const BeliefBias& found) {
  return *std::ranges::max_element(
      found.parameters, {}, [](const ParameterBias& one) { return biased(one) ? std::abs(one.bias) : -1.0; });
}

}  // namespace synfer
