// Settings that are fine alone and contradict one another, or mean nothing where they are given.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/settings/configuration.h"
#include "synfer/settings/reading_settings.h"

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
  refuse_reading(c);
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

}  // namespace synfer
