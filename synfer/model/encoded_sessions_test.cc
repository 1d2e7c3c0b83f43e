// Whole encoded sessions: fresh draws of their stimuli, their beginnings, several as one.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/model/encoding.h"

namespace synfer {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using ::testing::SizeIs;
using ::testing::Throws;
using ::testing::ThrowsMessage;

auto throws_for_carried_weights() {
  return Throws<ConfigurationError>(Field(&ConfigurationError::key, "data.carry_weights"));
}

EncodedSession silent(std::size_t steps, int offers, int inputs) {
  EncodedSession session;
  session.animal = "fly1";
  session.name = "day1";
  session.offers = offers;
  session.inputs = inputs;
  session.choice.assign(steps, 0);
  session.x.assign(steps * static_cast<std::size_t>(offers * inputs), 2.0);
  return session;
}

EncodedSession of_animal(const char* animal, const char* name, std::vector<int> choices, double first_input) {
  EncodedSession session;
  session.animal = animal;
  session.name = name;
  session.inputs = 1;
  session.recorded_neurons = {0};
  for (const int choice : choices) {
    session.x.push_back(first_input);
    session.r.push_back(first_input / 10.0);
    session.learns.push_back(static_cast<char>(choice));
    session.recordings.push_back(first_input++ / 100.0);
  }
  session.choice = std::move(choices);
  return session;
}

TEST(Resampled, IsTheSameDrawAtTheSameAddress) {
  const EncodedSession session = silent(20, 2, 3);
  EXPECT_EQ(resampled(session, 0.1, 7, 3).x, resampled(session, 0.1, 7, 3).x);
}

TEST(Resampled, IsAnotherDrawForAnotherSeedReplicateSessionOrAnimal) {
  const EncodedSession session = silent(20, 2, 3);
  const std::vector<double> draw = resampled(session, 0.1, 7, 3).x;
  EncodedSession other_day = session;
  other_day.name = "day2";
  EncodedSession other_fly = session;
  other_fly.animal = "fly2";
  for (const EncodedSession& other : {resampled(session, 0.1, 8, 3), resampled(session, 0.1, 7, 4),
                                      resampled(other_day, 0.1, 7, 3), resampled(other_fly, 0.1, 7, 3)}) {
    for (std::size_t k = 0; k < draw.size(); ++k) EXPECT_NE(other.x[k], draw[k]);
  }
}

TEST(Resampled, DrawsDoNotDependOnHowLongTheSessionIs) {
  const std::vector<double> few = resampled(silent(5, 2, 3), 0.1, 7, 3).x;
  const std::vector<double> many = resampled(silent(20, 2, 3), 0.1, 7, 3).x;
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST(Resampled, AddsNormalNoiseOfItsSdToEveryInput) {
  // 40,000 draws; the tolerances are four standard errors of mean, sd and neighbours' correlation.
  const std::vector<double> x = resampled(silent(1000, 2, 20), 0.5, 7, 0).x;
  const double n = static_cast<double>(x.size());
  double sum = 0.0;
  double squares = 0.0;
  double neighbours = 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    sum += x[k] - 2.0;
    squares += (x[k] - 2.0) * (x[k] - 2.0);
    if (k > 0) neighbours += (x[k] - 2.0) * (x[k - 1] - 2.0);
  }
  EXPECT_NEAR(sum / n, 0.0, 4 * 0.5 / std::sqrt(n));
  EXPECT_NEAR(std::sqrt(squares / n), 0.5, 4 * 0.5 / std::sqrt(2 * n));
  EXPECT_NEAR(neighbours / squares, 0.0, 4 / std::sqrt(n));
}

TEST(Resampled, WithoutNoiseIsTheMeanAndChangesNothingElse) {
  const EncodedSession session = of_animal("a", "1", {1, 0, 1}, 1.0);
  EXPECT_EQ(resampled(session, 0.0, 7, 0).x, session.x);
  const EncodedSession drawn = resampled(session, 0.3, 7, 0);
  EXPECT_NE(drawn.x, session.x);
  EXPECT_EQ(drawn.choice, session.choice);
  EXPECT_EQ(drawn.r, session.r);
  EXPECT_EQ(drawn.learns, session.learns);
  EXPECT_EQ(drawn.recordings, session.recordings);
}

TEST(Truncated, KeepsTheFirstStepsAsTheyWere) {
  EncodedSession session = of_animal("a", "1", {1, 0, 1}, 1.0);
  session.inputs = 2;
  session.x = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0};
  session.recorded_neurons = {3, 5};
  session.recordings = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  const EncodedSession head = truncated(session, 2);
  EXPECT_EQ(head.steps(), 2U);
  EXPECT_THAT(head.x, ElementsAre(1.0, 2.0, 3.0, 4.0));
  EXPECT_EQ(head.r, std::vector<double>(session.r.begin(), session.r.begin() + 2));
  EXPECT_THAT(head.learns, ElementsAre(1, 0));
  EXPECT_THAT(head.recordings, ElementsAre(0.1, 0.2, 0.3, 0.4));
  EXPECT_EQ(head.name, "1");
}

