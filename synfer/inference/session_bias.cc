#include "synfer/inference/session_bias.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "synfer/inference/fisher_scoring.h"

namespace synfer {
namespace {

constexpr double kFirstSd = 0.5;    // logits
constexpr double kLargestSd = 5.0;  // logits

}  // namespace

EvidenceOptions with_session_biases(EvidenceOptions options, const Objective& objective) {
  std::size_t group = 0;
  for (const std::size_t g : options.groups) {
    if (g != kNoPrior) group = std::max(group, g + 1);
  }
  options.groups.resize(objective.session_bias_offset(), kNoPrior);
  options.groups.resize(objective.session_bias_offset() + objective.session_biases(), group);
  if (!options.first.empty() || group == 0) options.first.push_back(1.0 / (kFirstSd * kFirstSd));
  options.least.resize(group, 0.0);
  options.least.push_back(1.0 / (kLargestSd * kLargestSd));
  return options;
}

double session_bias_sd(const OptimiserState& state) { return 1.0 / std::sqrt(state.precisions.back()); }

HistoryOnly fit_history_only(const Objective& objective) {
  const Objective alone =
      objective.history_only().with_session_bias_sd(std::numeric_limits<double>::infinity());
  const std::vector<char> frozen = {1};
  OptimiserState start{.parameters = alone.start_from(std::vector<double>{0.0})};
  if (alone.session_biases() == 0)
    return {alone, minimise_curved(alone, {.frozen = frozen}, {}, std::move(start)).at.parameters};
  OptimiserState end =
      maximise_evidence(alone, {.frozen = frozen}, with_session_biases({}, alone), std::move(start)).at;
  return {alone.with_session_bias_sd(session_bias_sd(end)), std::move(end.parameters)};
}

}  // namespace synfer
