// The task of accepting and rejecting odours.
#include "synfer/simulation/accept_reject.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "synfer/model/likelihood.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

SimulationOptions options_of(const AcceptRejectTask& task) {
  SimulationOptions options;
  options.task = task;
  return options;
}

TEST(AcceptReject, AcceptsWithTheSigmoidOfTheLogit) {
  SimulationOptions options = options_of({.trials_per_block = 1000});
  options.stimulus_noise_sd = 0.5;
  options.given_weights = Matrix{{2.0}, {-1.0}};
  const SimulatedSession simulated = for_test::constant(2).session(options);
  for_test::Surprise surprise[2][2];  // odour; logit below or above the odour's own
  for (std::size_t t = 0; t < simulated.session.steps(); ++t) {
    const auto logit = [t](const std::vector<double>& x) { return 2.0 * x[2 * t] - x[2 * t + 1]; };
    const bool above = logit(simulated.x) > logit(simulated.session.x);
    surprise[simulated.session.stimulus[t]][above].add(simulated.session.choice[t] == 1,
                                                       sigmoid(logit(simulated.x)));
  }
  for (const auto& odour : surprise) {
    for (const auto& half : odour) EXPECT_LT(std::abs(half.value()), for_test::kSurprising);
  }
}

TEST(AcceptReject, OffersAllOdoursAlike) {
  SimulationOptions options =
      options_of({.trials_per_block = 2000, .reward_probabilities = {{0.1, 0.5, 0.9}}});
  const SimulatedSession simulated = for_test::constant(3).session(options);
  for_test::Surprise surprise[3];
  for (const int stimulus : simulated.session.stimulus) {
    for (int odour = 0; odour < 3; ++odour) surprise[odour].add(stimulus == odour, 1.0 / 3.0);
  }
  for (const auto& odour : surprise) EXPECT_LT(std::abs(odour.value()), for_test::kSurprising);
}

TEST(AcceptReject, EndsATrialWithItsAcceptanceAndRewardsNothingElse) {
  const Session session = for_test::learner().session({}).session;
  EXPECT_EQ(std::ranges::count(session.choice, 1), 240);
  EXPECT_GT(std::ranges::count(session.choice, 0), 0);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool accepted = session.choice[t] == 1;
    EXPECT_EQ(session.learns[t], accepted);
    EXPECT_EQ(std::isnan(session.reward[t]), !accepted);
    EXPECT_EQ(session.block[t], session.trial[t] / 80);
    EXPECT_EQ(session.trial[t], t == 0 ? 0 : session.trial[t - 1] + session.choice[t - 1]);
  }
}

// Of one odour, what is collected at every trial is the trial's own bait, with baiting or without.
TEST(AcceptReject, PaysTheProbabilityOfTheBlock) {
  for (const bool baiting : {true, false}) {
    SimulationOptions options =
        options_of({.trials_per_block = 2000, .reward_probabilities = {{0.3}, {0.9}}, .baiting = baiting});
    const Session session = for_test::constant(1).session(options).session;
    for_test::Surprise surprise[2];
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.choice[t] == 1)
        surprise[session.block[t]].add(session.reward[t] == 1.0, session.block[t] ? 0.9 : 0.3);
    }
    for (const auto& block : surprise) EXPECT_LT(std::abs(block.value()), for_test::kSurprising);
  }
}

TEST(AcceptReject, BaitingPaysForWaiting) {
  // Two odours taken alike: of one at q each trial, the bait is there at a visit with probability
  // 1 - (1 - q)^k after k trials; k is geometric with 1/2, so it pays q / (1 - (1 - q) / 2).
  const double q = 0.2;
  for (const bool baiting : {true, false}) {
    SimulationOptions options = options_of(
        {.trials_per_block = 4000, .reward_probabilities = {{q, q}}, .baiting = baiting, .max_offers = 1000});
    options.stimulus_mean = 0.0;
    const Session session = for_test::constant(2).session(options).session;
    for_test::Surprise surprise;
    for (const double reward : session.reward) {
      if (!std::isnan(reward)) surprise.add(reward == 1.0, baiting ? q / (1 - (1 - q) / 2) : q);
    }
    EXPECT_LT(std::abs(surprise.value()), for_test::kSurprising);
  }
}

TEST(AcceptReject, ReportsTrialsThatReachTheLimitOfOffers) {
  SimulationOptions options = options_of({.trials_per_block = 4, .max_offers = 7});
  options.given_weights = Matrix::Constant(2, 1, -100.0);
  const SimulatedSession simulated = for_test::constant(2).session(options);
  const Session& session = simulated.session;
  EXPECT_EQ(simulated.trials_at_limit, 12U);
  ASSERT_EQ(session.steps(), 12U * 7U);
  EXPECT_EQ(session.trial.back(), 11);
  EXPECT_EQ(std::ranges::count(session.choice, 0), 84);
  EXPECT_EQ(std::ranges::count(session.learns, true), 0);
  EXPECT_TRUE(std::ranges::all_of(session.reward, [](double r) { return std::isnan(r); }));
}

TEST(AcceptReject, AnAcceptanceOfTheLastOfferIsNotAtTheLimit) {
  SimulationOptions options = options_of({.max_offers = 1});
  options.given_weights = Matrix::Constant(2, 1, 100.0);
  const SimulatedSession simulated = for_test::constant(2).session(options);
  EXPECT_EQ(simulated.trials_at_limit, 0U);
  EXPECT_EQ(simulated.session.steps(), 240U);
}

}  // namespace
}  // namespace synfer