TEST(JoinedByAnimal, PutsSessionsOfAnAnimalEndToEndInOrder) {
  const std::vector<EncodedSession> joined = joined_by_animal(
      {of_animal("b", "1", {1, 0}, 1.0), of_animal("a", "2", {1}, 3.0), of_animal("b", "3", {0, 1}, 4.0)});
  ASSERT_THAT(joined, SizeIs(2));
  EXPECT_EQ(joined[0].animal, "b");
  EXPECT_EQ(joined[0].name, "1+3");
  EXPECT_THAT(joined[0].choice, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(joined[0].x, ElementsAre(1.0, 2.0, 4.0, 5.0));
  EXPECT_THAT(joined[0].r, Pointwise(DoubleNear(1e-15), {0.1, 0.2, 0.4, 0.5}));
  EXPECT_THAT(joined[0].learns, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(joined[0].recordings, Pointwise(DoubleNear(1e-15), {0.01, 0.02, 0.04, 0.05}));
  EXPECT_EQ(joined[1].name, "2");
  EXPECT_THAT(joined[1].x, ElementsAre(3.0));
}

TEST(JoinedByAnimal, AnAnimalOfOneSessionStaysAsItIs) {
  EncodedSession session = of_animal("a", "1", {1, 0, 1}, 1.0);
  session.scored_from = 2;
  const std::vector<EncodedSession> joined = joined_by_animal({session});
  EXPECT_EQ(joined[0].name, "1");
  EXPECT_EQ(joined[0].scored_from, 2U);
}

TEST(JoinedByAnimal, ScoresFromWhereTheFirstScoredStepOfTheAnimalIs) {
  EncodedSession first = of_animal("a", "1", {1, 0, 1}, 1.0);
  EncodedSession second = of_animal("a", "2", {1, 0, 1}, 4.0);
  const EncodedSession third = of_animal("a", "3", {1}, 7.0);
  first.scored_from = 1;
  EXPECT_EQ(joined_by_animal({first, third})[0].scored_from, 1U);
  first.scored_from = 3;
  second.scored_from = 2;
  EXPECT_EQ(joined_by_animal({first, second, third})[0].scored_from, 5U);
}

TEST(JoinedByAnimal, RefusesAGapInWhatIsScored) {
  const EncodedSession first = of_animal("a", "1", {1, 0, 1}, 1.0);
  EncodedSession second = of_animal("a", "2", {1, 0, 1}, 4.0);
  second.scored_from = 2;
  EXPECT_THAT([&] { joined_by_animal({first, second}); }, throws_for_carried_weights());
}

TEST(JoinedByAnimal, RefusesSessionsThatCannotBeReplayedAsOne) {
  const EncodedSession first = of_animal("a", "1", {1, 0}, 1.0);
  EncodedSession of_choices = of_animal("a", "2", {1, 0}, 1.0);
  of_choices.offers = 2;
  EncodedSession other_neuron = of_animal("a", "2", {1, 0}, 1.0);
  other_neuron.recorded_neurons = {1};
  EXPECT_THAT(
      [&] { joined_by_animal({first, of_choices}); },
      ThrowsMessage<ConfigurationError>(HasSubstr("session 2 of animal a differs from the one before")));
  EXPECT_THAT([&] { joined_by_animal({first, other_neuron}); }, throws_for_carried_weights());
}

}  // namespace
}  // namespace synfer
