#include "synfer/analysis/animal_model.h"

#include <fmt/format.h>

#include "synfer/analysis/history_result.h"
#include "synfer/analysis/scoring.h"
#include "synfer/base/text.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

std::string in_words(const Rule& rule, const std::vector<double>& theta) {
  const auto* taylor = rule.as<TaylorRule>();
  return taylor == nullptr ? "an MLP" : to_string(to_expression(*taylor, theta));
}

}  // namespace

AnimalModel named_animal(const Configuration& c) {
  TrueRule truth = true_rule(c);
  AnimalModel animal{{network_of(c), truth.rule}, truth.theta, truth_text(c, truth), simulation_options(c)};
  animal.options.record = false;
  return animal;
}

AnimalModel fitted_animal(const Configuration& c, DataOrigin origin, const RunResult& result, int offers) {
  const TrueRule fitted = rule_of(c, result);
  AnimalModel animal{
      {network_of(c), fitted.rule}, fitted.theta, in_words(fitted.rule, fitted.theta), simulation_options(c)};
  SimulationOptions& options = animal.options;
  options.record = false;
  if (stimulus_in_fit(c, origin) == "mean") options.stimulus_noise_sd = 0.0;
  if (stimulus_in_fit(c, origin) == "filtered") options.walk_sd = c.belief.walk_sd;
  for (const Estimate& e : result.others) {
    if (e.name == "noise_sd") options.stimulus_noise_sd = e.value;
    if (e.name == "walk_sd") options.walk_sd = e.value;
    if (e.name == "initial_sd") options.initial_weights = {InitialWeights::Kind::kNormal, e.value};
  }
  FittedHistory history = fitted_history(c, result.history, offers);
  options.history = std::move(history.history);
  options.history_parameters = std::move(history.parameters);
  animal.session_biases = result.session_biases;
  animal.session_bias_sd = result.session_bias_sd.value_or(0.0);
  animal.initial_weights = result.initial_weights;
  return animal;
}

std::string truth_text(const Configuration& c, const TrueRule& truth) {
  if (truth.rule.as<TaylorRule>() != nullptr) return in_words(truth.rule, truth.theta);
  if (c.truth.kind == "threshold") return "x*h(r) - 0.05*w, h(r) = 0.5 sign(r) where |r| > 0.3, 0 elsewhere";
  return fmt::format("an MLP of {} with random parameters of sd {}", join(c.truth.inputs, ", "), c.truth.sd);
}

}  // namespace synfer
