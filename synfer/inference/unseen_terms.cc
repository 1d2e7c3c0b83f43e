#include "synfer/inference/unseen_terms.h"

#include <algorithm>
#include <cmath>

namespace synfer {
namespace {

constexpr double kTolerance = 1e-9;  // of the largest sum

bool offers_have_equal_sums(const EncodedSession& session) {
  const auto offers = static_cast<std::size_t>(session.offers);
  const auto inputs = static_cast<std::size_t>(session.inputs);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.scored_choice(t) == kNoChoice) continue;
    double least = 0.0;
    double most = 0.0;
    for (std::size_t k = 0; k < offers; ++k) {
      double sum = 0.0;
      for (std::size_t i = 0; i < inputs; ++i) sum += session.x[(t * offers + k) * inputs + i];
      least = k == 0 ? sum : std::min(least, sum);
      most = k == 0 ? sum : std::max(most, sum);
    }
    if (most - least > kTolerance * std::max(std::abs(most), std::abs(least))) return false;
  }
  return true;
}

// Whether changes under this term differ otherwise than by a common change where weights differ by a common
// one.
bool brings_to_light(const Term& term) {
  if (is_common(term) || (term.y == 0 && term.w == 0)) return false;
  const bool linear_in_w = term.x == 0 && term.y == 0 && term.w == 1;
  return !linear_in_w;
}

}  // namespace

CommonChanges common_changes(const Objective& objective) {
  const ObjectiveOptions& options = objective.options();
  if (options.observe != Observe::kBehavior) return CommonChanges::kSeen;
  if (objective.model().network.activation.kind != Activation::Kind::kLinear) return CommonChanges::kSeen;
  const bool alike = std::ranges::all_of(objective.data(), [](const EncodedSession& session) {
    return session.offers > 1 && offers_have_equal_sums(session);
  });
  if (!alike) return CommonChanges::kSeen;
  const bool noise_is_known = options.belief.stimuli != BeliefOptions::Stimuli::kKnown &&
                              (options.belief.noise_sd > 0.0 || options.estimate_noise_sd);
  return noise_is_known || options.resampling_sd > 0.0 ? CommonChanges::kSeenByNoiseAlone
                                                       : CommonChanges::kUnseen;
}

bool is_common(const Term& term) { return term.x == 0 && term.w == 0; }

std::vector<Term> hidden_common_terms(std::span<const Term> rule) {
  std::vector<Term> hidden;
  if (std::ranges::any_of(rule, brings_to_light)) return hidden;
  std::ranges::copy_if(rule, std::back_inserter(hidden), is_common);
  return hidden;
}

}  // namespace synfer
