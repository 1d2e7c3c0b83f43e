// For tests of simulations: a model in a line, and what sessions hold.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/expression.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/simulation/simulate.h"

namespace synfer::for_test {

inline constexpr Activation kLinear = {Activation::Kind::kLinear};

/// A model and its rule's parameters.
struct Truth {
  Model model;
  std::vector<double> theta;

  Truth(Network network, const std::string& rule)
      : Truth(std::move(network), taylor_rule(parse_expression(rule))) {}
  Truth(Network network, TaylorRuleWithNumbers rule)
      : model{std::move(network), std::move(rule.rule)}, theta(std::move(rule.theta)) {}

  [[nodiscard]] SimulatedSession session(const SimulationOptions& options) const {
    return simulate_session(options, model, theta, "fly", "fly");
  }
};

/// Two inputs, ten neurons, and weights that reward changes.
inline Truth learner() { return {network_with_hidden_layer(2, 10, {}), "x*r - 0.05*w"}; }

/// One linear neuron whose weights never change.
inline Truth constant(int inputs) { return {network_without_hidden_layer(inputs), "0"}; }

/// One set of options a task, short trials at the limit and omissions among them.
inline std::vector<SimulationOptions> every_task() {
  std::vector<SimulationOptions> all(3);
  all[0].task = AcceptRejectTask{.max_offers = 2};
  all[1].task = ChoiceTask{.omission_probability = 0.2};
  all[2].task = NeuralTask{};
  for (SimulationOptions& options : all) options.record = true;
  return all;
}

/// Values by their bits, in which a missing value equals a missing value.
inline std::vector<std::uint64_t> bits(const std::vector<double>& values) {
  std::vector<std::uint64_t> found;
  for (const double v : values) {
    found.push_back(
        std::bit_cast<std::uint64_t>(std::isnan(v) ? std::numeric_limits<double>::quiet_NaN() : v));
  }
  return found;
}

/// Equality to the bit.
inline bool equal(Session a, Session b) {
  const bool numbers = bits(a.reward) == bits(b.reward) && bits(a.recordings) == bits(b.recordings);
  a.reward = b.reward = a.recordings = b.recordings = {};
  return numbers && a == b;
}
inline bool equal(const SimulatedSession& a, const SimulatedSession& b) {
  return equal(a.session, b.session) && a.x == b.x && a.initial_weights == b.initial_weights &&
         a.trials_at_limit == b.trials_at_limit;
}

/// How many standard deviations the sum of 0-1 outcomes lies from what their probabilities predict.
class Surprise {
 public:
  void add(bool outcome, double probability) {
    excess_ += (outcome ? 1.0 : 0.0) - probability;
    variance_ += probability * (1.0 - probability);
  }
  [[nodiscard]] double value() const { return excess_ / std::sqrt(variance_); }

 private:
  double excess_ = 0.0;
  double variance_ = 0.0;
};

/// Bounds of every statistical expectation: their draws are fixed, and were not searched for.
inline constexpr double kSurprising = 4.0;

}  // namespace synfer::for_test
