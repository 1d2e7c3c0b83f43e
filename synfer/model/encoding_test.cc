#include "synfer/model/encoding.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Throws;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

auto throws_for(const char* key) { return Throws<ConfigurationError>(Field(&ConfigurationError::key, key)); }

// Two odours A and B, one offered a step; the rewarded steps are those that end a trial.
Session two_odour_session() {
  Session session;
  session.animal = "fly1";
  session.name = "day1";
  session.stimuli = {"A", "B"};
  session.stimulus = {0, 1, 1, 0, 1};
  session.choice = {1, 0, 1, 0, 1};
  session.reward = {1.0, kNone, 0.0, kNone, 1.0};
  session.learns = {true, false, true, false, true};
  return session;
}

constexpr ExpectedReward kNoBaseline{.kind = ExpectedReward::Kind::kNone};

TEST(GroupCode, SplitsTheInputsIntoOneGroupAnOdour) {
  EXPECT_THAT(group_code(0, 2, 4, 0.75), ElementsAre(0.75, 0.75, 0.0, 0.0));
  EXPECT_THAT(group_code(1, 2, 4, 0.75), ElementsAre(0.0, 0.0, 0.75, 0.75));
  EXPECT_THAT(group_code(1, 3, 3, 2.0), ElementsAre(0.0, 2.0, 0.0));
}

TEST(GroupCode, EveryInputBelongsToOneOdourAndGroupsDifferByOneInputAtMost) {
  for (const auto& [count, inputs] : {std::pair{2, 5}, {3, 10}, {4, 4}, {7, 100}}) {
    std::vector<double> sum(static_cast<std::size_t>(inputs));
    for (int index = 0; index < count; ++index) {
      double driven = 0.0;
      const std::vector<double> code = group_code(index, count, inputs, 1.0);
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i] += code[i];
        driven += code[i];
      }
      EXPECT_GE(driven, inputs / count);
      EXPECT_LE(driven, inputs / count + 1);
    }
    EXPECT_THAT(sum, ::testing::Each(1.0));
  }
}

TEST(GroupCode, NeedsAnInputForEveryOdour) {
  EXPECT_THAT([] { group_code(0, 3, 2, 1.0); }, throws_for("network.inputs"));
}

TEST(Encode, TurnsNamedOdoursIntoTheirGroups) {
  const EncodedSession encoded = encode(two_odour_session(), 2, 0.75, kNoBaseline);
  EXPECT_EQ(encoded.animal, "fly1");
  EXPECT_EQ(encoded.name, "day1");
  EXPECT_EQ(encoded.inputs, 2);
  EXPECT_THAT(encoded.x, ElementsAre(0.75, 0, 0, 0.75, 0, 0.75, 0.75, 0, 0, 0.75));
  EXPECT_THAT(encoded.learns, ElementsAre(1, 0, 1, 0, 1));
  EXPECT_EQ(encoded.choice, two_odour_session().choice);
  EXPECT_EQ(encoded.scored_from, 0U);
}

TEST(Encode, LaysOffersOfAStepSideBySide) {
  Session session = two_odour_session();
  session.offers = 2;
  session.stimulus = {0, 1, 1, 0};
  session.choice = {1, 0};
  session.reward = {1.0, 0.0};
  session.learns = {true, true};
  const EncodedSession encoded = encode(session, 2, 1.0, kNoBaseline);
  EXPECT_THAT(encoded.x, ElementsAre(1, 0, 0, 1, 0, 1, 1, 0));
  EXPECT_EQ(encoded.learned_offer(0), 1U);
  EXPECT_EQ(encoded.learned_offer(1), 0U);
}

TEST(Encode, TheOnlyOfferIsTheOneLearnedFrom) {
  const EncodedSession encoded = encode(two_odour_session(), 2, 1.0, kNoBaseline);
  for (std::size_t t = 0; t < encoded.steps(); ++t) EXPECT_EQ(encoded.learned_offer(t), 0U);
}

