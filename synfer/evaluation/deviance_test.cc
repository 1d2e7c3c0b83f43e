#include "synfer/evaluation/deviance.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

namespace synfer {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

EncodedSession chose(int offers, std::vector<int> choices, std::size_t scored_from = 0) {
  EncodedSession session;
  session.name = "s";
  session.offers = offers;
  session.choice = std::move(choices);
  session.scored_from = scored_from;
  return session;
}

TEST(CoinFlip, GivesEveryAlternativeTheSameChance) {
  EXPECT_THAT(coin_flip(1).probability, ElementsAre(0.5));
  EXPECT_THAT(coin_flip(2).probability, ElementsAre(0.5, 0.5));
  EXPECT_THAT(coin_flip(4).probability, ElementsAre(0.25, 0.25, 0.25, 0.25));
}

TEST(ChoiceShares, AcceptRateIsOverTheChoicesOfAllSessionsTogether) {
  const ChoiceShares shares = choice_shares({chose(1, {1, 0, 0, 0}), chose(1, {1})});
  EXPECT_THAT(shares.probability, ElementsAre(DoubleEq(0.4)));
}

TEST(ChoiceShares, OmissionsAndStepsBeforeTheScoredOnesDoNotCount) {
  const ChoiceShares shares = choice_shares({chose(1, {1, 1, 1, kNoChoice, 0, 1, 0, 0}, 3)});
  EXPECT_THAT(shares.probability, ElementsAre(DoubleEq(0.25)));
}

TEST(ChoiceShares, EachPlaceHasItsShareOfTheChoices) {
  const ChoiceShares shares = choice_shares({chose(3, {0, 2, 2, 1}), chose(3, {2, kNoChoice, 0, 2, 1})});
  EXPECT_THAT(shares.probability, ElementsAre(DoubleEq(0.25), DoubleEq(0.25), DoubleEq(0.5)));
}

TEST(ChoiceShares, AnAnimalThatAlwaysAcceptsIsGivenHalfARejection) {
  EXPECT_THAT(choice_shares({chose(1, {1, 1, 1, 1, 1})}).probability, ElementsAre(DoubleEq(0.9)));
  EXPECT_THAT(choice_shares({chose(1, {0, 0, 0, 0, 0})}).probability, ElementsAre(DoubleEq(0.1)));
  EXPECT_THAT(choice_shares({chose(1, {1})}).probability, ElementsAre(0.5));
}

TEST(ChoiceShares, PlacesNeverChosenTakeHalfAChoiceEachFromTheOthers) {
  // n = 4: the two places never chosen get 1/8 each, and 3/4 are left to be split 3 to 1.
  const ChoiceShares shares = choice_shares({chose(4, {0, 0, 2, 0})});
  EXPECT_THAT(shares.probability,
              ElementsAre(DoubleEq(0.5625), DoubleEq(0.125), DoubleEq(0.1875), DoubleEq(0.125)));
}

TEST(ChoiceShares, AreAChanceForEveryPlaceEvenWhenPlacesOutnumberChoices) {
  const std::vector<double> p = choice_shares({chose(6, {5, 5})}).probability;
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1.0, 1e-15);
  for (const double share : p) EXPECT_GT(share, 0.0);
}

TEST(ChoiceShares, RefuseWhatHasNoSharesOfItsOwn) {
  EXPECT_THROW(choice_shares({}), std::invalid_argument);
  EXPECT_THROW(choice_shares({chose(1, {kNoChoice, kNoChoice})}), std::invalid_argument);
  EXPECT_THROW(choice_shares({chose(1, {1, 0}, 2)}), std::invalid_argument);
  EXPECT_THAT([] { choice_shares({chose(1, {1}), chose(2, {1})}); },
              ThrowsMessage<std::invalid_argument>(HasSubstr("2 offers a step, those before it 1")));
}

TEST(ChoiceNll, SumsMinusLogSharesOfScoredChoices) {
  EXPECT_DOUBLE_EQ(choice_nll(chose(1, {0, 1, kNoChoice, 0, 1, 1}, 1), {{0.75}}),
                   -3 * std::log(0.75) - std::log(0.25));
  EXPECT_DOUBLE_EQ(choice_nll(chose(3, {2, 0, kNoChoice, 2}), {{0.2, 0.3, 0.5}}),
                   -2 * std::log(0.5) - std::log(0.2));
}

TEST(ChoiceNll, OfACoinFlipIsOneBitAChoice) {
  EXPECT_DOUBLE_EQ(choice_nll(chose(1, {0, 1, 1, 0}), coin_flip(1)), 4 * std::log(2.0));
  EXPECT_DOUBLE_EQ(choice_nll(chose(2, {0, 1, 1, 0}), coin_flip(2)), 4 * std::log(2.0));
}

TEST(ChoiceNll, IsLeastAtTheOwnRate) {
  const EncodedSession session = chose(1, {1, 0, 0, 1, 0, 0, 0});
  const ChoiceShares own = choice_shares({session});
  const double least = choice_nll(session, own);
  for (const double off : {-0.1, -0.01, 0.01, 0.1}) {
    EXPECT_GT(choice_nll(session, {{own.probability[0] + off}}), least);
  }
}

TEST(ChoiceNll, IsFiniteForAChoiceThatTrainingNeverSaw) {
  const ChoiceShares training = choice_shares({chose(1, {1, 1})});
  EXPECT_THAT(choice_nll(chose(1, {0}), training), DoubleNear(std::log(4.0), 1e-15));
}

TEST(ChoiceNll, RefusesSharesOfAnotherTask) {
  EXPECT_THROW(choice_nll(chose(1, {1}), coin_flip(2)), std::invalid_argument);
  EXPECT_THROW(choice_nll(chose(3, {1}), coin_flip(2)), std::invalid_argument);
}

TEST(PercentDeviance, IsTheShareOfTheNullsDevianceThatIsGone) {
  EXPECT_EQ(percent_deviance(75.0, 100.0), 25.0);
  EXPECT_EQ(percent_deviance(0.0, 100.0), 100.0);
  EXPECT_EQ(percent_deviance(100.0, 100.0), 0.0);
  EXPECT_EQ(percent_deviance(150.0, 100.0), -50.0);
  EXPECT_TRUE(std::isnan(percent_deviance(1.0, 0.0)));
}

}  // namespace
}  // namespace synfer
