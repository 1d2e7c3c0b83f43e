// The network: one plastic layer y = f(x W), and a fixed readout b that turns its activity into the
// logit of an offer, b . y.
//
// Without a hidden layer the logit is x W itself and y is that logit: one linear neuron read out
// with weight 1, so nothing else needs to know of the case.
#pragma once

#include <vector>

#include "synfer/model/activation.h"

namespace synfer {

struct Network {
  int inputs = 2;               // N
  int neurons = 10;             // M, of the plastic layer
  Activation activation = {};   // f
  std::vector<double> readout;  // M
  double eta = 0.5;             // a weight moves by eta g

  friend bool operator==(const Network&, const Network&) = default;
};

/// Readout 5/M for every neuron and eta = 1/N, as published.
/// @throws ConfigurationError where a size is below 1.
Network network_with_hidden_layer(int inputs, int neurons, Activation activation);
Network network_without_hidden_layer(int inputs);

}  // namespace synfer
