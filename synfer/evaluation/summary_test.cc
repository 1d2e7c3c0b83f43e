#include "synfer/evaluation/summary.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace synfer {
namespace {

using ::testing::ElementsAre;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinite = std::numeric_limits<double>::infinity();

TEST(SessionScores, MedianIsTheMiddleScoreOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(scores_over_sessions({0.9, -40.0, 0.5}).median, 0.5);
  EXPECT_EQ(scores_over_sessions({0.9, -40.0, 0.5, 0.75}).median, 0.625);
  EXPECT_EQ(scores_over_sessions({0.3}).median, 0.3);
}

TEST(SessionScores, KeepTheOrderOfSessions) {
  EXPECT_THAT(scores_over_sessions({0.9, -40.0, 0.5}).sessions, ElementsAre(0.9, -40.0, 0.5));
}

TEST(SessionScores, ASessionWithoutAScoreIsLeftOutOfTheMedianAndKeptInTheList) {
  const SessionScores scores = scores_over_sessions({kNone, 0.2, 0.4, kNone, 0.9});
  EXPECT_EQ(scores.median, 0.4);
  EXPECT_EQ(scores.sessions.size(), 5U);
  EXPECT_TRUE(std::isnan(scores.sessions[3]));
}

TEST(SessionScores, AnInfinitelyBadSessionPullsTheMedianAsAnyBadOneDoes) {
  EXPECT_EQ(scores_over_sessions({-kInfinite, 0.2, 0.4}).median, 0.2);
  EXPECT_EQ(scores_over_sessions({-kInfinite, 0.2}).median, -kInfinite);
}

TEST(SessionScores, AModelThatPredictsNoSessionHasLostThemAll) {
  EXPECT_EQ(scores_over_sessions({kNone, -kInfinite}).median, -kInfinite);
  EXPECT_EQ(scores_over_sessions({-kInfinite, -kInfinite, -kInfinite}).median, -kInfinite);
}

TEST(SessionScores, WithoutAScoreThereIsNoMedian) {
  EXPECT_TRUE(std::isnan(scores_over_sessions({}).median));
  EXPECT_TRUE(std::isnan(scores_over_sessions({kNone, kNone}).median));
}

}  // namespace
}  // namespace synfer
