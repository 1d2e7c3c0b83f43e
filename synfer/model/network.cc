#include "synfer/model/network.h"

#include <fmt/format.h>

#include "synfer/base/error.h"

namespace synfer {

Network network_with_hidden_layer(int inputs, int neurons, Activation activation) {
  if (inputs < 1)
    throw ConfigurationError("network.inputs", fmt::format("found {}, expected at least 1", inputs));
  if (neurons < 1)
    throw ConfigurationError("network.hidden", fmt::format("found {}, expected at least 1", neurons));
  return {inputs, neurons, activation, std::vector<double>(static_cast<std::size_t>(neurons), 5.0 / neurons),
          1.0 / inputs};
}

Network network_without_hidden_layer(int inputs) {
  Network network = network_with_hidden_layer(inputs, 1, {Activation::Kind::kLinear});
  network.readout = {1.0};
  return network;
}

}  // namespace synfer
