#include "synfer/run/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/table.h"
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

std::vector<double> draws(const Configuration& c, const char* purpose, std::uint64_t replicate,
                          std::size_t count, double sd) {
  std::vector<double> values(count);
  RandomStream(c.seed, purpose).normals({.replicate = replicate}, count, values.data());
  for (double& v : values) v *= sd;
  return values;
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

// A term as the settings of a rule mean it: the published order is that of labels (X1Y0W0R1) alone.
Term term_of(const RuleSettings& rule, const std::string& text, const char* key) {
  const Term term = parse_term(text, key);
  return rule.published_order && is_published_label(text) ? in_published_order(term) : term;
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

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

// A bound as users write it: "w in [-2, 0]".
std::pair<Term, Bounds> parse_bound(const Configuration& c, const std::string& text) {
  const std::size_t in = text.find(" in ");
  const std::size_t open = text.find('[');
  const std::size_t comma = text.find(',');
  const std::size_t close = text.find(']');
  if (in != std::string::npos && in < open && open < comma && comma < close && close == text.size() - 1) {
    const auto low = parse_number(without_spaces(text.substr(open + 1, comma - open - 1)));
    const auto high = parse_number(without_spaces(text.substr(comma + 1, close - comma - 1)));
    if (low && high && *low <= *high)
      return {term_of(c.rule, text.substr(0, in), "rule.bounds"), {*low, *high}};
  }
  throw ConfigurationError("rule.bounds",
                           fmt::format("found '{}', expected a bound such as 'w in [-2, 0]'", text));
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
  Rule rule = fitted_mlp(c, std::move(scale));
  if (stimulus_in_fit(c, origin) != "filtered") return rule;
  return AveragedRule(std::move(rule), c.stimulus.noise_sd);
}

const MlpRule* mlp_of(const Rule& rule) {
  const auto* averaged = rule.as<AveragedRule>();
  return averaged == nullptr ? rule.as<MlpRule>() : averaged->rule().as<MlpRule>();
}

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
    std::vector<double> theta = draws(c, "true rule", 0, rule.parameters(), truth.sd);
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
  if (task.kind == "accept_reject") {
    options.task =
        AcceptRejectTask{task.trials_per_block, task.reward_probabilities, task.baiting, task.max_offers};
  } else if (task.kind == "choice") {
    options.task =
        ChoiceTask{task.trials_per_block, task.reward_probabilities, task.baiting, task.omission_probability};
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
  if (c.network.initial_weights.kind == "estimated") {
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

std::vector<Bounds> bounds_of(const Configuration& c, const Rule& rule, DataOrigin origin,
                              double largest_input) {
  const auto* taylor = rule.as<TaylorRule>();
  if (taylor == nullptr) {
    if (c.rule.bounds && !c.rule.bounds->empty()) {
      throw ConfigurationError("rule.bounds", "bounds are of terms, and an MLP has none; leave them out");
    }
    return {};
  }
  const double eta = weight_change_rate(c);
  std::vector<Bounds> bounds(taylor->terms().size());
  if (!c.rule.bounds) {
    if (origin == DataOrigin::simulated) return {};
    // |1 + eta theta x^a| <= 1: what a weight loses at a change is at most twice itself. Where all weights
    // decay, those of the inputs that were active may decay less: forgetting of what was not chosen.
    const bool all_decay = std::ranges::find(taylor->terms(), Term{.w = 1}) != taylor->terms().end();
    for (std::size_t p = 0; p < bounds.size(); ++p) {
      const Term& term = taylor->terms()[p];
      if (term.w != 1 || term.y != 0 || term.r != 0) continue;
      const double most = 2.0 / (eta * std::pow(largest_input > 0.0 ? largest_input : 1.0, term.x));
      bounds[p] = {-most, term.x > 0 && all_decay ? most : 0.0};
    }
    return bounds;
  }
  const Rule whole = fitted_rule(c);
  for (const std::string& text : *c.rule.bounds) {
    const auto [term, bound] = parse_bound(c, text);
    if (std::ranges::find(whole.as<TaylorRule>()->terms(), term) == whole.as<TaylorRule>()->terms().end()) {
      throw ConfigurationError("rule.bounds",
                               fmt::format("found {}, which the fitted rule does not have", to_string(term)),
                               nearest(to_string(term), whole.parameter_names()));
    }
    const auto at = std::ranges::find(taylor->terms(), term);
    if (at == taylor->terms().end()) continue;  // a candidate that was not chosen
    bounds[static_cast<std::size_t>(at - taylor->terms().begin())] = {bound.low / eta, bound.high / eta};
  }
  return bounds;
}

std::vector<Term> bounded_terms(const Configuration& c) {
  std::vector<Term> terms;
  for (const std::string& text : c.rule.bounds.value_or(Strings{}))
    terms.push_back(parse_bound(c, text).first);
  return terms;
}

std::vector<char> frozen_parameters(const Configuration& c, const Rule& rule) {
  const std::vector<std::string>& names = rule.parameter_names();
  std::vector<char> frozen(names.size(), 0);
  for (const std::string& text : c.rule.frozen) {
    const std::string name = c.rule.kind == "taylor" ? to_string(term_of(c.rule, text, "rule.frozen")) : text;
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) {
      throw ConfigurationError("rule.frozen",
                               fmt::format("found {}, which the fitted rule does not have", text),
                               nearest(name, names));
    }
    frozen[static_cast<std::size_t>(at - names.begin())] = 1;
  }
  return frozen;
}

std::vector<std::vector<double>> starts_of(const Configuration& c, const Rule& rule, const DataScale& scale) {
  const std::vector<std::string>& names = rule.parameter_names();
  const std::vector<char> frozen = frozen_parameters(c, rule);
  std::vector<double> centre(names.size(), 0.0);
  const MlpRule* mlp = mlp_of(rule);
  if (mlp != nullptr && fit_method(c) == "evidence" && c.fit.start == "random") {
    return random_starts(*mlp, static_cast<std::size_t>(fit_starts(c)), c.seed);
  }
  const bool stated = c.fit.start != "random" && c.fit.start != "zeros";
  if (stated) {
    if (c.rule.kind != "taylor") {
      throw ConfigurationError("fit.start",
                               "an MLP starts from random or zeros; a rule in terms has no meaning for it");
    }
    for (const WeightedTerm& part : parse_expression(c.fit.start, c.rule.published_order, "fit.start")) {
      const auto at = std::ranges::find(names, to_string(part.term));
      if (at == names.end()) {
        throw ConfigurationError(
            "fit.start",
            fmt::format("the fitted rule has no term {}; add it to rule.terms", to_string(part.term)));
      }
      centre[static_cast<std::size_t>(at - names.begin())] =
          part.coefficient * coefficient_scale(part.term, scale);
    }
  }
  std::vector<std::vector<double>> starts;
  for (int n = 0; n < fit_starts(c); ++n) {
    std::vector<double> start = centre;
    // The first start is what was asked for; further ones scatter around it.
    const bool random = c.fit.start == "random" || n > 0;
    const std::vector<double> noise = draws(c, "start", static_cast<std::uint64_t>(n), names.size(),
                                            n == 0 ? start_sd(c) : further_start_sd(c));
    for (std::size_t p = 0; p < names.size(); ++p) {
      if (random && frozen[p] == 0) start[p] += noise[p];
    }
    starts.push_back(std::move(start));
  }
  return starts;
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

bool knows_simulated_weights(const Configuration& c) { return c.network.initial_weights.kind == "given"; }

}  // namespace synfer
