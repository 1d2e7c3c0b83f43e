#include "synfer/simulation/payments.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "synfer/simulation/recorded_task.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// A trial a step, two named stimuli.
Session session_of(std::vector<int> stimulus, std::vector<int> choice, std::vector<double> reward) {
  Session session;
  session.animal = session.name = "fly";
  session.offers = static_cast<int>(stimulus.size() / choice.size());
  session.stimuli = {"A", "B"};
  session.stimulus = std::move(stimulus);
  session.choice = std::move(choice);
  session.reward = std::move(reward);
  session.block.assign(session.steps(), 0);
  session.trial.resize(session.steps());
  std::iota(session.trial.begin(), session.trial.end(), 0);
  for (std::size_t t = 0; t < session.steps(); ++t) session.learns.push_back(took_an_offer(session, t));
  return session;
}

// A and B in changing places; `reward` of the trial's number and choice.
template <typename Reward>
Session two_offers(int trials, Reward reward) {
  std::vector<int> stimulus;
  std::vector<int> choice;
  std::vector<double> rewards;
  for (int n = 0; n < trials; ++n) {
    const bool swapped = n % 3 == 0;
    stimulus.push_back(swapped ? 1 : 0);
    stimulus.push_back(swapped ? 0 : 1);
    choice.push_back((n / 2) % 2);
    rewards.push_back(
        reward(n, stimulus[stimulus.size() - 2 + static_cast<std::size_t>(choice.back())], choice.back()));
  }
  return session_of(std::move(stimulus), std::move(choice), std::move(rewards));
}

RecordedTask task_of(const Session& session, bool baiting = true) {
  return recorded_task(session, encode(session, 2, 0.75, ExpectedReward{}), reward_values({session}),
                       {.baiting = baiting});
}

SimulatedSession simulated(const Session& recorded, bool baiting = true) {
  SimulationOptions options;
  options.task = task_of(recorded, baiting);
  return for_test::constant(2).session(options);
}

std::vector<double> sorted_values(std::vector<double> rewards) {
  std::erase_if(rewards, [](double v) { return std::isnan(v); });
  std::ranges::sort(rewards);
  rewards.erase(std::ranges::unique(rewards).begin(), rewards.end());
  return rewards;
}

// Choices do not depend on rewards here, since weights never change.
TEST(Payments, AreTheSameInAnyCodeOfTwoRewards) {
  const Session zero_one = two_offers(160, [](int n, int, int) { return n % 5 < 2 ? 1.0 : 0.0; });
  const Payments known = task_of(zero_one).payments;
  const SimulatedSession before = simulated(zero_one);
  for (const auto& [none, one] : {std::pair(-1.0, 1.0), {0.5, 1.0}, {0.0, 0.004}, {-40.0, 0.0}}) {
    Session coded = zero_one;
    for (double& reward : coded.reward) reward = reward == 1.0 ? one : none;
    EXPECT_EQ(task_of(coded).payments.probabilities, known.probabilities);
    const SimulatedSession after = simulated(coded);
    EXPECT_EQ(after.session.choice, before.session.choice);
    for (std::size_t t = 0; t < before.session.steps(); ++t)
      EXPECT_EQ(after.session.reward[t], before.session.reward[t] == 1.0 ? one : none);
  }
}

TEST(Payments, OfGradedRewardsAreThoseOfTheStimulusAndBlock) {
  // A pays 1 or 2 in turn, or nothing; B 5 or nothing.
  const Session recorded = two_offers(160, [](int n, int stimulus, int) {
    return n % 4 == 0 ? 0.0 : stimulus == 1 ? 5.0 : n % 4 == 1 ? 1.0 : 2.0;
  });
  EXPECT_THAT(task_of(recorded).payments.nothing, Optional(0.0));
  const Session after = simulated(recorded).session;
  std::vector<double> of[2];
  for (std::size_t t = 0; t < after.steps(); ++t)
    of[after.stimulus[2 * t + static_cast<std::size_t>(after.choice[t])]].push_back(after.reward[t]);
  EXPECT_THAT(sorted_values(of[0]), ElementsAre(0, 1, 2));
  EXPECT_THAT(sorted_values(of[1]), ElementsAre(0, 5));
}

