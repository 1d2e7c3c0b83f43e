// The task of choosing among odours offered side by side.
#include "synfer/simulation/choice.h"

#include <gtest/gtest.h>

#include "synfer/base/error.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

SimulationOptions options_of(const ChoiceTask& task) {
  SimulationOptions options;
  options.task = task;
  return options;
}

TEST(Choice, FollowsTheSoftmaxOfTheOffersWhereverTheyStand) {
  SimulationOptions options =
      options_of({.trials_per_block = 3000, .reward_probabilities = {{0.5, 0.5, 0.5}}});
  options.given_weights = Matrix{{2.0}, {0.5}, {-1.0}};
  const SimulatedSession simulated = for_test::constant(3).session(options);
  const Session& session = simulated.session;
  ASSERT_EQ(session.offers, 3);
  ASSERT_EQ(session.steps(), 3000U);
  for_test::Surprise chosen[3];
  for_test::Surprise place[3];  // of odour 0
  for (std::size_t t = 0; t < session.steps(); ++t) {
    double odds[3];
    for (std::size_t k = 0; k < 3; ++k) {
      const double* x = &simulated.x[(t * 3 + k) * 3];
      odds[k] = std::exp(2.0 * x[0] + 0.5 * x[1] - x[2]);
      place[k].add(session.stimulus[t * 3 + k] == 0, 1.0 / 3.0);
    }
    for (int k = 0; k < 3; ++k)
      chosen[k].add(session.choice[t] == k, odds[k] / (odds[0] + odds[1] + odds[2]));
  }
  for (const auto& offer : chosen) EXPECT_LT(std::abs(offer.value()), for_test::kSurprising);
  for (const auto& offer : place) EXPECT_LT(std::abs(offer.value()), for_test::kSurprising);
}

TEST(Choice, OffersEveryOdourOnceATrial) {
  const Session session = for_test::learner().session(options_of({})).session;
  ASSERT_EQ(session.steps(), 240U);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    EXPECT_EQ(session.stimulus[2 * t] + session.stimulus[2 * t + 1], 1);
    EXPECT_EQ(session.trial[t], static_cast<int>(t));
    EXPECT_EQ(session.block[t], static_cast<int>(t / 80));
  }
}

TEST(Choice, PaysTheBaitOfTheChosenOdour) {
  SimulationOptions options = options_of({.reward_probabilities = {{0.0, 1.0}}});
  const Session session = for_test::learner().session(options).session;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    EXPECT_EQ(session.reward[t], session.stimulus[2 * t + static_cast<std::size_t>(session.choice[t])]);
  }
}

TEST(Choice, AnOmissionEarnsAndTeachesNothingAndHasNoRecording) {
  SimulationOptions options = options_of({.trials_per_block = 1000, .omission_probability = 0.3});
  options.record = true;
  const Session session = for_test::learner().session(options).session;
  for_test::Surprise surprise;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool omitted = session.choice[t] == kNoChoice;
    surprise.add(omitted, 0.3);
    EXPECT_EQ(std::isnan(session.reward[t]), omitted);
    EXPECT_EQ(session.learns[t], !omitted);
    for (std::size_t j = 0; j < 10; ++j) EXPECT_EQ(std::isnan(session.recordings[t * 10 + j]), omitted);
  }
  EXPECT_LT(std::abs(surprise.value()), for_test::kSurprising);
}

TEST(Choice, NeedsTwoOdours) {
  const SimulationOptions options = options_of({.reward_probabilities = {{0.5}}});
  EXPECT_THROW((void)for_test::learner().session(options), ConfigurationError);
}

}  // namespace
}  // namespace synfer
