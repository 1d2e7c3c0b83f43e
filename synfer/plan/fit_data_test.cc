#include "synfer/plan/fit_data.h"

#include <gmock/gmock.h>

#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Trials of two steps: a rejection, then an acceptance.
Session trials_of(const std::string& animal, const std::string& name, int trials) {
  Session s;
  s.animal = animal;
  s.name = name;
  s.stimuli = {"A", "B"};
  for (int t = 0; t < 2 * trials; ++t) {
    s.stimulus.push_back(t % 2);
    s.trial.push_back(t / 2);
    s.block.push_back(0);
    s.choice.push_back(t % 2);
    s.learns.push_back(t % 2 == 1);
    s.reward.push_back(t % 2);
  }
  return s;
}

Configuration holding_out(double fraction, bool carry_weights = false) {
  Configuration c;
  c.data.held_out = fraction;
  c.data.carry_weights = carry_weights;
  return c;
}

TEST(SplitRecorded, HoldsOutTheLastTrialsOfEverySession) {
  const RecordedData data = split_recorded(
      holding_out(0.25), {trials_of("1", "a", 8), trials_of("1", "b", 5), trials_of("2", "a", 3)});
  const auto& heads = data.training.sessions;
  const auto& whole = data.held_out.sessions;
  EXPECT_THAT((std::vector{heads[0].steps(), heads[1].steps(), heads[2].steps()}), ElementsAre(12, 8, 6));
  EXPECT_THAT((std::vector{whole[0].steps(), whole[1].steps(), whole[2].steps()}), ElementsAre(16, 10, 6));
  for (std::size_t s = 0; s < 3; ++s) {
    EXPECT_EQ(whole[s].scored_from, heads[s].steps());
    EXPECT_EQ(heads[s].scored_from, 0u);
    EXPECT_EQ(data.training.initial[s], data.held_out.initial[s]);  // the same replay, further
  }
}

TEST(SplitRecorded, HoldsOutNothingWhereNothingIsAskedFor) {
  const RecordedData data = split_recorded(holding_out(0.0), {trials_of("1", "a", 8)});
  EXPECT_EQ(data.training.sessions[0].steps(), 16u);
  EXPECT_THAT(data.held_out.sessions, IsEmpty());
}

TEST(SplitRecorded, ATrialsLabelMayReturnInTheNextBlock) {
  Session s = trials_of("1", "a", 4);
  s.trial = {0, 0, 0, 0, 0, 0, 0, 0};
  s.block = {0, 0, 1, 1, 2, 2, 3, 3};
  EXPECT_EQ(split_recorded(holding_out(0.25), {s}).training.sessions[0].steps(), 6u);
}

TEST(SplitRecorded, CarriedWeightsMakeSessionsOfAnAnimalOneAndHoldOutItsLastTrials) {
  // Sessions of two animals take turns; animal 1 has 8 trials, of which 4 are held out: all 3 of its
  // second session and the last of its first.
  const RecordedData data = split_recorded(
      holding_out(0.5, true), {trials_of("1", "a", 5), trials_of("2", "a", 2), trials_of("1", "b", 3)});
  ASSERT_EQ(data.training.sessions.size(), 2u);
  EXPECT_EQ(data.training.sessions[0].steps(), 8u);
  EXPECT_EQ(data.held_out.sessions[0].steps(), 16u);
  EXPECT_EQ(data.held_out.sessions[0].scored_from, 8u);
  EXPECT_EQ(data.training.sessions[1].steps(), 2u);
  EXPECT_EQ(data.training.initial[0], data.held_out.initial[0]);
}

TEST(Unseen, ScoresWholeSessions) {
  const ReplayData data = unseen(holding_out(0.5), {trials_of("1", "a", 4)});
  EXPECT_EQ(data.sessions[0].steps(), 8u);
  EXPECT_EQ(data.sessions[0].scored_from, 0u);
}

SimulatedSession simulated() {
  SimulatedSession one;
  one.session = trials_of("1", "a", 2);
  one.x = {0.8, 0.1, 0.0, 0.6, 0.7, -0.1, 0.1, 0.9};
  one.initial_weights = Matrix::Constant(2, 10, 0.5);
  return one;
}

TEST(AsInFit, ShowsMeanStimuliUnlessTrueOnesAreAskedFor) {
  Configuration c;
  c.stimulus.in_fit = "mean";
  EXPECT_THAT(as_in_fit(c, {simulated()}).sessions[0].x, ElementsAre(.75, 0, 0, .75, .75, 0, 0, .75));
  c.stimulus.in_fit = "true";
  EXPECT_EQ(as_in_fit(c, {simulated()}).sessions[0].x, simulated().x);
}

TEST(AsInFit, KnowsTheSimulationsWeightsOnlyWhereTheyAreGiven) {
  Configuration c;
  c.stimulus.in_fit = "mean";
  EXPECT_FALSE(knows_simulated_weights(c));
  EXPECT_NE(as_in_fit(c, {simulated()}).initial[0], simulated().initial_weights);
  c.network.initial_weights.kind = "given";
  EXPECT_TRUE(knows_simulated_weights(c));
  EXPECT_EQ(as_in_fit(c, {simulated()}).initial[0], simulated().initial_weights);
}

TEST(AsInFit, AFilterStartsFromTheMeanOfTheWeightsOneNeuronForAll) {
  const Configuration c;
  ASSERT_EQ(stimulus_in_fit(c, DataOrigin::simulated), "filtered");
  const Matrix initial = as_in_fit(c, {simulated()}).initial[0];
  EXPECT_EQ(initial.rows(), 2);
  EXPECT_EQ(initial.cols(), 1);
  EXPECT_TRUE(initial.isZero());
}

TEST(AsSimulated, KeepsTrueDrawsAndWeights) {
  const ReplayData data = as_simulated({}, {simulated()});
  EXPECT_EQ(data.sessions[0].x, simulated().x);
  EXPECT_EQ(data.initial[0], simulated().initial_weights);
}

}  // namespace
}  // namespace synfer
