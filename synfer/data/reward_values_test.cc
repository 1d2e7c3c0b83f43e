#include "synfer/data/reward_values.h"

#include <gmock/gmock.h>

#include <limits>

namespace synfer {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

RewardValues of_rewards(const std::vector<double>& rewards) {
  Session session;
  session.offers = 2;
  session.reward = rewards;
  session.choice.assign(rewards.size(), 0);
  return reward_values({session});
}

TEST(RewardValues, OfTwoTheLowerOneIsNone) {
  EXPECT_THAT(of_rewards({1, 0, 1}).nothing, Optional(0.0));
  EXPECT_THAT(of_rewards({1, -1, 1}).nothing, Optional(-1.0));
  EXPECT_THAT(of_rewards({1, 0.5, kNone}).nothing, Optional(0.5));
}

TEST(RewardValues, ASingleOneStandsBesideZero) {
  EXPECT_THAT(of_rewards({3, 3}).nothing, Optional(0.0));
  EXPECT_THAT(of_rewards({-1, -1}).nothing, Optional(-1.0));  // and 0 would be the better one
}

TEST(RewardValues, OfManyZeroIsNoneIfItIsTheLowest) {
  EXPECT_THAT(of_rewards({0, 2, 1}).nothing, Optional(0.0));
  EXPECT_THAT(of_rewards({-1, 0, 1}).nothing, Eq(std::nullopt));
  EXPECT_THAT(of_rewards({31, 64, 50}).nothing, Eq(std::nullopt));
}

TEST(RewardValues, WhatIsMoreThanNoneIsAReward) {
  const auto counted = [](const std::vector<double>& paid, double reward) {
    return of_rewards(paid).is_reward(reward);
  };
  EXPECT_TRUE(counted({0.5, 1}, 1));
  EXPECT_FALSE(counted({0.5, 1}, 0.5));  // the lower one of two, whatever the code
  EXPECT_TRUE(counted({-40, 0}, 0));
  EXPECT_FALSE(counted({-40, 0}, -40));
  EXPECT_TRUE(counted({0, 1, 3}, 1));
  EXPECT_TRUE(counted({-2, 1, 10}, 1));  // gains and losses: a gain
  EXPECT_FALSE(counted({-2, 1, 10}, -2));
  EXPECT_FALSE(counted({0, 1}, kNone));
}

TEST(RewardValues, ARewardLiesBetweenTheLowestAndTheHighest) {
  EXPECT_EQ(of_rewards({-1, 1}).share(1), 1.0);
  EXPECT_EQ(of_rewards({-1, 1}).share(-1), 0.0);
  EXPECT_EQ(of_rewards({10, 20, 40, 50}).share(20), 0.25);
}

TEST(RewardValues, AreThoseOfOffersThatWereTaken) {
  Session session;  // accept or reject: a rejection and a free reward between two acceptances
  session.choice = {1, 0, kNoChoice, 1};
  session.reward = {1, -5, 9, 0};
  EXPECT_THAT(reward_values({session}).values, ElementsAre(0, 1));
}

}  // namespace
}  // namespace synfer
