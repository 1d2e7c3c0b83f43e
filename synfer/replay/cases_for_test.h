// For tests of replay: the table of rules, likelihoods, networks and edges that every derivative must
// pass, and the random sessions behind it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/base/random.h"
#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/model.h"
#include "synfer/model/taylor_rule.h"

namespace synfer::for_test {

inline const std::vector<std::string> kAll = {"x", "y", "w", "r"};
using Kind = Activation::Kind;

// A rule given by g alone, its slopes by hand, without column kernels: a user's own.
struct SaturatingHebb {
  [[nodiscard]] std::vector<std::string> parameter_names() const { return {"rate", "ceiling"}; }
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const {
    return theta[0] * at.x * std::tanh(at.y) * at.r + theta[1] * std::sin(at.w);
  }
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const {
    const double bent = std::tanh(at.y);
    theta_slopes[0] = at.x * bent * at.r;
    theta_slopes[1] = std::sin(at.w);
    return {theta[0] * bent * at.r, theta[0] * at.x * (1 - bent * bent) * at.r, theta[1] * std::cos(at.w)};
  }
};

struct Case {
  std::string name;
  Rule rule;
  Activation activation = {};
  int inputs = 3;
  int neurons = 5;  // 0: no hidden layer
  int offers = 1;
  std::size_t steps = 12;
  bool choices = true;
  bool recordings = false;
  double weight_scale = 0.5;
  double theta_scale = 0.1;
  // Of a rule with kinks the filter's Jacobian jumps where a unit switches: closer differences miss it.
  double step_scale = 1.0;
  std::function<void(EncodedSession&)> edge = {};
};

inline Rule dense_taylor() { return TaylorRule(dense_terms(kAll, 2)); }

inline Rule mlp(Kind hidden, Kind output, std::vector<int> sizes = {4}) {
  return MlpRule({kAll, std::move(sizes), {hidden}, {output}});
}

inline std::vector<Case> cases() {
  std::vector<Case> all = {
      {.name = "81 terms", .rule = dense_taylor()},
      {.name = "powers up to 4",
       .rule = TaylorRule({{1, 4, 3, 0}, {0, 0, 4, 2}, {3, 1, 0, 1}, {4, 0, 0, 4}})},
      {.name = "one term", .rule = TaylorRule({{1, 0, 0, 1}})},
      {.name = "a user's own rule", .rule = SaturatingHebb{}, .theta_scale = 0.5},
      {.name = "MLP tanh", .rule = mlp(Kind::kTanh, Kind::kLinear), .theta_scale = 0.5},
      {.name = "MLP softplus", .rule = mlp(Kind::kSoftplus, Kind::kTanh), .theta_scale = 0.5},
      {.name = "MLP squareplus, two layers",
       .rule = mlp(Kind::kSquareplus, Kind::kLinear, {3, 4}),
       .theta_scale = 0.5},
      {.name = "MLP leaky ReLU",
       .rule = mlp(Kind::kLeakyRelu, Kind::kTanh),
       .theta_scale = 0.5,
       .step_scale = 0.01},
      {.name = "sigmoid layer", .rule = dense_taylor(), .activation = {Kind::kSigmoid}},
      {.name = "ReLU layer", .rule = dense_taylor(), .activation = {Kind::kRelu}},
      {.name = "linear layer", .rule = dense_taylor(), .activation = {Kind::kLinear}, .theta_scale = 0.02},
      {.name = "no hidden layer", .rule = dense_taylor(), .neurons = 0, .theta_scale = 0.02},
      {.name = "choice of 2", .rule = dense_taylor(), .offers = 2},
      {.name = "choice of 5 without a hidden layer",
       .rule = dense_taylor(),
       .neurons = 0,
       .offers = 5,
       .theta_scale = 0.02},
      {.name = "recordings",
       .rule = dense_taylor(),
       .activation = {Kind::kSigmoid},
       .choices = false,
       .recordings = true},
      {.name = "choices and recordings", .rule = dense_taylor(), .offers = 2, .recordings = true},
      {.name = "one neuron, one input", .rule = dense_taylor(), .inputs = 1, .neurons = 1},
      {.name = "one step", .rule = dense_taylor(), .steps = 1},
      {.name = "many blocks of columns",
       .rule = TaylorRule({{1, 0, 0, 1}, {0, 1, 1, 0}}),
       .inputs = 45,
       .neurons = 40,
       .steps = 80,
       .recordings = true,
       .weight_scale = 0.1},
      {.name = "many inputs",
       .rule = dense_taylor(),
       .inputs = 20,
       .neurons = 19,
       .steps = 40,
       .recordings = true,
       .weight_scale = 0.1,
       .theta_scale = 0.01},
      {.name = "many inputs, some powers",
       .rule = TaylorRule({{2, 1, 0, 2}, {0, 2, 1, 0}, {1, 0, 1, 1}}),
       .inputs = 17,
       .neurons = 3,
       .recordings = true,
       .weight_scale = 0.1},
      {.name = "saturated activities", .rule = dense_taylor(), .weight_scale = 30.0, .theta_scale = 1e-5},
  };
  const auto edge = [&](std::string name, double scale, std::function<void(EncodedSession&)> change) {
    all.push_back(
        {.name = std::move(name), .rule = dense_taylor(), .weight_scale = scale, .edge = std::move(change)});
  };
  edge("w = 0", 0.0, [](EncodedSession&) {});
  edge("x = 0", 0.5, [](EncodedSession& s) { std::ranges::fill(s.x, 0.0); });
  edge("r = 0", 0.5, [](EncodedSession& s) { std::ranges::fill(s.r, 0.0); });
  edge("a held-out tail alone is scored", 0.5, [](EncodedSession& s) { s.scored_from = s.steps() / 2; });
  return all;
}

inline std::vector<double> draw(const Case& c, std::string_view purpose, std::size_t count, double scale) {
  std::vector<double> values(count);
  RandomStream(3, purpose, c.name).normals({}, count, values.data());
  for (double& v : values) v *= scale;
  return values;
}

inline EncodedSession random_session(const Case& c, int neurons) {
  const auto k = static_cast<std::size_t>(c.offers);
  const RandomStream choices(3, "choices", c.name);
  EncodedSession s;
  s.animal = s.name = c.name;
  s.offers = c.offers;
  s.inputs = c.inputs;
  s.x = draw(c, "x", c.steps * k * static_cast<std::size_t>(c.inputs), 1.0);
  s.r = draw(c, "r", c.steps, 0.7);
  for (std::size_t t = 0; t < c.steps; ++t) {
    const bool omitted = t % 5 == 3;
    const double u = choices.uniform({.step = t});
    const int choice = c.offers == 1 ? static_cast<int>(u < 0.5) : static_cast<int>(u * c.offers);
    s.choice.push_back(!c.choices || omitted ? kNoChoice : choice);
    s.learns.push_back(static_cast<char>(!c.choices || (!omitted && (c.offers > 1 || choice == 1))));
  }
  if (!c.recordings) return s;
  for (int j = 0; j < neurons; j += 2) s.recorded_neurons.push_back(j);
  s.recordings = draw(c, "recordings", c.steps * s.recorded_neurons.size(), 0.5);
  for (std::size_t n = 2; n < s.recordings.size(); n += 7) s.recordings[n] = NAN;
  return s;
}

/// A case brought to life.
struct Problem {
  explicit Problem(const Case& c)
      : model{c.neurons == 0 ? network_without_hidden_layer(c.inputs)
                             : network_with_hidden_layer(c.inputs, c.neurons, c.activation),
              c.rule},
        session(random_session(c, model.network.neurons)),
        theta(draw(c, "theta", c.rule.parameters(), c.theta_scale)) {
    if (c.edge) c.edge(session);
    const auto cells = static_cast<std::size_t>(c.inputs * model.network.neurons);
    const std::vector<double> start = draw(c, "weights", cells, c.weight_scale);
    initial = Eigen::Map<const Matrix>(start.data(), c.inputs, model.network.neurons);
  }

