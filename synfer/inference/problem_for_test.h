// For tests of inference: small sessions with choices and recordings, drawn at random, and an
// objective over them.
#pragma once

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/random.h"
#include "synfer/inference/objective.h"
#include "synfer/model/taylor_rule.h"

namespace synfer::for_test {

inline constexpr int kInputs = 2;
inline constexpr int kNeurons = 3;

inline std::vector<double> normals(const std::string& purpose, std::size_t count, double sd) {
  std::vector<double> values(count);
  RandomStream(7, purpose).normals({}, count, values.data());
  for (double& v : values) v *= sd;
  return values;
}

/// Accept or reject, every second neuron recorded, some values missing. Accepting pays.
inline EncodedSession random_session(const std::string& name, std::size_t steps = 30) {
  EncodedSession s;
  s.animal = s.name = name;
  s.inputs = kInputs;
  s.x = normals("x " + name, steps * kInputs, 1.0);
  s.r = normals("r " + name, steps, 0.7);
  const RandomStream choices(7, "choices " + name);
  for (std::size_t t = 0; t < steps; ++t) {
    // The first input is liked more and more, so that there is something to learn.
    const double liked = s.x[t * kInputs] * (0.2 + 0.05 * static_cast<double>(t));
    s.choice.push_back(static_cast<int>(choices.uniform({.step = t}) < 1.0 / (1.0 + std::exp(-liked))));
    s.learns.push_back(static_cast<char>(s.choice.back() == 1));
  }
  s.recorded_neurons = {0, 2};
  s.recordings = normals("recordings " + name, steps * 2, 0.5);
  for (std::size_t n = 3; n < s.recordings.size(); n += 11) s.recordings[n] = NAN;
  return s;
}

inline std::vector<EncodedSession> random_sessions() {
  return {random_session("a"), random_session("b", 20), random_session("c", 25)};
}

inline Matrix random_weights(const std::string& name) {
  const std::vector<double> values = normals("weights " + name, kInputs * kNeurons, 0.3);
  return Eigen::Map<const Matrix>(values.data(), kInputs, kNeurons);
}

/// Terms x*r, w, y, x*y; the start at which nothing is special.
inline Model small_model() {
  return {network_with_hidden_layer(kInputs, kNeurons, {}),
          TaylorRule({{1, 0, 0, 1}, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}})};
}
inline const std::vector<double> kTheta = {0.2, -0.05, 0.03, 0.04};

inline Objective objective_over(std::vector<EncodedSession> sessions, ObjectiveOptions options = {}) {
  std::vector<Matrix> initial;
  for (const EncodedSession& s : sessions) initial.push_back(random_weights(s.name));
  return {small_model(), std::move(sessions), std::move(initial), options};
}

/// w <- w + eta theta w^4: a coefficient of 1e6 makes weights overflow within a session.
inline Objective explosive_objective(std::vector<EncodedSession> sessions) {
  std::vector<Matrix> initial;
  for (const EncodedSession& s : sessions) initial.push_back(random_weights(s.name));
  return {{network_with_hidden_layer(kInputs, kNeurons, {}), TaylorRule({{0, 0, 4, 0}, {1, 0, 0, 1}})},
          std::move(sessions),
          std::move(initial),
          {}};
}

/// A bandit of two arms, one-hot unless offers are given (four numbers): the animal likes the second arm ever
/// more.
inline EncodedSession bandit_session(const std::vector<double>& offers = {1.0, 0.0, 0.0, 1.0},
                                     std::size_t steps = 60) {
  EncodedSession s;
  s.animal = s.name = "mouse";
  s.offers = 2;
  s.inputs = 2;
  s.r = normals("bandit r", steps, 0.7);
  const RandomStream choices(7, "bandit choices");
  for (std::size_t t = 0; t < steps; ++t) {
    s.x.insert(s.x.end(), offers.begin(), offers.end());
    const double second = 0.3 + 0.4 * static_cast<double>(t) / static_cast<double>(steps);
    s.choice.push_back(static_cast<int>(choices.uniform({.step = t}) < second));
    s.learns.push_back(1);
  }
  return s;
}

/// Without a hidden layer, from choices alone.
inline Objective bandit_objective(Rule rule, ObjectiveOptions options = {},
                                  EncodedSession session = bandit_session()) {
  return {{network_without_hidden_layer(2), std::move(rule)},
          {std::move(session)},
          {Matrix::Constant(2, 1, 0.2)},
          std::move(options)};
}

}  // namespace synfer::for_test
