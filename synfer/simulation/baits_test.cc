#include "synfer/simulation/baits.h"

#include <gtest/gtest.h>

#include "synfer/base/error.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

Baits baits(RewardProbabilities probabilities, bool stay) {
  return {std::move(probabilities), stay, RandomStream(1, "baits test")};
}

TEST(Baits, StayUntilCollectedAcrossTrialsAndBlocks) {
  Baits kept = baits({{1.0, 0.0}, {0.0, 0.0}}, true);
  kept.begin_trial(0, 0);
  kept.begin_trial(1, 1);
  kept.begin_trial(2, 1);
  EXPECT_EQ(kept.collect(0), 1.0);
  EXPECT_EQ(kept.collect(1), 0.0);
}

TEST(Baits, AreGoneOnceCollected) {
  Baits kept = baits({{1.0}, {0.0}}, true);
  kept.begin_trial(0, 0);
  EXPECT_EQ(kept.collect(0), 1.0);
  EXPECT_EQ(kept.collect(0), 0.0);
  kept.begin_trial(1, 1);
  EXPECT_EQ(kept.collect(0), 0.0);
}

TEST(Baits, WithoutBaitingLastOneTrial) {
  Baits drawn = baits({{1.0}, {0.0}}, false);
  drawn.begin_trial(0, 0);
  drawn.begin_trial(1, 1);
  EXPECT_EQ(drawn.collect(0), 0.0);
}

TEST(Baits, HaveTheProbabilityOfTheirBlockAndOdour) {
  const RewardProbabilities probabilities = {{0.2, 0.8}, {0.9, 0.1}};
  Baits drawn = baits(probabilities, false);
  for (int block = 0; block < 2; ++block) {
    for_test::Surprise surprise[2];
    for (int trial = 0; trial < 2000; ++trial) {
      drawn.begin_trial(2000 * block + trial, block);
      for (int odour = 0; odour < 2; ++odour) {
        surprise[odour].add(drawn.collect(odour) == 1.0,
                            probabilities[static_cast<std::size_t>(block)][static_cast<std::size_t>(odour)]);
      }
    }
    for (const auto& of_odour : surprise) EXPECT_LT(std::abs(of_odour.value()), for_test::kSurprising);
  }
}

TEST(Baits, ThatWaitGrowLikelier) {
  // Three trials uncollected at 0.2 each: 1 - 0.8^3.
  Baits kept = baits({{0.2}}, true);
  for_test::Surprise surprise;
  for (int trial = 0; trial < 6000; ++trial) {
    kept.begin_trial(trial, 0);
    if (trial % 3 == 2) surprise.add(kept.collect(0) == 1.0, 1.0 - 0.8 * 0.8 * 0.8);
  }
  EXPECT_LT(std::abs(surprise.value()), for_test::kSurprising);
}

TEST(CountOdours, RefusesBlocksThatDiffer) {
  EXPECT_EQ(count_odours({{0.1, 0.2, 0.3}, {0.3, 0.2, 0.1}}, 1), 3);
  EXPECT_THROW(count_odours({{0.1, 0.2}, {0.3}}, 1), ConfigurationError);
  EXPECT_THROW(count_odours({{0.1}}, 2), ConfigurationError);
  EXPECT_THROW(count_odours({}, 1), ConfigurationError);
}

}  // namespace
}  // namespace synfer