  Model model;
  EncodedSession session;
  std::vector<double> theta;
  Matrix initial;
};

/// An offset that grows through the session, and its slopes in two coefficients.
struct Offsets {
  std::vector<double> coefficients = {0.3, -0.2};
  LogitOffsets offsets;

  void make(const EncodedSession& session) {
    offsets = {};
    const auto offers = static_cast<std::size_t>(session.offers);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      for (std::size_t k = 0; k < offers; ++k) {
        const double first = std::sin(static_cast<double>(t + 3 * k));
        const double second = 0.1 * static_cast<double>(t) - static_cast<double>(k);
        offsets.value.push_back(coefficients[0] * first + coefficients[1] * second);
        offsets.slopes.insert(offsets.slopes.end(), {first, second});
      }
    }
  }
};

/// Five-point difference of `value` in `variable`: its own error is far below the tolerances.
inline double difference(double& variable, double h, const std::function<double()>& value) {
  const double kept = variable;
  const auto at = [&](double v) {
    variable = v;
    return value();
  };
  const double slope = (8 * (at(kept + h) - at(kept - h)) - (at(kept + 2 * h) - at(kept - 2 * h))) / (12 * h);
  variable = kept;
  return slope;
}

inline std::string name_of(const testing::TestParamInfo<Case>& one) {
  std::string name = one.param.name;
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
}

}  // namespace synfer::for_test
