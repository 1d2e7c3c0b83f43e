#include "synfer/simulation/recorded_task.h"

#include <gmock/gmock.h>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/simulation/schedule.h"
#include "synfer/simulation/sessions_for_test.h"

namespace synfer {
namespace {

using for_test::kLinear;
using for_test::Truth;
using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;

RecordedTask task_of(const Session& session, const RecordedTaskOptions& options = {}) {
  return recorded_task(session, encode(session, 2, 0.75, ExpectedReward{}), reward_values({session}),
                       options);
}

// As people's files have them: stimuli by name, without labels of blocks.
Session recording(const SimulationOptions& options) {
  Session session = for_test::learner().session(options).session;
  session.x.clear();
  session.inputs = 0;
  session.block.assign(session.steps(), 0);
  return session;
}

TEST(Schedule, WithoutBaitingIsTheShareOfRewardsAndOfOneDrawMore) {
  const std::vector<Collection> collections = {{0, 0, true}, {1, 0, true}, {2, 1, false}, {3, 0, false}};
  const RewardProbabilities p = estimated_schedule({0, 0, 0, 0}, 2, collections, false);
  EXPECT_THAT(p, ElementsAre(ElementsAre(DoubleNear(2.5 / 4.0, 1e-6), DoubleNear(0.5 / 2.0, 1e-6))));
}

// Two draws behind every reward: 1 - (1 - p)^2 of them pay.
TEST(Schedule, ABaitThatStaysTakesSeveralDrawsToExplain) {
  std::vector<Collection> collections;
  for (int n = 0; n < 4000; ++n) collections.push_back({2 * n + 1, 0, n % 4 != 0});
  const RewardProbabilities p = estimated_schedule(std::vector<int>(8000, 0), 1, collections, true);
  EXPECT_NEAR(p[0][0], 0.5, 1e-3);
}

TEST(Schedule, OfASimulatedTaskIsThatOfTheTask) {
  for (const bool baiting : {true, false}) {
    const AcceptRejectTask task{.trials_per_block = 2000, .baiting = baiting};
    const RecordedTask found =
        task_of(recording({.task = task}), {.trials_per_block = 2000, .baiting = baiting});
    ASSERT_EQ(found.payments.probabilities.size(), 3U);
    for (std::size_t b = 0; b < 3; ++b) {
      for (std::size_t s = 0; s < 2; ++s)
        EXPECT_NEAR(found.payments.probabilities[b][s], task.reward_probabilities[b][s], 0.05);
    }
    EXPECT_THAT(found.payments.paid, Each(Each(Each(1.0))));
  }
}

TEST(RecordedTask, HasTheTrialsBlocksAndOffersOfTheRecording) {
  for (const Task& task : {Task(AcceptRejectTask{}), Task(ChoiceTask{.omission_probability = 0.2})}) {
    SimulationOptions options{.task = task};
    const Session recorded = recording(options);
    const EncodedSession before = encode(recorded, 2, 0.75, {});
    options.task = task_of(recorded);
    const EncodedSession after = encode(for_test::learner().session(options).session, 2, 0.75, {});
    EXPECT_EQ(after.offers, before.offers);
    EXPECT_EQ(after.trial.back(), before.trial.back());
    if (before.offers == 1) continue;
    EXPECT_EQ(after.stimulus, before.stimulus);
    EXPECT_EQ(after.x, before.x);
    for (std::size_t t = 0; t < before.steps(); ++t)
      EXPECT_EQ(after.choice[t] == kNoChoice, before.choice[t] == kNoChoice);
  }
}

TEST(RecordedTask, OneOfferATrialIsOneOfferATrialAgain) {
  SimulationOptions options{.task = AcceptRejectTask{.max_offers = 1}};
  options.task = task_of(recording(options));
  const SimulatedSession simulated = for_test::learner().session(options);
  EXPECT_EQ(simulated.session.steps(), 240U);
  EXPECT_EQ(simulated.trials_at_limit, 0U);
}

TEST(RecordedTask, StimuliWithoutNamesAreRefused) {
  Session recorded = for_test::learner().session({}).session;
  recorded.stimulus.clear();
  EXPECT_THROW(task_of(recorded), ConfigurationError);
}

// Without weights the covariates alone decide, and what they add is what a fit adds for the same choices.
TEST(ClosedLoop, ChoicesFollowTheHistoryThatAFitWouldReadFromThem) {
  const std::vector<double> parameters = {0.3, 0.5, 2.0, -1.0, 1.5, -0.5, -1.0, 0.2};
  SimulationOptions options{.task = AcceptRejectTask{}, .given_weights = Matrix::Zero(2, 1)};
  options.history = History(covariate_names(), 1);
  options.history_parameters = parameters;
  options.bias = -0.4;
  ASSERT_EQ(options.history.lanes(), parameters.size());
  const Session simulated = for_test::constant(2).session(options).session;
  const LogitOffsets offsets =
      history_offsets(options.history, parameters, encode(simulated, 2, 0.75, {}), parameters.size());
  const RandomStream draws(options.seed, "simulation: choices", "fly", "fly");
  std::size_t accepted = 0;
  for (std::size_t t = 0; t < simulated.steps(); ++t) {
    const bool accepts = draws.uniform({.step = t}) < sigmoid(offsets.value[t] - 0.4);
    EXPECT_EQ(simulated.choice[t], accepts ? 1 : 0) << "step " << t;
    accepted += accepts ? 1 : 0;
  }
  EXPECT_GT(accepted, 100U);
}

// One linear synapse whose activity is recorded without noise: y = .75 w.
TEST(ClosedLoop, WeightsThatDriftTakeARandomStepAtEveryChange) {
  SimulationOptions options{
      .task = AcceptRejectTask{.trials_per_block = 4000, .reward_probabilities = {{0.5}}, .max_offers = 1},
      .stimulus_noise_sd = 0.0};
  options.record = true;
  options.walk_sd = 0.02;
  const Session simulated = for_test::constant(1).session(options).session;
  double squares = 0.0;
  std::size_t changes = 0;
  for (std::size_t t = 0; t + 1 < simulated.steps(); ++t) {
    const double step = (simulated.recordings[t + 1] - simulated.recordings[t]) / 0.75;
    if (!simulated.learns[t]) {
      EXPECT_EQ(step, 0.0);
      continue;
    }
    squares += step * step;
    ++changes;
  }
  ASSERT_GT(changes, 1000U);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(changes)), 0.02, 0.002);
}

}  // namespace
}  // namespace synfer
