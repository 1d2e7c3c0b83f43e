#include "synfer/model/mlp_rule.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Ne;
using ::testing::SizeIs;
using ::testing::Throws;

constexpr Activation kLinear{Activation::Kind::kLinear};
constexpr Activation kTanh{Activation::Kind::kTanh};
constexpr Activation kLeakyRelu{Activation::Kind::kLeakyRelu};

TEST(MlpRule, NamesWeightsThenBiasesLayerByLayer) {
  const MlpRule rule({.inputs = {"x", "r"}, .hidden = {2}});
  EXPECT_THAT(rule.parameter_names(),
              ElementsAre("hidden1.weight[x,0]", "hidden1.weight[x,1]", "hidden1.weight[r,0]",
                          "hidden1.weight[r,1]", "hidden1.bias[0]", "hidden1.bias[1]", "output.weight[0,0]",
                          "output.weight[1,0]", "output.bias[0]"));
}

TEST(MlpRule, OfSeveralLayersNamesEach) {
  const MlpRule rule({.inputs = {"w"}, .hidden = {1, 2}});
  EXPECT_THAT(rule.parameter_names(),
              ElementsAre("hidden1.weight[w,0]", "hidden1.bias[0]", "hidden2.weight[0,0]",
                          "hidden2.weight[0,1]", "hidden2.bias[0]", "hidden2.bias[1]", "output.weight[0,0]",
                          "output.weight[1,0]", "output.bias[0]"));
}

TEST(MlpRule, AsPublishedHasTenUnitsForThreeInputs) {
  EXPECT_THAT(MlpRule({}).parameter_names(), SizeIs(3 * 10 + 10 + 10 + 1));
}

TEST(MlpRule, IsTheNetworkThatItsParametersSpellOut) {
  const MlpRule rule({.inputs = {"x", "r"}, .hidden = {2}});
  const Synapse at{.x = 0.7, .y = 99.0, .w = 99.0, .r = -0.4};
  // In the order of the names: two weights from x, two from r, two biases; then the output's.
  const std::vector<double> theta = {0.5, -1.0, 2.0, 0.3, 0.1, 0.2, 1.5, -0.8, 0.05};
  const auto leaky = [](double a) { return a < 0 ? 0.01 * a : a; };
  const double first = leaky(0.5 * 0.7 + 2.0 * -0.4 + 0.1);
  const double second = leaky(-1.0 * 0.7 + 0.3 * -0.4 + 0.2);
  EXPECT_DOUBLE_EQ(rule.change(at, theta), std::tanh(1.5 * first - 0.8 * second + 0.05));
}

TEST(MlpRule, WithoutHiddenLayersIsALinearRule) {
  const MlpRule rule({.inputs = {"x", "y", "w", "r"}, .hidden = {}, .output_activation = kLinear});
  EXPECT_THAT(rule.parameter_names(),
              ElementsAre("output.weight[x,0]", "output.weight[y,0]", "output.weight[w,0]",
                          "output.weight[r,0]", "output.bias[0]"));
  const std::vector<double> theta = {2.0, 3.0, 5.0, 7.0, 11.0};
  EXPECT_DOUBLE_EQ(rule.change({1.0, 10.0, 100.0, 1000.0}, theta), 2.0 + 30.0 + 500.0 + 7000.0 + 11.0);
  std::vector<double> theta_slopes(5);
  const Slopes slopes = rule.slopes({1.0, 10.0, 100.0, 1000.0}, theta, theta_slopes);
  EXPECT_EQ(slopes.x, 2.0);
  EXPECT_EQ(slopes.y, 3.0);
  EXPECT_EQ(slopes.w, 5.0);
  EXPECT_THAT(theta_slopes, ElementsAre(1.0, 10.0, 100.0, 1000.0, 1.0));
}

TEST(MlpRule, HasNoSlopeInVariablesThatAreNotItsInputs) {
  const MlpRule rule({.inputs = {"r"}, .hidden = {3}, .hidden_activation = kTanh});
  std::vector<double> theta(rule.parameter_names().size(), 0.5);
  std::vector<double> theta_slopes(theta.size());
  const Slopes slopes = rule.slopes({1.0, 2.0, 3.0, 0.2}, theta, theta_slopes);
  EXPECT_EQ(slopes.x, 0.0);
  EXPECT_EQ(slopes.y, 0.0);
  EXPECT_EQ(slopes.w, 0.0);

  std::vector<double> g(theta.size()), x(g), y(g), w(g);
  const SecondSlopes second = rule.second_slopes({1.0, 2.0, 3.0, 0.2}, theta, {g, x, y, w});
  for (const double slope :
       {second.x, second.y, second.w, second.xx, second.xy, second.xw, second.yy, second.yw, second.ww}) {
    EXPECT_EQ(slope, 0.0);
  }
  EXPECT_THAT(g, Each(Ne(0.0)));
  EXPECT_THAT(x, Each(0.0));
  EXPECT_THAT(y, Each(0.0));
  EXPECT_THAT(w, Each(0.0));
}

