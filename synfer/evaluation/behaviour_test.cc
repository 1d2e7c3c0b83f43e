#include "synfer/evaluation/behaviour.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace synfer {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double value(const std::vector<Statistic>& statistics, const std::string& name) {
  const auto at = std::ranges::find(statistics, name, &Statistic::name);
  return at == statistics.end() ? kNone : at->value;
}

// Ten trials of two blocks. The first trial rejects A once; A is taken in trials 0 to 3, B after.
Session accept_or_reject() {
  Session session;
  session.stimuli = {"A", "B"};
  session.stimulus = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
  session.choice = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  session.reward = {kNone, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0};
  return session;
}
const std::vector<int> kTrial = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
const std::vector<int> kBlock = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};

const RewardValues kZeroOne{{0.0, 1.0}};

TEST(Behaviour, CountsAcceptedOffersAndWhatWasTaken) {
  const Behaviour found = behaviour_of(accept_or_reject(), kTrial, kBlock, kZeroOne);
  EXPECT_DOUBLE_EQ(value(found.statistics, "accept rate"), 10.0 / 11.0);
  EXPECT_DOUBLE_EQ(value(found.statistics, "accept rate of A"), 4.0 / 5.0);
  EXPECT_DOUBLE_EQ(value(found.statistics, "accept rate of B"), 1.0);
  EXPECT_DOUBLE_EQ(value(found.statistics, "share of B"), 0.6);
}

TEST(Behaviour, TheLearningCurveGoesThroughTheTenthsOfTheTrials) {
  const Behaviour found = behaviour_of(accept_or_reject(), kTrial, kBlock, kZeroOne);
  for (int n = 1; n <= 10; ++n) {
    EXPECT_EQ(value(found.statistics, "learning curve of B, " + std::to_string(n) + "/10"),
              n > 4 ? 1.0 : 0.0);
  }
}

// Block 1: B taken 1 of 5, rewarded 0 of 2. Block 2: only B.
TEST(Behaviour, SharesOfChoicesAreHeldAgainstSharesOfRewards) {
  const Behaviour found = behaviour_of(accept_or_reject(), kTrial, kBlock, kZeroOne);
  EXPECT_DOUBLE_EQ(value(found.statistics, "choice minus reward, block 1"), 0.2);
  EXPECT_DOUBLE_EQ(value(found.statistics, "choice minus reward, block 2"), 0.0);
  ASSERT_EQ(found.matching.size(), 2U);
  EXPECT_DOUBLE_EQ(found.matching[0].choices, std::log2(1.5 / 4.5));
  EXPECT_DOUBLE_EQ(found.matching[0].rewards, std::log2(0.5 / 2.5));
}

TEST(Behaviour, IsTheSameInAnyCodeOfTwoRewards) {
  const Behaviour zero_one = behaviour_of(accept_or_reject(), kTrial, kBlock, kZeroOne);
  for (const auto& [none, one] : {std::pair(-1.0, 1.0), {0.5, 1.0}, {0.0, 0.004}}) {
    Session coded = accept_or_reject();
    for (double& reward : coded.reward) reward = none + reward * (one - none);  // a missing one stays missing
    const Behaviour found = behaviour_of(coded, kTrial, kBlock, {{none, one}});
    EXPECT_THAT(found.statistics, testing::Pointwise(testing::Truly([](const auto& pair) {
                                                       const auto& [a, b] = pair;
                                                       return a.name == b.name &&
                                                              (a.value == b.value ||
                                                               (std::isnan(a.value) && std::isnan(b.value)));
                                                     }),
                                                     zero_one.statistics));
    EXPECT_EQ(found.matching[0].rewards, zero_one.matching[0].rewards);
  }
}

TEST(Behaviour, AmongSeveralOffersPlacesAndAllStimuliCount) {
  Session session;
  session.offers = 2;
  session.stimuli = {"A", "B", "C"};
  session.stimulus = {0, 1, 1, 2, 2, 0};
  session.choice = {1, 1, kNoChoice};
  session.reward = {1, 0, kNone};
  const Behaviour found = behaviour_of(session, {0, 1, 2}, {0, 0, 0}, kZeroOne);
  EXPECT_DOUBLE_EQ(value(found.statistics, "share of place 2"), 1.0);
  EXPECT_DOUBLE_EQ(value(found.statistics, "share of B"), 0.5);
  EXPECT_DOUBLE_EQ(value(found.statistics, "share of C"), 0.5);
  EXPECT_TRUE(std::isnan(value(found.statistics, "learning curve of A, 10/10")));
  EXPECT_TRUE(found.matching.empty());
}

TEST(Matching, IsTheLineThroughTheLogRatios) {
  const std::vector<Statistic> line = matching_of({{-0.1, -1.0}, {0.9, 1.0}, {0.4, 0.0}});
  EXPECT_DOUBLE_EQ(value(line, kMatchingSlope), 0.5);
  EXPECT_NEAR(value(line, kMatchingBias), 0.4, 1e-12);
  EXPECT_TRUE(std::isnan(value(matching_of({{0.1, 1.0}}), kMatchingSlope)));
}

}  // namespace
}  // namespace synfer
