#include "synfer/run/reward_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

using testing::HasSubstr;

std::vector<Session> paid(std::vector<double> rewards) {
  Session session;
  session.reward = std::move(rewards);
  return {session};
}

TEST(FarRewardsNote, ComesWhereAllRewardsLieFarFromWhereExpectationStarts) {
  const auto note = far_rewards_note({}, paid({50, 70, NAN, 60, 60}));
  ASSERT_TRUE(note);
  EXPECT_THAT(*note, HasSubstr("reward_term.start=60"));
  EXPECT_TRUE(far_rewards_note({}, paid({-0.5, -0.6, -0.7})));
}

TEST(FarRewardsNote, StaysAwayWhereNothingIsPaidAtTimesOrSpreadIsWide) {
  for (const std::vector<double>& rewards : {std::vector<double>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0},
                                             {-1, 1},
                                             {1, 1, 1},
                                             {1, 10, 5},
                                             {NAN},
                                             {}}) {
    EXPECT_FALSE(far_rewards_note({}, paid(rewards)));
  }
}

TEST(FarRewardsNote, StaysAwayWhereExpectationStartsThereOrDoesNotMatter) {
  Configuration c;
  c.reward_term.start = 60;
  EXPECT_FALSE(far_rewards_note(c, paid({50, 70, 60})));
  c.reward_term = {};
  c.reward_term.baseline = "none";
  EXPECT_FALSE(far_rewards_note(c, paid({50, 70, 60})));
}

}  // namespace
}  // namespace synfer