// Gains and losses: A +10 or -2, B +1 or -1, half of the time each.
TEST(Payments, OfSignedRewardsAreDrawnFromWhatWasPaid) {
  const Session recorded = two_offers(800, [](int n, int stimulus, int) {
    const bool gain = (n / 4) % 2 == 0;
    return stimulus == 0 ? (gain ? 10.0 : -2.0) : (gain ? 1.0 : -1.0);
  });
  EXPECT_THAT(task_of(recorded).payments.nothing, Eq(std::nullopt));
  const Session after = simulated(recorded).session;
  double sum[2] = {};
  double count[2] = {};
  for (std::size_t t = 0; t < after.steps(); ++t) {
    const int s = after.stimulus[2 * t + static_cast<std::size_t>(after.choice[t])];
    EXPECT_THAT((s == 0 ? std::vector{10.0, -2.0} : std::vector{1.0, -1.0}), Contains(after.reward[t]));
    sum[s] += after.reward[t];
    ++count[s];
  }
  EXPECT_NEAR(sum[0] / count[0], 4.0, for_test::kSurprising * 6.0 / std::sqrt(count[0]));
  EXPECT_NEAR(sum[1] / count[1], 0.0, for_test::kSurprising * 1.0 / std::sqrt(count[1]));
}

TEST(Payments, GoByThePlaceWhereThatTellsThem) {
  const Payments of_place = task_of(two_offers(160, [](int, int, int place) { return place; })).payments;
  EXPECT_TRUE(of_place.by_place);
  EXPECT_GT(of_place.probabilities[0][1], 0.9);
  EXPECT_LT(of_place.probabilities[0][0], 0.1);
  EXPECT_FALSE(task_of(two_offers(160, [](int, int s, int) { return s; })).payments.by_place);
  EXPECT_FALSE(task_of(two_offers(160, [](int n, int, int) { return n % 7 < 3; })).payments.by_place);
}

TEST(RecordedTask, ForcedChoicesAreMadeAgainAndNotScored) {
  Session recorded = two_offers(90, [](int n, int, int) { return n % 2; });
  for (std::size_t t = 0; t < recorded.steps(); ++t) recorded.scored.push_back(t % 3 != 0);
  const Session after = simulated(recorded).session;
  EXPECT_EQ(after.scored, recorded.scored);
  std::size_t other = 0;
  for (std::size_t t = 0; t < recorded.steps(); ++t) {
    if (!recorded.scored[t]) {
      EXPECT_EQ(after.choice[t], recorded.choice[t]) << "step " << t;
    }
    other += after.choice[t] != recorded.choice[t] ? 1 : 0;
  }
  EXPECT_GT(other, 10U);  // the free ones are the simulated animal's own
}

TEST(RecordedTask, AForcedAcceptanceEndsItsTrialAgain) {
  Session recorded = session_of({0, 1, 0, 1}, {1, 1, 0, 1}, {1, 0, kNone, 1});
  recorded.trial = {0, 1, 2, 2};
  recorded.scored = {true, false, false, true};
  const Session after = simulated(recorded).session;
  const auto forced = std::ranges::find(after.trial, 1) - after.trial.begin();
  EXPECT_EQ(after.choice[static_cast<std::size_t>(forced)], 1);
  EXPECT_EQ(after.stimulus[static_cast<std::size_t>(forced)], 1);
  EXPECT_FALSE(after.scored[static_cast<std::size_t>(forced)]);
  EXPECT_EQ(after.choice[static_cast<std::size_t>(forced) + 1], 0);  // forced to reject, in the next trial
  EXPECT_EQ(after.trial.back(), 2);
}