TEST(MlpRule, OfOneTanhUnitCurvesAsTanhDoes) {
  // g = tanh(a), a = 2x + 3w + 0.1: d2g/dxdw = 2 * 3 tanh''(a), tanh'' = -2 tanh (1 - tanh^2)
  const MlpRule rule({.inputs = {"x", "w"}, .hidden = {}, .output_activation = kTanh});
  const std::vector<double> theta = {2.0, 3.0, 0.1};
  std::vector<double> g(3), x(3), y(3), w(3);
  const SecondSlopes found = rule.second_slopes({.x = 0.2, .w = -0.3}, theta, {g, x, y, w});
  const double t = std::tanh(-0.4);
  const double first = 1.0 - t * t;
  const double second = -2.0 * t * first;
  EXPECT_DOUBLE_EQ(found.x, 2.0 * first);
  EXPECT_DOUBLE_EQ(found.xx, 4.0 * second);
  EXPECT_DOUBLE_EQ(found.xw, 6.0 * second);
  EXPECT_DOUBLE_EQ(found.ww, 9.0 * second);
  // dg/dx = 2 tanh'(a): the weight from x moves it both as a factor and through a.
  EXPECT_THAT(x, ElementsAre(DoubleEq(first + 2.0 * second * 0.2), DoubleEq(2.0 * second * -0.3),
                             DoubleEq(2.0 * second)));
}

TEST(MlpRule, WithScaledInputsIsTheRuleOfScaledInputs) {
  // g(x, r; scales 2, 5) = g(2x, 5r), so that dg/dx doubles, d2g/dx2 is four times as large, and so on.
  const MlpRule scaled(
      {.inputs = {"x", "r"}, .hidden = {2}, .hidden_activation = kTanh, .input_scale = {2.0, 5.0}});
  const MlpRule plain({.inputs = {"x", "r"}, .hidden = {2}, .hidden_activation = kTanh});
  const std::vector<double> theta = {0.5, -1.0, 2.0, 0.3, 0.1, 0.2, 1.5, -0.8, 0.05};
  std::vector<double> g(9), x(9), y(9), w(9), g2(9), x2(9), y2(9), w2(9);
  const SecondSlopes one = scaled.second_slopes({.x = 0.3, .r = 0.1}, theta, {g, x, y, w});
  const SecondSlopes other = plain.second_slopes({.x = 0.6, .r = 0.5}, theta, {g2, x2, y2, w2});
  EXPECT_DOUBLE_EQ(scaled.change({.x = 0.3, .r = 0.1}, theta), plain.change({.x = 0.6, .r = 0.5}, theta));
  EXPECT_DOUBLE_EQ(one.x, 2.0 * other.x);
  EXPECT_DOUBLE_EQ(one.xx, 4.0 * other.xx);
  for (std::size_t p = 0; p < 9; ++p) {
    EXPECT_DOUBLE_EQ(g[p], g2[p]);
    EXPECT_DOUBLE_EQ(x[p], 2.0 * x2[p]);
  }
}

TEST(MlpRule, RulesOfDifferentSizesDoNotDisturbOneAnother) {
  const MlpRule large({.inputs = {"x", "y", "w", "r"}, .hidden = {7, 5}});
  const MlpRule small({.inputs = {"x"}, .hidden = {1}, .hidden_activation = kLeakyRelu});
  const std::vector<double> small_theta = {2.0, 0.5, 3.0, -0.1};
  const std::vector<double> large_theta(large.parameter_names().size(), 0.1);
  const double alone = small.change({.x = 0.3}, small_theta);
  static_cast<void>(large.change({1.0, 2.0, 3.0, 4.0}, large_theta));
  EXPECT_EQ(small.change({.x = 0.3}, small_theta), alone);
}

TEST(MlpRule, RefusesUnknownOrRepeatedInputsAndEmptyLayers) {
  const auto refuses = [](MlpRule::Options options, const char* key) {
    EXPECT_THAT([&] { MlpRule{options}; }, Throws<ConfigurationError>(Field(&ConfigurationError::key, key)));
  };
  refuses({.inputs = {"x", "q"}}, "rule.inputs");
  refuses({.inputs = {"x", "xy"}}, "rule.inputs");
  refuses({.inputs = {"x", ""}}, "rule.inputs");
  refuses({.inputs = {"x", "r", "x"}}, "rule.inputs");
  refuses({.inputs = {}}, "rule.inputs");
  refuses({.hidden = {10, 0}}, "rule.hidden");
  refuses({.hidden = {-1}}, "rule.hidden");
  refuses({.inputs = {"x", "r"}, .input_scale = {1.0}}, "rule.input_scale");
  refuses({.inputs = {"x", "r"}, .input_scale = {1.0, 0.0}}, "rule.input_scale");
}

}  // namespace
}  // namespace synfer
