#include "benchmarks/problems.h"

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "synfer/base/random.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/simulation/simulate.h"

namespace synfer::benchmarks {
namespace {

constexpr double kNoiseSd = 0.1225;

Model truth(Network network, const std::string& rule, std::vector<double>& theta) {
  TaylorRuleWithNumbers numbers = taylor_rule(parse_expression(rule));
  theta = numbers.theta;
  return {std::move(network), std::move(numbers.rule)};
}

// Coefficients around those of the truth, so that no term is left out and no weight overflows.
std::vector<double> theta_of(const Rule& rule, const std::vector<std::string>& ones, double sd) {
  std::vector<double> theta(rule.parameters());
  RandomStream(1, "benchmark theta", "").normals({}, theta.size(), theta.data());
  for (std::size_t p = 0; p < theta.size(); ++p) {
    theta[p] *= sd;
    for (const std::string& one : ones) theta[p] += rule.parameter_names()[p] == one ? 1.0 : 0.0;
  }
  return theta;
}

Rule rule_named(const std::string& name) {
  const std::vector<std::string> all = {"x", "y", "w", "r"};
  const std::vector<std::string> without_y = {"x", "w", "r"};
  if (name == "3 terms") return TaylorRule({parse_term("x*r"), parse_term("w"), parse_term("x*y*r")});
  if (name == "27 terms") return TaylorRule(dense_terms(without_y, 2));
  if (name == "81 terms") return TaylorRule(dense_terms(all, 2));
  if (name == "MLP") return MlpRule({.inputs = all});
  throw std::logic_error("no rule is called " + name);
}

// What a Taylor rule costs a synapse-step, with powers up to B of y and C of w, all of them there.
//   value     z: 1; g by Horner: (B + 1)(C + 1) - 1; w += eta g: 1
//   gradient  besides: dg/dy and dg/dw by Horner: B (C + 1) - 1 and (B + 1) C - 1; moments: a product and a
//             sum each; y_bar, w_bar of g, w_bar of z: 3
void count(Problem& problem, int b, int c) {
  const double slots = (b + 1) * (c + 1);
  problem.fma_of_value = slots + 1;
  problem.fma_of_gradient =
      problem.fma_of_value + std::max(0, b * (c + 1) - 1) + std::max(0, (b + 1) * c - 1) + slots + 3;
}

// The same over many inputs, with powers up to A of x: what y gives is then the same for a column.
//   gradient  besides: dg/dw by Horner: A C + C - 1; products with powers of w: C; moments: (A + 1)(C + 1);
//             w_bar of g, w_bar of z: 2
void count_over_many_inputs(Problem& problem, int a, int c) {
  const double slots = (a + 1) * (c + 1);
  problem.fma_of_value = slots + 1;
  problem.fma_of_gradient = problem.fma_of_value + (a * c + c - 1) + c + slots + 2;
}

}  // namespace

double Problem::synapse_steps(std::size_t session) const {
  return static_cast<double>(sessions[session].steps()) * static_cast<double>(initial[session].size());
}

double Problem::synapse_steps() const {
  double all = 0.0;
  for (std::size_t s = 0; s < sessions.size(); ++s) all += synapse_steps(s);
  return all;
}

Problem behaviour(const std::string& rule, int sessions) {
  std::vector<double> true_theta;
  const Model model = truth(network_with_hidden_layer(2, 10, {}), "x*r", true_theta);
  SimulationOptions options;
  options.stimulus_noise_sd = kNoiseSd;
  Problem problem{"behaviour, " + rule, {model.network, rule_named(rule)}, {}, {}, {}, {}};
  problem.theta = theta_of(problem.model.rule, {"x*r"}, rule == "MLP" ? 0.1 : 0.001);
  for (const SimulatedSession& s : simulate(options, model, true_theta, sessions, "session")) {
    problem.sessions.push_back(encode(s.session, 2, options.stimulus_mean, options.expected_reward));
    problem.sessions.back().x = s.x;
    problem.initial.push_back(s.initial_weights);
  }
  if (rule != "MLP") count(problem, rule == "81 terms" ? 2 : 0, 2);
  return problem;
}

Problem filter(const std::string& rule, int sessions) {
  Problem problem = behaviour(rule, sessions);
  problem.name = "filter, " + rule;
  problem.model.network.neurons = 1;
  problem.model.network.readout = {5.0};
  problem.options.belief = {BeliefOptions::Stimuli::kFiltered, kNoiseSd, 0.01 / std::sqrt(10.0)};
  for (EncodedSession& session : problem.sessions) {
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const std::vector<double> mean = group_code(session.stimulus[t], 2, 2, 0.75);
      session.x[2 * t] = mean[0];
      session.x[2 * t + 1] = mean[1];
    }
  }
  for (Matrix& initial : problem.initial) initial = Matrix::Zero(2, 1);
  problem.fma_of_value = problem.fma_of_gradient = 0.0;
  return problem;
}

std::vector<BeliefSession> beliefs(const Problem& problem) {
  std::vector<BeliefSession> all;
  for (std::size_t s = 0; s < problem.sessions.size(); ++s) {
    all.push_back(
        {problem.model, problem.theta, problem.sessions[s], problem.initial[s], problem.options.belief});
  }
  return all;
}

Problem oja(int inputs, int neurons, int steps) {
  Network network = network_with_hidden_layer(inputs, neurons, {Activation::Kind::kLinear});
  std::vector<double> true_theta;
  const Model model = truth(network, "x*y - y^2*w", true_theta);
  SimulationOptions options;
  options.task = NeuralTask{.steps = steps};
  options.initial_weights.kind = InitialWeights::Kind::kFanIn;
  options.record = true;
  const std::vector<std::string> variables = {"x", "y", "w"};
  Problem problem{"Oja", {network, TaylorRule(dense_terms(variables, 2))}, {}, {}, {}, {}};
  problem.theta = theta_of(problem.model.rule, {"x*y"}, 0.001);
  for (const SimulatedSession& s : simulate(options, model, true_theta, 1, "session")) {
    problem.sessions.push_back(encode(s.session, inputs, options.stimulus_mean, options.expected_reward));
    problem.initial.push_back(s.initial_weights);
  }
  problem.options.observe = Observe::kNeural;
  problem.options.sigma = 1.0;
  count_over_many_inputs(problem, 2, 2);
  return problem;
}

Problem in_single_precision(Problem problem) {
  problem.name += ", single precision";
  problem.options.precision = Precision::kSingle;
  return problem;
}

std::vector<Problem> compared() {
  return {behaviour("27 terms", 18), behaviour("81 terms", 18), behaviour("MLP", 18), oja(100, 1000, 50),
          in_single_precision(oja(100, 1000, 50))};
}

}  // namespace synfer::benchmarks
