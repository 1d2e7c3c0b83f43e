#include "synfer/settings/configuration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "synfer/base/error.h"
#include "synfer/data/inventory.h"
#include "synfer/model/data_scale.h"
#include "synfer/model/history.h"

namespace synfer {

namespace {

constexpr int kMostEstimatedWeights = 40;  // per session: each is a direction of the information

}  // namespace

Configuration::Configuration() = default;

bool second_order(const Configuration& configuration) {
  const std::string method = fit_method(configuration);
  return method == "fisher" || method == "evidence";
}

std::string fit_method(const Configuration& configuration) {
  return configuration.fit.method.value_or(configuration.rule.kind == "taylor" ? "fisher" : "evidence");
}

int fit_starts(const Configuration& configuration) {
  return configuration.fit.starts.value_or(
      configuration.rule.kind == "mlp" && second_order(configuration) ? 4 : 1);
}

bool looks_for_best_optimum(const Configuration& configuration) {
  const FitSettings& fit = configuration.fit;
  return fit_method(configuration) == "fisher" && configuration.rule.kind == "taylor" &&
         term_search(configuration) == "none" && fit.observe != "neural" && !fit.starts &&
         fit.start == "random" && !fit.start_sd && !fit.further_start_sd;
}

int fit_max_iterations(const Configuration& configuration) {
  const std::string method = fit_method(configuration);
  return configuration.fit.max_iterations.value_or(method == "evidence" ? 40
                                                   : method == "fisher" ? 200
                                                                        : 500);
}

int fit_log_interval(const Configuration& configuration) {
  return configuration.fit.log_interval.value_or(fit_method(configuration) == "adam" ? 25 : 1);
}

std::string mlp_hidden_activation(const Configuration& configuration) {
  const bool evidence = fit_method(configuration) == "evidence";
  return configuration.rule.hidden_activation.value_or(evidence ? "squareplus" : "leaky_relu");
}

std::string mlp_output_activation(const Configuration& configuration) {
  return configuration.rule.output_activation.value_or(fit_method(configuration) == "evidence" ? "linear"
                                                                                               : "tanh");
}

Configuration resolved(const Configuration& configuration, DataOrigin origin) {
  Configuration c = configuration;
  c.fit.method = fit_method(configuration);
  c.fit.penalty.kind = penalty_kind(configuration);
  if (!looks_for_best_optimum(configuration)) {
    c.fit.starts = fit_starts(configuration);
    // Recorded data have more than one minimum, and only part of the starts find the lowest.
    const bool given_terms = fit_method(configuration) == "fisher" && term_search(configuration) == "none";
    if (!configuration.fit.starts && origin == DataOrigin::recorded && given_terms) c.fit.starts = 4;
    c.fit.start_sd = start_sd(configuration);
    c.fit.further_start_sd = further_start_sd(configuration);
  }
  c.fit.max_iterations = fit_max_iterations(configuration);
  c.fit.log_interval = fit_log_interval(configuration);
  c.selection.search = term_search(configuration);
  c.evaluation.cuts = cuts_of(configuration);
  c.stimulus.in_fit = stimulus_in_fit(configuration, origin);
  if (origin == DataOrigin::simulated) c.task.baiting = c.task.baiting.value_or(true);
  if (origin == DataOrigin::simulated && !c.history.covariates) c.history.covariates = Strings{};
  c.network.eta = weight_change_rate(configuration);
  if (c.network.hidden > 0) c.network.readout = readout_weights(configuration);
  if (c.rule.kind == "mlp") {
    c.rule.hidden_activation = mlp_hidden_activation(configuration);
    c.rule.output_activation = mlp_output_activation(configuration);
  }
  return c;
}

double initial_weight_sd(const Configuration& configuration) {
  const InitialWeightSettings& weights = configuration.network.initial_weights;
  return weights.sd.value_or(weights.kind == "fan_in" ? 1.0 / std::sqrt(configuration.network.inputs) : 0.01);
}

namespace {

double input_scale_of(const Configuration& c, const std::vector<Session>& sessions) {
  InputScale scale;
  for (const Session& session : sessions)
    scale.add(session.x.empty() ? std::span(&c.stimulus.mean, 1) : std::span(session.x));
  return scale.value();
}

Strings covariates_for(const Configuration& c, const std::vector<Session>& sessions) {
  const auto chooses = [](const Session& s) {
    return std::ranges::any_of(s.choice, [](int choice) { return choice != kNoChoice; });
  };
  if (c.fit.observe == "neural" || fit_method(c) == "adam" || std::ranges::none_of(sessions, chooses))
    return {};
  const bool named = std::ranges::none_of(sessions, [](const Session& s) { return s.stimulus.empty(); });
  const auto goes_on = [](const Session& s) { return std::ranges::adjacent_find(s.trial) != s.trial.end(); };
  return usual_covariates(sessions.front().offers, named, std::ranges::any_of(sessions, goes_on));
}

}  // namespace

Configuration resolved_for(const Configuration& configuration, const std::vector<Session>& sessions) {
  Configuration c = configuration;
  c.evaluation.predictive_draws = predictive_draws(c, sessions);
  if (fit_method(c) != "adam")
    c.network.initial_weights.sd =
        configuration.network.initial_weights.sd.value_or(initial_weight_sd(c) / input_scale_of(c, sessions));
  if (!c.history.covariates) c.history.covariates = covariates_for(c, sessions);
  return c;
}

bool estimates_weights_of_recordings(const Configuration& configuration) {
  const std::string& kind = configuration.network.initial_weights.kind;
  return configuration.fit.observe != "behavior" && (kind == "normal" || kind == "fan_in") &&
         initial_weight_sd(configuration) > 0 && fit_method(configuration) == "fisher" &&
         configuration.network.inputs * std::max(configuration.network.hidden, 1) <= kMostEstimatedWeights;
}

std::string penalty_kind(const Configuration& configuration) {
  return configuration.fit.penalty.kind.value_or(second_order(configuration) ? "none" : "l1");
}

std::string term_search(const Configuration& configuration) {
  if (configuration.selection.search) return *configuration.selection.search;
  const bool open_choice = configuration.rule.kind == "taylor" && !configuration.rule.terms;
  return open_choice && configuration.fit.observe != "neural" && fit_method(configuration) == "fisher" &&
                 penalty_kind(configuration) == "none"
             ? "forward"
             : "none";
}

int predictive_draws(const Configuration& configuration, const std::vector<Session>& sessions) {
  constexpr int kDraws = 200;
  constexpr double kQuick = 2e8;      // synapses times steps
  constexpr double kStepCost = 50.0;  // of a step beside its synapses, in synapses
  const Configuration& c = configuration;
  if (c.evaluation.predictive_draws) return *c.evaluation.predictive_draws;
  const bool named = std::ranges::none_of(sessions, [](const Session& s) { return s.stimulus.empty(); });
  const bool possible =
      c.fit.observe == "behavior" && !c.data.carry_weights && named && take_inventory(sessions).choices > 0;
  double steps = 0.0;
  for (const Session& session : sessions) steps += static_cast<double>(session.steps()) * session.offers;
  const double synapses = static_cast<double>(c.network.inputs) * std::max(c.network.hidden, 1);
  return possible && kDraws * steps * (synapses + kStepCost) <= kQuick ? kDraws : 0;
}

std::vector<double> cuts_of(const Configuration& configuration) {
  return configuration.evaluation.cuts.value_or(std::vector<double>{0.5, 0.67, 0.8});
}

std::string stimulus_in_fit(const Configuration& configuration, DataOrigin origin) {
  if (configuration.stimulus.in_fit) return *configuration.stimulus.in_fit;
  if (origin == DataOrigin::recorded) return "mean";
  if (configuration.task.kind == "neural" || configuration.fit.observe != "behavior") return "true";
  return second_order(configuration) ? "filtered" : "resampled";
}

double weight_change_rate(const Configuration& configuration) {
  return configuration.network.eta.value_or(1.0 / configuration.network.inputs);
}

std::string reward_term_in_words(const Configuration& configuration) {
  const RewardTermSettings& reward = configuration.reward_term;
  if (reward.baseline == "none") return "reward";
  if (reward.baseline == "moving_average") {
    if (reward.window == 1) return "reward minus the one before it";
    return fmt::format("reward minus the mean of the last {} rewards", reward.window);
  }
  return fmt::format("reward minus its exponential average (rate {} a reward)", reward.rate);
}

std::vector<double> readout_weights(const Configuration& configuration) {
  const NetworkSettings& network = configuration.network;
  const auto neurons = static_cast<std::size_t>(network.hidden);
  if (neurons == 0) return {};
  if (!network.readout) return std::vector<double>(neurons, 5.0 / network.hidden);
  if (network.readout->size() == 1) return std::vector<double>(neurons, network.readout->front());
  return *network.readout;
}

double start_sd(const Configuration& configuration) {
  return configuration.fit.start_sd.value_or(configuration.rule.kind == "taylor" ? 1e-5 : 0.01);
}

double further_start_sd(const Configuration& configuration) {
  if (configuration.fit.further_start_sd) return *configuration.fit.further_start_sd;
  return fit_method(configuration) == "fisher" && !configuration.fit.start_sd
             ? 0.25 / weight_change_rate(configuration)
             : start_sd(configuration);
}

}  // namespace synfer
