#include "synfer/model/plastic_layer.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/model/expression.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;

PlasticLayer layer(const Network& network, const char* rule, const Matrix& initial) {
  const auto [taylor, theta] = taylor_rule(parse_expression(rule));
  return PlasticLayer(network, taylor, theta, initial);
}

const Matrix kInitial{{0.1, -0.2, 0.3}, {0.4, 0.5, -0.6}};
const std::vector<double> kOffer = {1.0, -2.0};

TEST(PlasticLayer, RespondsWithTheActivationOfItsSummedInput) {
  PlasticLayer plastic = layer(network_with_hidden_layer(2, 3, {}), "0", kInitial);
  EXPECT_THAT(plastic.activity(kOffer),
              ElementsAre(DoubleEq(std::tanh(0.1 - 2.0 * 0.4)), DoubleEq(std::tanh(-0.2 - 2.0 * 0.5)),
                          DoubleEq(std::tanh(0.3 + 2.0 * 0.6))));
}

TEST(PlasticLayer, LogitIsTheReadoutOfTheActivity) {
  Network network = network_with_hidden_layer(2, 3, {});
  network.readout = {1.0, 10.0, -100.0};
  const PlasticLayer plastic = layer(network, "0", kInitial);
  EXPECT_DOUBLE_EQ(plastic.logit(std::vector<double>{0.1, 0.2, 0.3}), 0.1 + 2.0 - 30.0);
}

TEST(PlasticLayer, WithoutAHiddenLayerTheLogitIsTheSummedInput) {
  PlasticLayer plastic = layer(network_without_hidden_layer(2), "0", Matrix{{0.1}, {0.4}});
  const std::span<const double> y = plastic.activity(kOffer);
  EXPECT_DOUBLE_EQ(plastic.logit(y), 0.1 - 0.8);
}

TEST(PlasticLayer, MovesEveryWeightByEtaTimesTheRule) {
  PlasticLayer plastic = layer(network_with_hidden_layer(2, 3, {}), "x*r - 0.05*w + 2*y", kInitial);
  const std::vector<double> y = {0.5, 0.25, -0.5};
  plastic.change(kOffer, y, 0.8);
  for (Eigen::Index i = 0; i < 2; ++i) {
    for (Eigen::Index j = 0; j < 3; ++j) {
      const auto x_i = kOffer[static_cast<std::size_t>(i)];
      const auto y_j = y[static_cast<std::size_t>(j)];
      const double g = x_i * 0.8 - 0.05 * kInitial(i, j) + 2.0 * y_j;
      EXPECT_NEAR(plastic.weights()(i, j), kInitial(i, j) + 0.5 * g, 1e-15);
    }
  }
}

TEST(PlasticLayer, ChangesAddUpOverTrials) {
  PlasticLayer plastic = layer(network_with_hidden_layer(2, 3, {}), "-w", kInitial);
  for (int trial = 0; trial < 3; ++trial) plastic.change(kOffer, plastic.activity(kOffer), 1.0);
  EXPECT_TRUE(plastic.weights().isApprox(kInitial / 8.0, 1e-15));  // eta = 1/2: halved three times
}

TEST(PlasticLayer, LearnsUnderAnyRule) {
  const MlpRule mlp({.inputs = {"x"}, .hidden = {}, .output_activation = {Activation::Kind::kLinear}});
  PlasticLayer by_network(network_with_hidden_layer(2, 3, {}), mlp, {3.0, 1.0}, kInitial);
  PlasticLayer by_terms = layer(network_with_hidden_layer(2, 3, {}), "3*x + 1", kInitial);
  by_network.change(kOffer, by_network.activity(kOffer), 0.0);
  by_terms.change(kOffer, by_terms.activity(kOffer), 0.0);
  EXPECT_TRUE(by_network.weights().isApprox(by_terms.weights(), 1e-15));
}

TEST(PlasticLayer, SaysWhenAWeightHasOverflown) {
  PlasticLayer plastic = layer(network_with_hidden_layer(2, 3, {}), "1e200*w^4", kInitial);
  EXPECT_TRUE(plastic.finite());
  for (int trial = 0; trial < 3; ++trial) plastic.change(kOffer, plastic.activity(kOffer), 1.0);
  EXPECT_FALSE(plastic.finite());
}

}  // namespace
}  // namespace synfer
