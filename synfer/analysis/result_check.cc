#include "synfer/analysis/result_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/analysis/history_result.h"
#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

void want(bool holds, const std::string& key, const std::string& found_and_expected) {
  if (holds) return;
  throw ConfigurationError(kResultFile,
                           fmt::format("{}: {}; it does not fit the settings of its run, or was changed", key,
                                       found_and_expected));
}

bool is_positive(double value) { return std::isfinite(value) && value > 0.0; }

void check_initial_weights(const Configuration& c, DataOrigin origin, const RunResult& result) {
  const std::string key = "fit/initial_weights";
  using InitialWeights = ObjectiveOptions::InitialWeights;
  const InitialWeights kind = objective_options(c, origin).initial_weights;
  const std::vector<Matrix>& weights = result.initial_weights;
  want(weights.empty() == (kind == InitialWeights::kFixed), key,
       weights.empty() ? "is missing, expected those that were estimated" : "found some, expected none");
  const bool own = kind == InitialWeights::kEstimatedPerSession;
  const bool known = !result.fitted_sessions.empty();  // how many sessions were fitted
  const std::size_t most = own ? result.fitted_sessions.size() : 1;
  want(weights.empty() || (own && !known) || weights.size() == most, key,
       fmt::format("found those of {} sessions, expected {}", weights.size(), most));
  const Network network = fitted_network(c, origin);
  for (const Matrix& m : weights) {
    want(m.rows() == network.inputs && m.cols() == network.neurons, key,
         fmt::format("found {} x {}, expected {} x {}", m.rows(), m.cols(), network.inputs, network.neurons));
  }
}

// What is estimated beside the rule has its place in `fit.others`.
void check_others(const Configuration& c, DataOrigin origin, const RunResult& result) {
  const BeliefOptions belief = belief_options(c, origin);
  const bool filtered = belief.stimuli == BeliefOptions::Stimuli::kFiltered;
  const auto check = [&](const char* name, bool is_estimated) {
    const auto found = std::ranges::find(result.others, name, &Estimate::name);
    want(found != result.others.end() || !is_estimated, "fit/others", fmt::format("{} is missing", name));
    want(found == result.others.end() || (std::isfinite(found->value) && found->value >= 0.0), "fit/others",
         fmt::format("{} is not a number >= 0", name));
  };
  const ObjectiveOptions options = objective_options(c, origin);
  check("noise_sd", filtered && options.estimate_noise_sd);
  check("walk_sd", filtered && options.estimate_walk_sd);
  check("initial_sd", filtered && options.estimate_initial_sd);
}

void check_history(const Configuration& c, const RunResult& result, int offers) {
  for (const auto* list : {&result.history, &result.history_only}) {
    const std::size_t expected = fitted_history(c, *list, offers).parameters.size();
    want(list->size() == expected, "history",
         fmt::format("found {} covariates, expected {}", list->size(), expected));
    for (const Estimate& e : *list) {
      const bool is_rate = e.name.ends_with(" rate");
      want(!is_rate || (e.value >= 0.0 && e.value <= 1.0), "history",
           fmt::format("{} is {}, expected a rate from 0 to 1", e.name, e.value));
    }
  }
  want(result.session_bias_sd.has_value() == c.history.session_bias, "history/session_bias_sd",
       c.history.session_bias ? "is missing" : "found one, expected none");
  if (result.session_bias_sd)
    want(is_positive(*result.session_bias_sd), "history/session_bias_sd", "is not > 0");
  if (result.fitted_sessions.empty() || !result.session_bias_sd) return;
  for (const auto* biases : {&result.session_biases, &result.history_only_biases}) {
    want(biases->size() == result.fitted_sessions.size(), "history/session_biases",
         fmt::format("found {}, expected {}", biases->size(), result.fitted_sessions.size()));
  }
}

}  // namespace

void check_fitted(const Configuration& c, DataOrigin origin, const RunResult& result, int offers) {
  for (const Estimate& e : result.estimates)
    want(std::isfinite(e.value), "rule", fmt::format("the estimate of {} is not a finite number", e.name));
  if (result.rule_kind == "mlp") {
    const std::size_t expected = fit_method(c) == "evidence" ? c.rule.inputs.size() : 0;
    want(result.input_scale.size() == expected, "rule/input_scale",
         fmt::format("found {} numbers, expected {}", result.input_scale.size(), expected));
    want(std::ranges::all_of(result.input_scale, is_positive), "rule/input_scale",
         "found numbers that are not > 0");
  }
  if (result.rule_kind == "taylor" && c.rule.terms && term_search(c) == "none") {
    std::vector<std::string> names;
    for (const Estimate& e : result.estimates) names.push_back(e.name);
    const std::vector<std::string> expected = fitted_rule(c).parameter_names();
    want(names == expected, "rule/terms",
         fmt::format("found {}, expected {}", join(names, ", "), join(expected, ", ")));
  }
  const std::vector<double>& shares = result.training_shares;
  const std::size_t places = offers == 1 ? 1 : static_cast<std::size_t>(offers);
  want(shares.size() == places || (shares.empty() && c.fit.observe == "neural"), "fit/training_shares",
       fmt::format("found {} numbers, expected {}", shares.size(), places));
  want(std::ranges::all_of(shares, [](double p) { return p >= 0.0 && p <= 1.0; }), "fit/training_shares",
       "found numbers that are not from 0 to 1");
  check_initial_weights(c, origin, result);
  check_others(c, origin, result);
  check_history(c, result, offers);
}

}  // namespace synfer
