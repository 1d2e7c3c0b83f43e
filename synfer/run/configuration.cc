#include "synfer/run/configuration.h"

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

void refuse(const std::string& key, const std::string& what_is_wrong) {
  throw ConfigurationError(key, what_is_wrong);
}

void check_odours(const Configuration& c) {
  const auto& blocks = c.task.reward_probabilities;
  const std::size_t odours = blocks.front().size();
  for (std::size_t block = 0; block < blocks.size(); ++block) {
    if (blocks[block].size() != odours) {
      refuse(
          "task.reward_probabilities",
          fmt::format("block {} has {} numbers and block 1 has {}; give one number an odour in every block",
                      block + 1, blocks[block].size(), odours));
    }
  }
  if (odours < 2) {
    refuse("task.reward_probabilities",
           fmt::format("found {} odour a block, expected at least 2; give one list a block, such as "
                       "[[0.2, 0.8], [0.9, 0.1]]",
                       odours));
  }
  if (c.network.inputs < static_cast<int>(odours)) {
    refuse("network.inputs",
           fmt::format("found {}, expected at least {}: the inputs are split among the {} odours of "
                       "task.reward_probabilities",
                       c.network.inputs, odours, odours));
  }
}

void check_simulated(const Configuration& c) {
  if (c.data.carry_weights) {
    refuse(
        "data.carry_weights",
        "found true, but every simulated session is of an animal of its own, with no other to carry weights "
        "to; leave it out");
  }
  const bool neural = c.task.kind == "neural";
  if (!neural) check_odours(c);
  if (c.task.kind != "choice" && c.task.omission_probability > 0.0) {
    refuse("task.omission_probability",
           fmt::format("task.kind {} has no omissions; set it to 0 or use task.kind: choice", c.task.kind));
  }
  if (neural && c.fit.observe != "neural") {
    refuse("fit.observe",
           fmt::format("found {}, but task.kind neural makes no choices; use neural", c.fit.observe));
  }
  if (c.fit.observe != "behavior" && c.recording.fraction == 0.0) {
    refuse("recording.fraction",
           fmt::format("found 0, but fit.observe {} needs recorded neurons; raise it", c.fit.observe));
  }
}

void check_recorded(const Configuration& c, const SetKeys& set) {
  for (const std::string& key : simulated_only()) {
    if (set.contains(key)) {
      refuse(key, "counts simulated sessions, but recorded data are given; leave it out");
    }
  }
  if (c.stimulus.in_fit == "true") {
    refuse("stimulus.in_fit",
           "found true, but the stimulus noise of recorded data is unknown; use mean, resampled, averaged or "
           "filtered");
  }
  if (c.network.initial_weights.kind == "given" && !c.network.initial_weights.file) {
    refuse("network.initial_weights.file",
           "network.initial_weights.kind given needs a file for recorded data; name a CSV matrix");
  }
}

void check_network(const NetworkSettings& network) {
  if (network.readout) {
    const std::size_t numbers = network.readout->size();
    if (network.hidden == 0) {
      refuse("network.readout", "network.hidden is 0, and without a hidden layer there is no readout");
    }
    if (numbers != 1 && numbers != static_cast<std::size_t>(network.hidden)) {
      refuse("network.readout", fmt::format("found {} numbers, expected one, or one for each of the {} "
                                            "neurons of network.hidden",
                                            numbers, network.hidden));
    }
  }
  if (network.initial_weights.file && network.initial_weights.kind != "given") {
    refuse("network.initial_weights.file",
           fmt::format("network.initial_weights.kind {} reads no file; use kind: given or leave the file out",
                       network.initial_weights.kind));
  }
}

void check_distinct(const std::string& key, Strings items) {
  std::ranges::sort(items);
  const auto twice = std::ranges::adjacent_find(items);
  if (twice != items.end()) refuse(key, fmt::format("found {} twice; name each once", *twice));
}

void check_history(const Configuration& c) {
  const Strings covariates = c.history.covariates.value_or(Strings{});
  if (c.fit.observe == "neural" && (!covariates.empty() || c.history.session_bias)) {
    refuse(covariates.empty() ? "history.session_bias" : "history.covariates",
           "covariates are of choices, but fit.observe is neural; leave them out");
  }
  if (!c.history.session_bias) return;
  if (!second_order(c)) {
    refuse("history.session_bias",
           fmt::format("found true, but the prior of the biases is found by the evidence, which fit.method "
                       "{} does not look at; use fisher",
                       fit_method(c)));
  }
  if (penalty_kind(c) != "none")
    refuse("history.session_bias", "found true, but with a penalty; set fit.penalty.kind=none");
}

