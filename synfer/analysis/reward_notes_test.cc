#include "synfer/analysis/reward_notes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

std::vector<Session> paid(std::vector<double> rewards) {
  Session session;
  session.reward = std::move(rewards);
  return {session};
}

TEST(FarRewards, ComesWhereAllRewardsLieFarFromWhereExpectationStarts) {
  const auto far = far_rewards({}, paid({50, 70, NAN, 60, 60}));
  ASSERT_TRUE(far);
  EXPECT_DOUBLE_EQ(far->mean, 60.0);
  EXPECT_TRUE(far_rewards({}, paid({-0.5, -0.6, -0.7})));
}

TEST(FarRewards, StaysAwayWhereNothingIsPaidAtTimesOrSpreadIsWide) {
  for (const std::vector<double>& rewards : {std::vector<double>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0},
                                             {-1, 1},
                                             {1, 1, 1},
                                             {1, 10, 5},
                                             {NAN},
                                             {}}) {
    EXPECT_FALSE(far_rewards({}, paid(rewards)));
  }
}

TEST(FarRewards, StaysAwayWhereExpectationStartsThereOrDoesNotMatter) {
  Configuration c;
  c.reward_term.start = 60;
  EXPECT_FALSE(far_rewards(c, paid({50, 70, 60})));
  c.reward_term = {};
  c.reward_term.baseline = "none";
  EXPECT_FALSE(far_rewards(c, paid({50, 70, 60})));
}

}  // namespace
}  // namespace synfer
