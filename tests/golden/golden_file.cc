#include "golden_file.h"

#include <cmath>
#include <stdexcept>

#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer::golden {
namespace {

using Json = nlohmann::json;

// Numbers of any nesting in the order in which they stand; null is NaN.
void append(std::vector<double>& to, const Json& from) {
  if (from.is_array()) {
    for (const Json& item : from) append(to, item);
  } else {
    to.push_back(from.is_null() ? NAN : from.get<double>());
  }
}

std::vector<double> numbers(const Json& json) {
  std::vector<double> all;
  append(all, json);
  return all;
}

double number_or(const Json& json, const char* key, double otherwise) {
  return json.contains(key) && !json[key].is_null() ? json[key].get<double>() : otherwise;
}

Activation activation(const Json& json, const char* key) {
  return parse_activation(json.at(key).get<std::string>(), key);
}

Network network_of(const Json& file) {
  const Json& json = file.at("network");
  const int inputs = json.at("inputs").get<int>();
  const bool recordings = json.contains("outputs");
  const int neurons = json.at(recordings ? "outputs" : "hidden").get<int>();
  Network network = network_without_hidden_layer(inputs);
  if (neurons > 0) {
    network = network_with_hidden_layer(
        inputs, neurons, activation(json, recordings ? "output_activation" : "hidden_activation"));
    const std::vector<double> readout =
        json.contains("readout") && !json["readout"].is_null() ? numbers(json["readout"]) : network.readout;
    if (readout.size() == 1) network.readout.assign(network.readout.size(), readout.front());
    if (readout.size() > 1) network.readout = readout;
    if (network.readout.size() != static_cast<std::size_t>(neurons)) {
      throw std::runtime_error("network.readout: one number, or one for each neuron");
    }
  }
  network.eta = number_or(file, "scale", number_or(json, "scale", 1.0 / inputs));
  return network;
}

Rule taylor(const Json& json, std::vector<double>& theta) {
  std::vector<Term> terms;
  for (const Json& term : json.at("terms")) terms.push_back(parse_term(term.get<std::string>()));
  theta = numbers(json.at("theta"));
  return TaylorRule(std::move(terms));
}

// Parameters in the order of MlpRule: each layer's weights, then its biases.
std::vector<double> mlp_parameters(const Json& json) {
  std::vector<double> all;
  for (const char* part : {"hidden_weights", "hidden_bias", "output_weights", "output_bias"}) {
    append(all, json.at(part));
  }
  return all;
}

Rule mlp(const Json& json, std::vector<double>& theta) {
  theta = mlp_parameters(json);
  return MlpRule({json.at("inputs").get<std::vector<std::string>>(),
                  {json.at("hidden").get<int>()},
                  activation(json, "hidden_activation"),
                  activation(json, "output_activation")});
}

void add_step(EncodedSession& session, const Json& x, int choice, bool learns, double r) {
  append(session.x, x);
  session.choice.push_back(choice);
  session.learns.push_back(static_cast<char>(learns));
  session.r.push_back(r);
}

void read_trials(EncodedSession& session, const Json& trials) {
  for (const Json& trial : trials) {
    const Json& x = trial.at("x");
    for (std::size_t n = 0; n < x.size(); ++n) {
      const bool last = n + 1 == x.size();
      const double reward = number_or(trial, "reward", 0.0);
      const Json& choice = trial.at("choice").at(n);
      add_step(session, x[n], choice.is_null() ? kNoChoice : choice.get<int>(), last,
               last ? reward - number_or(trial, "expected_reward", 0.0) : 0.0);
    }
  }
}

void read_choices(EncodedSession& session, const Json& steps) {
  session.offers = static_cast<int>(steps.at(0).at("offers").size());
  for (const Json& step : steps) {
    const bool answered = !step.at("choice").is_null();
    add_step(session, step.at("offers"), answered ? step["choice"].get<int>() : kNoChoice, answered,
             answered ? number_or(step, "reward", 0.0) - number_or(step, "expected_reward", 0.0) : 0.0);
  }
}

void read_recordings(EncodedSession& session, const Json& file) {
  for (const Json& x : file.at("inputs")) add_step(session, x, kNoChoice, true, 0.0);
  session.recorded_neurons = file.at("recorded_neurons").get<std::vector<int>>();
  session.recordings = numbers(file.at("recordings"));
}

Expected expected_of(const Json& json) {
  Expected expected;
  const bool recordings = json.contains("sum_squared_error");
  expected.loss = json.at(recordings ? "sum_squared_error" : "negative_log_likelihood").get<double>();
  const Json& gradient = json.at("gradient");
  expected.gradient = gradient.is_object() ? mlp_parameters(gradient) : numbers(gradient);
  if (json.contains("final_mean")) {
    expected.log_probabilities = numbers(json.at("log_probabilities"));
    expected.final_mean = numbers(json["final_mean"]);
    expected.final_covariance = numbers(json.at("final_covariance"));
    return expected;
  }
  expected.initial_gradient = numbers(json.at("gradient_initial_weights"));
  expected.final_weights = numbers(json.at("final_weights"));
  if (json.contains("logits")) expected.logits = numbers(json["logits"]);
  if (json.contains("last_activity")) expected.last_activity = numbers(json["last_activity"]);
  return expected;
}

}  // namespace

Problem read_problem(const Json& file) {
  const Json& rule = file.at("rule");
  std::vector<double> theta;
  const bool is_mlp = rule.at("kind") == "mlp";
  Model model{network_of(file), is_mlp ? mlp(rule, theta) : taylor(rule, theta)};

  EncodedSession session;
  session.animal = session.name = file.value("name", std::string("golden"));
  session.inputs = model.network.inputs;
  if (file.contains("trials")) {
    read_trials(session, file["trials"]);
  } else if (file.contains("steps")) {
    read_choices(session, file["steps"]);
  } else {
    read_recordings(session, file);
  }
  std::optional<BeliefOptions> belief;
  if (file.contains("initial_mean")) {
    belief = BeliefOptions{.stimuli = BeliefOptions::Stimuli::kFiltered,
                           .noise_sd = file.at("stimulus_noise_sd").get<double>(),
                           .initial_sd = file.at("initial_sd").get<double>(),
                           .covariance = BeliefOptions::Covariance::kDense,
                           .order = BeliefOptions::Order::kFirst};
  }
  const std::vector<double> weights = numbers(file.at(belief ? "initial_mean" : "initial_weights"));
  if (weights.size() != static_cast<std::size_t>(model.network.inputs * model.network.neurons)) {
    throw std::runtime_error("initial_weights: not inputs x neurons");
  }
  if (theta.size() != model.rule.parameters())
    throw std::runtime_error("rule: parameters do not match its shape");
  const Matrix initial =
      Eigen::Map<const Matrix>(weights.data(), model.network.inputs, model.network.neurons);
  return {std::move(model),   std::move(theta), initial,
          std::move(session), belief,           expected_of(file.at("expected"))};
}

}  // namespace synfer::golden