void check_fit(const Configuration& c, DataOrigin origin) {
  const std::string method = fit_method(c);
  const std::string in_fit = stimulus_in_fit(c, origin);
  const bool noisy = in_fit == "averaged" || in_fit == "filtered";
  if (noisy && c.fit.observe != "behavior") {
    refuse("stimulus.in_fit",
           fmt::format("found {}, but recordings (fit.observe {}) need known stimuli; use mean or true",
                       in_fit, c.fit.observe));
  }
  if (term_search(c) == "forward") {
    if (method != "fisher") {
      refuse("selection.search", fmt::format("found forward, but fit.method is {}; use fisher", method));
    }
    if (penalty_kind(c) != "none") {
      refuse("selection.search", "found forward, which refits without penalty; set fit.penalty.kind=none");
    }
    if (c.rule.kind != "taylor") refuse("selection.search", "found forward, but an MLP has no terms");
    for (const auto& [key, set] : {std::pair{"rule.frozen", !c.rule.frozen.empty()},
                                   {"fit.start", c.fit.start != "random"},
                                   {"fit.starts", fit_starts(c) > 1}}) {
      if (set) {
        refuse(
            key,
            "has no meaning where terms are selected, each from starts of its own; leave it out, or name the "
            "terms in rule.terms and set selection.search: none");
      }
    }
  }
  if (method == "fisher" && c.rule.kind == "mlp") {
    refuse("fit.method", "found fisher, but an MLP overfits without priors; use evidence");
  }
  if ((method == "evidence") && penalty_kind(c) != "none") {
    refuse("fit.penalty.kind", "evidence has priors of its own; leave the penalty out");
  }
  if (c.rule.bounds && !c.rule.bounds->empty() && !second_order(c)) {
    refuse("rule.bounds", fmt::format("bounds are kept by fit.method fisher and evidence, found {}", method));
  }
  const BeliefSettings& belief = c.belief;
  if (in_fit != "filtered") {
    for (const auto& [key, on] : {std::pair{"belief.walk_sd", belief.walk_sd > 0},
                                  {"belief.estimate_walk_sd", belief.estimate_walk_sd},
                                  {"belief.estimate_initial_sd", belief.estimate_initial_sd}}) {
      if (on)
        refuse(key, fmt::format("is of latent weights, but stimulus.in_fit is {}; use filtered", in_fit));
    }
  }
  if (c.stimulus.estimate_noise_sd && !noisy) {
    refuse("stimulus.estimate_noise_sd",
           fmt::format("needs stimulus.in_fit averaged or filtered, found {}", in_fit));
  }
  if (c.stimulus.estimate_noise_sd && c.stimulus.noise_sd == 0.0) {
    refuse("stimulus.noise_sd", "found 0, from which no estimate can start; give a guess");
  }
  if (c.stimulus.estimate_noise_sd && origin == DataOrigin::recorded && !belief.estimate_walk_sd) {
    refuse("stimulus.estimate_noise_sd",
           "on recorded data the noise takes the place of what else drifts and runs away; set "
           "belief.estimate_walk_sd as well");
  }
  if (belief.estimate_walk_sd && belief.walk_sd == 0.0) {
    refuse("belief.walk_sd", "found 0, from which no estimate can start; give a guess such as 0.1");
  }
  if (!belief.estimate_initial_sd) return;
  const InitialWeightSettings& weights = c.network.initial_weights;
  if (weights.kind == "given" || weights.kind == "estimated") {
    refuse(
        "belief.estimate_initial_sd",
        fmt::format("initial weights are {} and have no spread; set network.initial_weights.kind: normal, or "
                    "leave this out",
                    weights.kind));
  }
  if (weights.kind == "normal" && weights.sd == 0.0) {
    refuse("network.initial_weights.sd",
           "found 0, from which no estimate can start; give a guess such as 0.1");
  }
}

// Single precision is refused where nothing would be computed in it.
void check_precision(const Configuration& c, DataOrigin origin) {
  if (c.run.precision != "single") return;
  const std::string method = fit_method(c);
  const auto refuse_single = [](const std::string& why) {
    refuse("run.precision", "found single, but " + why + ", or leave it out");
  };
  if (second_order(c)) {
    refuse_single(
        fmt::format("fit.method {} works with sensitivities, which are in double precision; use adam "
                    "or lbfgs",
                    method));
  }
  const std::string in_fit = stimulus_in_fit(c, origin);
  if (in_fit == "averaged" || in_fit == "filtered") {
    refuse_single(
        fmt::format("stimulus.in_fit {} follows the stimulus noise in double precision; use mean, "
                    "true or resampled",
                    in_fit));
  }
  if (c.rule.kind == "mlp" && c.rule.hidden.size() > 1) {
    refuse_single("an MLP of several hidden layers has no kernels for it; use one hidden layer");
  }
}

void check_cuts(const std::vector<double>& cuts) {
  for (std::size_t n = 0; n < cuts.size(); ++n) {
    const double cut = cuts[n];
    if (cut > 0.0 && cut < 1.0 && (n == 0 || cut > cuts[n - 1])) continue;
    refuse("evaluation.cuts",
           fmt::format("found {} as number {}, expected fractions of the trials between 0 and 1, each above "
                       "the one before",
                       cut, n + 1));
  }
}

}  // namespace

Configuration::Configuration() = default;

SetKeys simulated_only() { return {"data.sessions", "data.evaluation_sessions"}; }

void validate(const Configuration& configuration, DataOrigin origin, const SetKeys& set) {
  if (origin == DataOrigin::simulated) check_simulated(configuration);
  if (origin == DataOrigin::recorded) check_recorded(configuration, set);
  check_network(configuration.network);
  const RuleSettings& rule = configuration.rule;
  if (rule.kind == "mlp" && rule.terms) {
    refuse("rule.terms", "rule.kind mlp has no terms; leave them out or use rule.kind: taylor");
  }
  check_fit(configuration, origin);
  check_precision(configuration, origin);
  check_cuts(cuts_of(configuration));
  check_distinct("evaluation.rivals", configuration.evaluation.rivals);
  check_history(configuration);
  check_distinct("rule.variables", rule.variables);
  check_distinct("rule.inputs", rule.inputs);
  check_distinct("truth.inputs", configuration.truth.inputs);
}

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
