#include "synfer/data/shuffled_rewards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace synfer {
namespace {

// Accept or reject: every third offer is accepted, and only these have a reward. Rewards are all different.
Session accept_reject_session(std::size_t steps) {
  Session session;
  session.animal = "fly";
  session.name = "one";
  session.stimuli = {"A", "B"};
  for (std::size_t t = 0; t < steps; ++t) {
    const bool accepted = t % 3 == 2;
    session.stimulus.push_back(static_cast<int>(t % 2));
    session.trial.push_back(static_cast<int>(t / 3));
    session.block.push_back(0);
    session.choice.push_back(accepted ? 1 : 0);
    session.reward.push_back(accepted ? static_cast<double>(t) : NAN);
    session.learns.push_back(accepted);
  }
  return session;
}

std::vector<double> known_rewards(const Session& session, std::size_t from, std::size_t to) {
  std::vector<double> rewards;
  for (std::size_t t = from; t < to; ++t) {
    if (!std::isnan(session.reward[t])) rewards.push_back(session.reward[t]);
  }
  return rewards;
}

TEST(ShuffledRewards, KeepsEachRewardAndAllElse) {
  const Session before = accept_reject_session(300);
  const Session after = shuffled_rewards(before, 1, 0);
  EXPECT_THAT(known_rewards(after, 0, 300),
              testing::UnorderedElementsAreArray(known_rewards(before, 0, 300)));
  EXPECT_NE(known_rewards(after, 0, 300), known_rewards(before, 0, 300));
  for (std::size_t t = 0; t < 300; ++t) EXPECT_EQ(std::isnan(after.reward[t]), std::isnan(before.reward[t]));
  Session others_before = before;
  Session others_after = after;
  others_before.reward = others_after.reward = {};  // NaN is not equal to itself
  EXPECT_EQ(others_after, others_before);
}

TEST(ShuffledRewards, IsAFunctionOfSeedAnimalSessionAndDraw) {
  const Session session = accept_reject_session(300);
  const auto order = [](const Session& s) { return known_rewards(s, 0, s.steps()); };
  const std::vector<double> first = order(shuffled_rewards(session, 1, 0));
  EXPECT_EQ(order(shuffled_rewards(session, 1, 0)), first);
  EXPECT_NE(order(shuffled_rewards(session, 1, 1)), first);
  EXPECT_NE(order(shuffled_rewards(session, 2, 0)), first);
  Session other = session;
  other.name = "two";
  EXPECT_NE(order(shuffled_rewards(other, 1, 0)), first);
}

TEST(ShuffledRewards, ComeFromTheirOwnSideOfACut) {
  const Session session = accept_reject_session(300);
  const std::vector<std::size_t> cuts = {90, 200};
  const Session after = shuffled_rewards(session, 1, 0, cuts);
  for (const auto& [from, to] : {std::pair{0, 90}, {90, 200}, {200, 300}}) {
    EXPECT_THAT(known_rewards(after, from, to),
                testing::UnorderedElementsAreArray(known_rewards(session, from, to)));
  }
}

// All six orders of three rewards, each in a sixth of draws: 6000 draws, sd of a count 29.
TEST(ShuffledRewards, ComeInEachOrderEquallyOften) {
  const Session session = accept_reject_session(9);
  std::map<std::vector<double>, int> counts;
  for (std::uint64_t draw = 0; draw < 6000; ++draw) {
    ++counts[known_rewards(shuffled_rewards(session, 3, draw), 0, 9)];
  }
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 120);
}

}  // namespace
}  // namespace synfer