TEST(RecordedTask, FreeAndUnknownRewardsAreSoAgain) {
  Session recorded = two_offers(60, [](int n, int, int) { return n % 2; });
  for (std::size_t t = 0; t < recorded.steps(); t += 10) {
    recorded.choice[t] = kNoChoice;
    recorded.learns[t] = false;
    recorded.reward[t] = t % 20 == 0 ? 0.7 : kNone;
    recorded.reward[t + 1] = kNone;
  }
  const Session after = simulated(recorded).session;
  for (std::size_t t = 0; t < recorded.steps(); t += 10) {
    EXPECT_EQ(after.choice[t], kNoChoice);
    EXPECT_EQ(for_test::bits({after.reward[t]}), for_test::bits({recorded.reward[t]}));
    EXPECT_NE(after.choice[t + 1], kNoChoice);
    EXPECT_TRUE(std::isnan(after.reward[t + 1]));
    EXPECT_FALSE(std::isnan(after.reward[t + 2]));
  }
}

TEST(RecordedTask, StepsThatDidNotTeachDoNotTeachAgain) {
  Session recorded = two_offers(60, [](int n, int, int) { return n % 2; });
  for (std::size_t t = 30; t < recorded.steps(); ++t) recorded.learns[t] = false;
  EXPECT_EQ(simulated(recorded).session.learns, recorded.learns);
}

// Go or no-go: withholding pays -1 with A and 3 with B; going 1 or 0.
TEST(RecordedTask, RejectionsHaveTheOutcomesThatTheyHad) {
  std::vector<int> stimulus;
  std::vector<int> choice;
  std::vector<double> reward;
  for (int n = 0; n < 120; ++n) {
    stimulus.push_back(n % 2);
    choice.push_back((n / 2) % 2);
    reward.push_back(choice.back() == 0 ? (stimulus.back() == 0 ? -1.0 : 3.0) : (n / 4) % 2);
  }
  Session recorded = session_of(std::move(stimulus), std::move(choice), std::move(reward));
  recorded.learns.assign(recorded.steps(), true);
  const Session after = simulated(recorded).session;
  ASSERT_EQ(after.steps(), recorded.steps());
  EXPECT_THAT(after.learns, Each(true));
  std::size_t withheld = 0;
  for (std::size_t t = 0; t < after.steps(); ++t) {
    if (after.choice[t] == 1) {
      EXPECT_THAT((std::vector{0.0, 1.0}), Contains(after.reward[t]));
      continue;
    }
    EXPECT_EQ(after.reward[t], after.stimulus[t] == 0 ? -1.0 : 3.0);
    ++withheld;
  }
  EXPECT_GT(withheld, 30U);
}

// Two inputs of 1, rule x*r, recordings without noise: y is w of what was chosen. By hand, with an
// exponential baseline of rate .5 that starts at .5: a free reward of 1 moves it to .75; what A then pays, 1,
// changes its weight by .25; its next change is 1 - .875.
TEST(ClosedLoop, ExpectedRewardStartsWhereItIsToldAndGoesOnWithFreeRewards) {
  Session recorded = session_of({0, 1, 0, 1, 0, 1, 0, 1}, {kNoChoice, 0, 0, 0}, {1, 1, 1, 1});
  recorded.scored = {true, false, false, false};
  SimulationOptions options;
  options.task = recorded_task(recorded, encode(recorded, 2, 1.0, ExpectedReward{}),
                               {{0.0, 1.0}, std::nullopt}, {});  // every choice pays what was paid: 1
  options.stimulus_noise_sd = 0.0;
  options.expected_reward = {.kind = ExpectedReward::Kind::kExponential, .rate = 0.5, .start = 0.5};
  options.given_weights = Matrix::Zero(2, 1);
  options.record = true;
  const for_test::Truth learner(network_without_hidden_layer(2), "x*r");
  const Session after = learner.session(options).session;
  ASSERT_THAT(after.reward, ElementsAre(1, 1, 1, 1));
  const double eta = learner.model.network.eta;
  EXPECT_DOUBLE_EQ(after.recordings[1], 0.0);
  EXPECT_DOUBLE_EQ(after.recordings[2], eta * 0.25);
  EXPECT_DOUBLE_EQ(after.recordings[3], eta * (0.25 + 0.125));
}

}  // namespace
}  // namespace synfer
