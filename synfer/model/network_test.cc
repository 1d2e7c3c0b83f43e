#include "synfer/model/network.h"

#include <gmock/gmock.h>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Throws;

TEST(Network, WithAHiddenLayerReadsEveryNeuronOutWithFiveOverTheirNumber) {
  const Network network = network_with_hidden_layer(8, 4, {Activation::Kind::kSigmoid});
  EXPECT_EQ(network.inputs, 8);
  EXPECT_EQ(network.neurons, 4);
  EXPECT_EQ(network.activation.kind, Activation::Kind::kSigmoid);
  EXPECT_THAT(network.readout, ElementsAre(1.25, 1.25, 1.25, 1.25));
}

TEST(Network, MovesWeightsByTheRuleOverTheNumberOfInputs) {
  EXPECT_EQ(network_with_hidden_layer(8, 4, {}).eta, 0.125);
  EXPECT_EQ(network_without_hidden_layer(5).eta, 0.2);
}

TEST(Network, WithoutAHiddenLayerIsOneLinearNeuronReadOutAsItIs) {
  const Network network = network_without_hidden_layer(3);
  EXPECT_EQ(network.inputs, 3);
  EXPECT_EQ(network.neurons, 1);
  EXPECT_EQ(network.activation.kind, Activation::Kind::kLinear);
  EXPECT_THAT(network.readout, ElementsAre(1.0));
}

TEST(Network, NeedsAnInputAndANeuron) {
  const auto names = [](const char* key) {
    return Throws<ConfigurationError>(Field(&ConfigurationError::key, key));
  };
  EXPECT_THAT([] { network_with_hidden_layer(0, 4, {}); }, names("network.inputs"));
  EXPECT_THAT([] { network_without_hidden_layer(-1); }, names("network.inputs"));
  EXPECT_THAT([] { network_with_hidden_layer(4, 0, {}); }, names("network.hidden"));
}

}  // namespace
}  // namespace synfer
