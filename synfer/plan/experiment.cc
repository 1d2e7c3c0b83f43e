#include "synfer/plan/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/table.h"
#include "synfer/inference/mlp_prior.h"
#include "synfer/model/averaged_rule.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/model/threshold_rule.h"

namespace synfer {
namespace {

Activation activation_of(const std::string& word, const char* key) { return parse_activation(word, key); }

MlpRule::Options mlp_options(const Strings& inputs, const std::vector<int>& hidden,
                             const std::string& hidden_activation, const std::string& output_activation,
                             const std::string& key) {
  MlpRule::Options options;
  options.inputs = inputs;
  options.hidden = hidden;
  options.hidden_activation = parse_activation(hidden_activation, key + ".hidden_activation");
  options.output_activation = parse_activation(output_activation, key + ".output_activation");
  return options;
}

Matrix read_matrix(const std::string& path, int rows, int columns) {
  const std::string key = "network.initial_weights.file";
  try {
    const Table table = read_table(path, Header::kNone);
    if (table.rows() != static_cast<std::size_t>(rows) ||
        table.columns() != static_cast<std::size_t>(columns)) {
      throw ConfigurationError(
          key, fmt::format("{}: found {} rows of {} numbers, expected {} rows (inputs) of {} (neurons)", path,
                           table.rows(), table.columns(), rows, columns));
    }
    Matrix m(rows, columns);
    for (Eigen::Index i = 0; i < m.rows(); ++i) {
      for (Eigen::Index j = 0; j < m.cols(); ++j) {
        const auto row = static_cast<std::size_t>(i);
        const auto column = static_cast<std::size_t>(j);
        if (table.empty(row, column)) table.reject(row, column, "the value is missing, expected a weight");
        m(i, j) = table.number(row, column);
      }
    }
    return m;
  } catch (const DataError& error) {  // a file that a setting names
    throw ConfigurationError(key, error.what());
  }
}

InitialWeights drawn_weights(const Configuration& c) {
  const InitialWeightSettings& settings = c.network.initial_weights;
  const bool fan_in = settings.kind == "fan_in" && !settings.sd;
  return {fan_in ? InitialWeights::Kind::kFanIn : InitialWeights::Kind::kNormal, initial_weight_sd(c)};
}

int plastic_neurons(const Configuration& c) { return std::max(c.network.hidden, 1); }

bool weights_are_drawn(const Configuration& c) {
  const std::string& kind = c.network.initial_weights.kind;
  return kind == "normal" || kind == "fan_in";
}

bool neurons_are_alike(const Configuration& c, DataOrigin origin) {
  const std::vector<double> readout = readout_weights(c);
  return stimulus_in_fit(c, origin) == "filtered" && weights_are_drawn(c) && !readout.empty() &&
         std::ranges::count(readout, readout.front()) == static_cast<std::ptrdiff_t>(readout.size());
}

}  // namespace

Network network_of(const Configuration& c) {
  Network network = network_without_hidden_layer(c.network.inputs);
  if (c.network.hidden > 0) {
    network = network_with_hidden_layer(c.network.inputs, c.network.hidden,
                                        activation_of(c.network.activation, "network.activation"));
    network.readout = readout_weights(c);
  }
  network.eta = weight_change_rate(c);
  return network;
}

Network fitted_network(const Configuration& c, DataOrigin origin) {
  Network network = network_of(c);
  if (!neurons_are_alike(c, origin)) return network;
  const double all = network.readout.front() * network.neurons;
  network.neurons = 1;
  network.readout = {all};
  return network;
}

int neurons_in_one(const Configuration& c, DataOrigin origin) {
  return neurons_are_alike(c, origin) ? plastic_neurons(c) : 1;
}

Rule fitted_rule(const Configuration& c) {
  const RuleSettings& rule = c.rule;
  if (rule.kind == "mlp") return fitted_mlp(c, {});
  if (!rule.terms) return TaylorRule(dense_terms(rule.variables, rule.degree));
  std::vector<Term> terms;
  for (const std::string& text : *rule.terms) {
    for (const auto& [term, coefficient] : parse_expression(text, rule.published_order, "rule.terms")) {
      if (coefficient != 1.0) {
        throw ConfigurationError("rule.terms",
                                 fmt::format("found {}, but coefficients of terms are fitted; leave "
                                             "them out, each term once",
                                             text));
      }
      terms.push_back(term);
    }
  }
  return TaylorRule(std::move(terms));
}

Rule fitted_rule(const Configuration& c, DataOrigin origin, std::span<const EncodedSession> sessions) {
  if (c.rule.kind != "mlp" || fit_method(c) != "evidence") return fitted_rule(c);
  std::vector<double> scale = input_scale(c.rule.inputs, sessions);
  const auto w = std::ranges::find(c.rule.inputs, "w");
  if (w != c.rule.inputs.end() && mlp_output_activation(c) == "linear")
    scale[static_cast<std::size_t>(w - c.rule.inputs.begin())] = data_scale(sessions).input;
  return rule_in_filter(c, origin, fitted_mlp(c, std::move(scale)));
}

Rule rule_in_filter(const Configuration& c, DataOrigin origin, Rule rule) {
  const bool averaged =
      mlp_of(rule) != nullptr && fit_method(c) == "evidence" && stimulus_in_fit(c, origin) == "filtered";
  return averaged ? Rule(AveragedRule(std::move(rule), c.stimulus.noise_sd)) : rule;
}

const MlpRule* mlp_of(const Rule& rule) { return rule_inside(rule).as<MlpRule>(); }

Rule fitted_mlp(const Configuration& c, std::vector<double> scale) {
  MlpRule::Options options =
      mlp_options(c.rule.inputs, c.rule.hidden, mlp_hidden_activation(c), mlp_output_activation(c), "rule");
  options.input_scale = std::move(scale);
  return MlpRule(std::move(options));
}

TrueRule true_rule(const Configuration& c) {
  const TruthSettings& truth = c.truth;
  if (truth.kind == "mlp") {
    Rule rule = MlpRule(
        mlp_options(truth.inputs, truth.hidden, truth.hidden_activation, truth.output_activation, "truth"));
    std::vector<double> theta(rule.parameters());
    RandomStream(c.seed, "true rule").normals({}, theta.size(), theta.data());
    for (double& parameter : theta) parameter *= truth.sd;
    return {std::move(rule), std::move(theta)};
  }
  if (truth.kind == "threshold") return {ThresholdRule(), {0.5, 0.05}};
  auto [rule, theta] = taylor_rule(parse_expression(truth.rule, c.rule.published_order));
  return {std::move(rule), std::move(theta)};
}

ExpectedReward expected_reward_of(const Configuration& c) {
  ExpectedReward options;
  options.kind = c.reward_term.baseline == "none"             ? ExpectedReward::Kind::kNone
                 : c.reward_term.baseline == "moving_average" ? ExpectedReward::Kind::kMovingAverage
                                                              : ExpectedReward::Kind::kExponential;
  options.window = c.reward_term.window;
  options.rate = c.reward_term.rate;
  options.start = c.reward_term.start;
  return options;
}

SimulationOptions simulation_options(const Configuration& c) {
  SimulationOptions options;
  options.seed = c.seed;
  const TaskSettings& task = c.task;
  const bool baiting = task.baiting.value_or(true);
  if (task.kind == "accept_reject") {
    options.task =
        AcceptRejectTask{task.trials_per_block, task.reward_probabilities, baiting, task.max_offers};
  } else if (task.kind == "choice") {
    options.task =
        ChoiceTask{task.trials_per_block, task.reward_probabilities, baiting, task.omission_probability};
  } else {
    options.task = NeuralTask{task.steps, task.input_mean, task.input_variance};
  }
  options.stimulus_mean = c.stimulus.mean;
  options.stimulus_noise_sd = c.stimulus.noise_sd;
  options.expected_reward = expected_reward_of(c);
  options.initial_weights = drawn_weights(c);
  if (c.network.initial_weights.file) {
    options.given_weights =
        read_matrix(*c.network.initial_weights.file, c.network.inputs, plastic_neurons(c));
  }
  options.walk_sd = c.truth.walk_sd;
  options.record = c.fit.observe != "behavior";
  options.recorded_fraction = c.recording.fraction;
  options.measurement_noise_sd = c.recording.noise_sd;
  return options;
}

Method method_of(const Configuration& c, const Rule& rule) {
  const std::string method = fit_method(c);
  if (method == "adam") return AdamOptions{c.fit.epochs, c.fit.learning_rate, c.fit.clip_gradient};
  if (method == "fisher") return FisherOptions{.max_iterations = fit_max_iterations(c)};
  if (method == "evidence") {
    // Nats of evidence: more rounds change what g says by less.
    EvidenceOptions options{.max_iterations = fit_max_iterations(c), .tolerance = 0.5};
    if (const MlpRule* mlp = mlp_of(rule)) {
      ParameterGroups groups = parameter_groups(*mlp);
      options.groups = std::move(groups.of);
      options.first = std::move(groups.first);
      options.least = std::move(groups.least);
    } else {  // each term its own
      options.groups.resize(rule.parameter_names().size());
      std::iota(options.groups.begin(), options.groups.end(), std::size_t{0});
    }
    return options;
  }
  return LbfgsOptions{.max_iterations = fit_max_iterations(c), .tolerance = c.fit.tolerance};
}

Penalty penalty_of(const Configuration& c) {
  const std::string kind = penalty_kind(c);
  return {kind == "l1"   ? Penalty::Kind::kL1
          : kind == "l2" ? Penalty::Kind::kL2
                         : Penalty::Kind::kNone,
          c.fit.penalty.weight};
}

ObjectiveOptions objective_options(const Configuration& c, DataOrigin origin) {
  ObjectiveOptions options;
  options.observe = c.fit.observe == "behavior" ? Observe::kBehavior
                    : c.fit.observe == "neural" ? Observe::kNeural
                                                : Observe::kBoth;
  options.sigma = c.fit.sigma;
  options.recording_weight = c.fit.recording_weight;
  if (estimates_weights_of_recordings(c)) {
    options.initial_weights = ObjectiveOptions::InitialWeights::kEstimatedPerSession;
    options.initial_weights_sd = initial_weight_sd(c);
    options.integrate_initial_weights = true;
  } else if (c.network.initial_weights.kind == "estimated") {
    options.initial_weights = c.network.initial_weights.per_session
                                  ? ObjectiveOptions::InitialWeights::kEstimatedPerSession
                                  : ObjectiveOptions::InitialWeights::kEstimatedShared;
  }
  options.resampling_sd = stimulus_in_fit(c, origin) == "resampled" ? c.stimulus.noise_sd : 0.0;
  options.belief = belief_options(c, origin);
  options.estimate_noise_sd = c.stimulus.estimate_noise_sd;
  options.estimate_walk_sd = c.belief.estimate_walk_sd;
  options.estimate_initial_sd = c.belief.estimate_initial_sd;
  options.covariates = c.history.covariates.value_or(Strings{});
  options.session_bias = c.history.session_bias;
  options.seed = c.seed;
  options.precision = c.run.precision == "single" ? Precision::kSingle : Precision::kDouble;
  return options;
}

BeliefOptions belief_options(const Configuration& c, DataOrigin origin) {
  const std::string in_fit = stimulus_in_fit(c, origin);
  BeliefOptions belief;
  if (in_fit != "averaged" && in_fit != "filtered") return belief;
  belief.stimuli =
      in_fit == "averaged" ? BeliefOptions::Stimuli::kAveraged : BeliefOptions::Stimuli::kFiltered;
  belief.noise_sd = c.stimulus.noise_sd;
  if (in_fit == "averaged") return belief;
  belief.order = c.belief.order == "first" ? BeliefOptions::Order::kFirst : BeliefOptions::Order::kSecond;
  belief.neurons_in_one = neurons_in_one(c, origin);
  const double alike = std::sqrt(belief.neurons_in_one);
  if (weights_are_drawn(c)) belief.initial_sd = initial_weight_sd(c) / alike;
  belief.walk_sd = c.belief.walk_sd / alike;
  const bool dense = c.belief.covariance == "dense" ||
                     (c.belief.covariance == "automatic" && c.network.inputs * plastic_neurons(c) <= 40);
  belief.covariance = dense ? BeliefOptions::Covariance::kDense : BeliefOptions::Covariance::kCommon;
  return belief;
}

Matrix assumed_initial_weights(const Configuration& c, DataOrigin origin, const std::string& animal,
                               const std::string& session) {
  const int neurons = plastic_neurons(c);
  if (c.network.initial_weights.file)
    return read_matrix(*c.network.initial_weights.file, c.network.inputs, neurons);
  if (stimulus_in_fit(c, origin) == "filtered" && weights_are_drawn(c)) {
    return Matrix::Zero(c.network.inputs, fitted_network(c, origin).neurons);
  }
  return draw_initial_weights(drawn_weights(c), c.network.inputs, neurons,
                              RandomStream(c.seed, "assumed initial weights", animal, session));
}

Matrix redrawn_initial_weights(const Configuration& c, const std::string& animal,
                               const std::string& session) {
  return draw_initial_weights(drawn_weights(c), c.network.inputs, plastic_neurons(c),
                              RandomStream(c.seed, "initial weights drawn anew", animal, session));
}

bool knows_simulated_weights(const Configuration& c) { return c.network.initial_weights.kind == "given"; }

}  // namespace synfer
