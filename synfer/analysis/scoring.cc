#include "synfer/analysis/scoring.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfer/analysis/history_result.h"
#include "synfer/base/error.h"
#include "synfer/evaluation/recovery.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr double kOverflow = -std::numeric_limits<double>::infinity();

}  // namespace

void use_estimated_weights(const RunResult& result, bool same_sessions, std::vector<Matrix>& initial) {
  const std::vector<Matrix>& estimated = result.initial_weights;
  if (estimated.empty()) return;
  Matrix mean = Matrix::Zero(estimated.front().rows(), estimated.front().cols());
  for (const Matrix& m : estimated) mean += m / static_cast<double>(estimated.size());
  for (std::size_t s = 0; s < initial.size(); ++s) {
    initial[s] = same_sessions && estimated.size() == initial.size() ? estimated[s] : mean;
  }
}

BeliefOptions fitted_belief(const Configuration& c, DataOrigin origin, const RunResult& result) {
  BeliefOptions belief = belief_options(c, origin);
  const double alike = std::sqrt(neurons_in_one(c, origin));
  for (const Estimate& e : result.others) {
    if (e.name == "noise_sd") belief.noise_sd = e.value;
    if (e.name == "walk_sd") belief.walk_sd = e.value / alike;
    if (e.name == "initial_sd") belief.initial_sd = e.value / alike;
  }
  return belief;
}

bool has_choices(const std::vector<EncodedSession>& sessions) {
  return std::ranges::any_of(sessions, [](const EncodedSession& s) { return s.scored_choices() > 0; });
}

TrueRule rule_of(const Configuration& c, const RunResult& result) {
  std::vector<double> theta;
  std::vector<std::string> names;
  for (const Estimate& e : result.estimates) {
    theta.push_back(e.value);
    names.push_back(e.name);
  }
  if (result.rule_kind == "taylor") {
    std::vector<Term> terms;
    for (const std::string& name : names) terms.push_back(parse_term(name));
    return {TaylorRule(std::move(terms)), std::move(theta)};
  }
  Rule rule = c.rule.kind == "mlp" ? fitted_mlp(c, result.input_scale) : fitted_rule(c);
  if (c.rule.kind != result.rule_kind || names != rule.parameter_names()) {
    throw ConfigurationError("rule",
                             "the settings describe another rule than the one that was fitted; leave it out");
  }
  return {std::move(rule), std::move(theta)};
}

FittedPrediction::FittedPrediction(const Configuration& c, DataOrigin origin, const RunResult& result,
                                   const std::vector<EncodedSession>& sessions, bool same_sessions)
    : rule(rule_of(c, result)),
      model{fitted_network(c, origin), rule_in_filter(c, origin, rule.rule)},
      prediction{model, rule.theta, objective_options(c, origin).resampling_sd, c.seed} {
  prediction.belief = fitted_belief(c, origin, result);
  FittedOffsets offsets = fitted_offsets(c, result, sessions, same_sessions);
  prediction.offsets = std::move(offsets.of_fit);
  prediction.history_only = std::move(offsets.history_only);
}

Scores deviance_scores(const Configuration& c, DataOrigin origin, const RunResult& result, ReplayData data,
                       bool same_sessions) {
  Scores scores;
  if (result.training_shares.empty() || !has_choices(data.sessions)) return scores;
  use_estimated_weights(result, same_sessions, data.initial);
  FittedPrediction fitted(c, origin, result, data.sessions, same_sessions);
  Prediction& prediction = fitted.prediction;
  const ChoiceShares training{result.training_shares};
  scores.percent_deviance = percent_deviances(prediction, data.sessions, data.initial, training);
  const bool filtered =
      learns_from_choices(prediction.belief, static_cast<std::size_t>(data.sessions.front().offers));
  scores.prediction = filtered ? "one step ahead" : "open loop";
  if (filtered) {
    prediction.belief.stimuli = BeliefOptions::Stimuli::kAveraged;
    scores.open_loop = percent_deviances(prediction, data.sessions, data.initial, training);
  }
  return scores;
}

Scores recovery_scores(const Configuration& c, const TrueRule& truth, const RunResult& result,
                       const std::vector<SimulatedSession>& fresh) {
  const ReplayData seen = as_in_fit(c, fresh);
  Scores scores = deviance_scores(c, DataOrigin::simulated, result, seen, false);
  if (!scores.percent_deviance.empty()) {
    const Model model{fitted_network(c, DataOrigin::simulated), truth.rule};
    Prediction prediction{model, truth.theta, objective_options(c, DataOrigin::simulated).resampling_sd,
                          c.seed};
    prediction.belief = belief_options(c, DataOrigin::simulated);
    const bool possible =
        prediction.belief.stimuli != BeliefOptions::Stimuli::kFiltered || truth.rule.curved();
    if (possible) {
      scores.of_truth = percent_deviances(prediction, seen.sessions, seen.initial, {result.training_shares});
    }
  }
  const TrueRule fitted = rule_of(c, result);
  const Model model{network_of(c), fitted.rule};
  const ReplayData data = as_simulated(c, fresh);
  std::vector<double> weights;
  std::vector<double> activity;
  for (std::size_t s = 0; s < fresh.size(); ++s) {
    try {
      const Recovery found = recovery({network_of(c), truth.rule}, truth.theta, model, fitted.theta,
                                      data.sessions[s], data.initial[s]);
      weights.push_back(found.weights.mean);
      activity.push_back(found.activity.mean);
    } catch (const NonFiniteError&) {
      weights.push_back(kOverflow);
      activity.push_back(kOverflow);
    }
  }
  scores.r2_weights = scores_over_sessions(std::move(weights));
  scores.r2_activity = scores_over_sessions(std::move(activity));
  return scores;
}

}  // namespace synfer
