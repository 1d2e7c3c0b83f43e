// What a fit by the evidence needs to know of an MLP rule: which parameters share a prior, where to
// start, and the scale of its inputs.
//
// Weights of one input into the first layer are a group, since inputs differ in use; so are the
// biases of each layer, the weights into each later layer, and the constant of the output.
// Source: MacKay (Neural Computation 1992); Neal, Bayesian Learning for Neural Networks (1996).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/encoding.h"
#include "synfer/model/mlp_rule.h"

namespace synfer {

struct ParameterGroups {
  std::vector<std::size_t> of;     // P: the group of each parameter
  std::vector<std::string> names;  // a group: "hidden1.weight[x]", "hidden1.bias", "output.weight", ...
  std::vector<double> first;       // precision to start from, a group: 4 of hidden ones, 0.1 of the output's
  // Least precision, a group: 4 of the weights from x, so that units bend on the scale of x or beyond. Two
  // or three stimulus levels do not tell how g bends between them, and the noise is moved by just that.
  std::vector<double> least;
};
ParameterGroups parameter_groups(const MlpRule& rule);

/// `count` random starts: hidden weights and biases of sd 0.3, weights into the output of sd 0.003, so that
/// every start is nearly the rule 0: a start that carries weights away in a session never comes back.
std::vector<std::vector<double>> random_starts(const MlpRule& rule, std::size_t count, std::uint64_t seed);

/// For MlpRule::Options::input_scale: 1 / RMS of x (over inputs of the offers that are learned from) and of
/// r (over steps that learn); 1 for y and w, which are latent, and for what never differs from 0.
std::vector<double> input_scale(std::span<const std::string> inputs,
                                std::span<const EncodedSession> sessions);

}  // namespace synfer
