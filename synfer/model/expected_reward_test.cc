#include "synfer/model/expected_reward.h"

#include <gtest/gtest.h>

namespace synfer {
namespace {

using Kind = ExpectedReward::Kind;

TEST(ExpectedReward, CountsTrialsBeforeTheFirstAsUnrewarded) {
  const ExpectedReward options{.kind = Kind::kMovingAverage, .window = 4};
  EXPECT_EQ(expected_rewards({1, 1, 0, 1}, options), (std::vector<double>{0, 0.25, 0.5, 0.5}));
}

TEST(ExpectedReward, ForgetsWhatIsOlderThanItsWindow) {
  const ExpectedReward options{.kind = Kind::kMovingAverage, .window = 2};
  EXPECT_EQ(expected_rewards({1, 1, 0, 0, 1}, options), (std::vector<double>{0, 0.5, 1, 0.5, 0}));
}

TEST(ExpectedReward, MovesTowardsEachRewardAtItsRate) {
  const ExpectedReward options{.kind = Kind::kExponential, .rate = 0.5};
  EXPECT_EQ(expected_rewards({1, 1, 0}, options), (std::vector<double>{0, 0.5, 0.75}));
}

TEST(ExpectedReward, IsZeroWithoutABaseline) {
  EXPECT_EQ(expected_rewards({1, 1, 0}, {.kind = Kind::kNone}), (std::vector<double>{0, 0, 0}));
}

TEST(RewardBaseline, KeepsNoRoundingErrorOfRewardsThatLeftTheWindow) {
  RewardBaseline baseline({.kind = Kind::kMovingAverage, .window = 2});
  for (const double reward : {1e16, 0.1, 0.2}) baseline.receive(reward);
  EXPECT_EQ(baseline.expected(), (0.1 + 0.2) / 2);
}

}  // namespace
}  // namespace synfer
