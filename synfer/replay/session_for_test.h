// For tests of replay: a session and a model in a line.
#pragma once

#include "synfer/base/random.h"
#include "synfer/model/encoding.h"
#include "synfer/model/expression.h"
#include "synfer/model/model.h"
#include "synfer/model/taylor_rule.h"

namespace synfer::for_test {

/// Random stimuli and rewards; choices go round, and accepting or choosing learns.
inline EncodedSession random_session(std::size_t steps, int inputs, int offers) {
  EncodedSession s;
  s.animal = "fly";
  s.name = "monday";
  s.inputs = inputs;
  s.offers = offers;
  s.x.resize(steps * static_cast<std::size_t>(offers * inputs));
  s.r.resize(steps);
  RandomStream(5, "x").normals({}, s.x.size(), s.x.data());
  RandomStream(5, "r").normals({}, s.r.size(), s.r.data());
  for (std::size_t t = 0; t < steps; ++t) {
    s.choice.push_back(static_cast<int>(t % static_cast<std::size_t>(offers == 1 ? 2 : offers)));
    s.learns.push_back(static_cast<char>(offers > 1 || s.choice.back() == 1));
  }
  return s;
}

/// A hidden layer of tanh neurons that learn by `rule`.
inline Model model_of(int inputs, int neurons, const char* rule) {
  return {network_with_hidden_layer(inputs, neurons, {}), taylor_rule(parse_expression(rule)).rule};
}

}  // namespace synfer::for_test