TEST(Encode, TakesVectorsAsTheyAreEvenWhereTheyAreNamed) {
  Session session = two_odour_session();
  session.inputs = 2;
  session.x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  EXPECT_EQ(encode(session, 2, 0.75, kNoBaseline).x, session.x);
  EXPECT_THAT([&] { encode(session, 3, 0.75, kNoBaseline); }, throws_for("network.inputs"));
}

TEST(Encode, KeepsRecordingsAndTheirGaps) {
  Session session = two_odour_session();
  session.recorded_neurons = {4};
  session.recordings = {0.1, kNone, 0.3, 0.4, 0.5};
  const EncodedSession encoded = encode(session, 2, 1.0, kNoBaseline);
  EXPECT_THAT(encoded.recorded_neurons, ElementsAre(4));
  EXPECT_EQ(encoded.recordings[0], 0.1);
  EXPECT_TRUE(std::isnan(encoded.recordings[1]));
}

TEST(RewardTerm, WithoutABaselineIsTheRewardAndZeroWhereThereIsNone) {
  EXPECT_THAT(encode(two_odour_session(), 2, 1.0, kNoBaseline).r, ElementsAre(1.0, 0.0, 0.0, 0.0, 1.0));
}

TEST(RewardTerm, ExpectsTheMeanOfTheLastTrialsNotOfTheLastOffers) {
  // Three trials end: the third expects (1 + 0) / 2, however many offers were rejected between.
  const ExpectedReward last_two{.kind = ExpectedReward::Kind::kMovingAverage, .window = 2};
  EXPECT_THAT(encode(two_odour_session(), 2, 1.0, last_two).r,
              ElementsAre(1.0, 0.0, 0.0 - 0.5, 0.0, 1.0 - 0.5));
}

TEST(RewardTerm, TheWindowForgetsOlderTrials) {
  Session session = two_odour_session();
  session.learns.assign(5, true);
  session.reward = {1.0, 1.0, 0.0, 0.0, 1.0};
  const ExpectedReward last_two{.kind = ExpectedReward::Kind::kMovingAverage, .window = 2};
  EXPECT_THAT(encode(session, 2, 1.0, last_two).r, ElementsAre(1.0, 0.5, -1.0, -0.5, 1.0));
}

// Rewards of 1, 100, 0 and 1: each less the mean of the two before it.
TEST(RewardTerm, AFreeRewardIsExpectedLater) {
  Session session = two_odour_session();
  session.reward[1] = 100.0;
  const ExpectedReward last_two{.kind = ExpectedReward::Kind::kMovingAverage, .window = 2};
  EXPECT_THAT(encode(session, 2, 1.0, last_two).r, ElementsAre(1.0, 100 - 0.5, 0 - 50.5, 0.0, 1 - 50.0));
  EXPECT_EQ(encode(session, 2, 1.0, last_two).learns, encode(two_odour_session(), 2, 1.0, last_two).learns);
}

TEST(RewardTerm, StartsFromWhatIsExpected) {
  const ExpectedReward last_two{.kind = ExpectedReward::Kind::kMovingAverage, .window = 2, .start = 0.5};
  EXPECT_THAT(encode(two_odour_session(), 2, 1.0, last_two).r,
              ElementsAre(1 - 0.5, 0.0, 0 - 0.75, 0.0, 1 - 0.5));
}

TEST(RewardTerm, GoesOnWithItsBaseline) {
  RewardBaseline baseline({.kind = ExpectedReward::Kind::kMovingAverage, .window = 2});
  encode(two_odour_session(), 2, 1.0, baseline);
  EXPECT_EQ(encode(two_odour_session(), 2, 1.0, baseline).r.front(), 1 - 0.5);
}

TEST(RewardTerm, ALearningStepWithoutRewardHasNoTermAndIsNotExpected) {
  Session session = two_odour_session();
  session.reward[2] = kNone;
  const ExpectedReward last_two{.kind = ExpectedReward::Kind::kMovingAverage, .window = 2};
  EXPECT_THAT(encode(session, 2, 1.0, last_two).r, ElementsAre(1.0, 0.0, 0.0, 0.0, 1.0 - 0.5));
}

}  // namespace
}  // namespace synfer
