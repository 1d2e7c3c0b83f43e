#include "synfer/inference/mlp_prior.h"

#include <gmock/gmock.h>

#include <cmath>

namespace synfer {
namespace {

using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;

TEST(MlpPrior, GroupsTheWeightsOfEachInputBiasesAndOutput) {
  const ParameterGroups groups = parameter_groups(MlpRule({.inputs = {"x", "r"}, .hidden = {2}}));
  EXPECT_THAT(groups.names, ElementsAre("hidden1.weight[x]", "hidden1.weight[r]", "hidden1.bias",
                                        "output.weight", "output.bias"));
  EXPECT_THAT(groups.of, ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, 4));
}

TEST(MlpPrior, OfALaterLayerGroupsAllWeights) {
  const ParameterGroups groups = parameter_groups(MlpRule({.inputs = {"w"}, .hidden = {1, 2}}));
  EXPECT_THAT(groups.names, ElementsAre("hidden1.weight[w]", "hidden1.bias", "hidden2.weight", "hidden2.bias",
                                        "output.weight", "output.bias"));
  EXPECT_THAT(groups.of, ElementsAre(0, 1, 2, 2, 3, 3, 4, 4, 5));
}

TEST(MlpPrior, StartsDifferAndAreNearlyTheRuleZero) {
  const MlpRule rule({.hidden_activation = {Activation::Kind::kSquareplus},
                      .output_activation = {Activation::Kind::kLinear}});
  const auto starts = random_starts(rule, 4, 1);
  ASSERT_EQ(starts.size(), 4u);
  EXPECT_NE(starts[0], starts[1]);
  EXPECT_EQ(random_starts(rule, 4, 1), starts);
  EXPECT_NE(random_starts(rule, 4, 2), starts);
  // 240 changes of this size do not carry a weight away.
  for (const auto& start : starts) EXPECT_LT(std::abs(rule.change({.x = 1.0, .r = 0.5}, start)), 0.05);
}

TEST(MlpPrior, ScalesXAndRByTheirRmsWhereTheAnimalLearns) {
  EncodedSession s;
  s.inputs = 2;
  s.x = {3.0, 4.0, 100.0, 100.0, 0.0, 5.0};
  s.r = {1.0, 100.0, 7.0};
  s.choice = {1, 0, 1};
  s.learns = {1, 0, 1};
  const std::vector<std::string> inputs = {"r", "w", "x"};
  EXPECT_THAT(input_scale(inputs, std::vector{s}),
              ElementsAre(DoubleEq(1.0 / 5.0), 1.0, DoubleEq(std::sqrt(4.0 / 50.0))));
  s.learns = {0, 0, 0};
  EXPECT_THAT(input_scale(inputs, std::vector{s}), Each(1.0));
}

}  // namespace
}  // namespace synfer
