#include "synfer/inference/fit.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;

// Loss and start meet at once: Adam stands still at a learning rate of 0.
const Method kStandStill = AdamOptions{.epochs = 2, .learning_rate = 0.0};
const std::vector<std::vector<double>> kStarts = {{0.0, -3.0}, {0.0, 1.0}, {1e9, 0.0}, {0.0, -2.0}};

FitProblem problem_of(const Objective& objective) {
  return {objective, {Penalty::Kind::kL2, 1.0}, {0, 0}, 1};
}

TEST(Fit, KeepsTheBestOfItsStartsAndOneThatDivergedLoses) {
  const Objective objective = for_test::explosive_objective(for_test::random_sessions());
  const FitSummary summary = fit(problem_of(objective), kStandStill, kStarts);
  EXPECT_EQ(summary.state, FitState::kCompleted);
  EXPECT_EQ(summary.best_start, 1u);
  EXPECT_EQ(summary.best.parameters, kStarts[1]);
  ASSERT_EQ(summary.start_losses.size(), 4u);
  EXPECT_EQ(summary.best.loss, summary.start_losses[1]);
  EXPECT_GT(summary.start_losses[0], summary.start_losses[1]);
  EXPECT_EQ(summary.start_losses[2], INFINITY);
}

TEST(Fit, DivergesWhereEveryStartDoes) {
  const Objective objective = for_test::explosive_objective(for_test::random_sessions());
  EXPECT_EQ(fit(problem_of(objective), kStandStill, {{1e9, 0.0}, {2e9, 0.0}}).state, FitState::kDiverged);
}

TEST(Fit, InterruptedInALaterStartGoesOnToTheSameEnd) {
  const Objective objective = for_test::explosive_objective(for_test::random_sessions());
  const FitProblem problem = problem_of(objective);
  const Method method = AdamOptions{.epochs = 4, .learning_rate = 0.01};
  const std::vector<std::vector<double>> starts = {{0.1, 0.2}, {0.1, -0.3}};
  int asked = 0;
  FitHooks stop;
  stop.interrupted = [&] { return asked++ == 6; };
  const FitSummary half = fit(problem, method, starts, {}, stop);
  ASSERT_EQ(half.state, FitState::kInterrupted);
  EXPECT_EQ(half.progress.start, 1u);
  EXPECT_EQ(half.progress.finished.size(), 1u);
  const FitSummary resumed = fit(problem, method, starts, half.progress);
  const FitSummary straight = fit(problem, method, starts);
  EXPECT_EQ(resumed.start_losses, straight.start_losses);
  EXPECT_EQ(resumed.best.parameters, straight.best.parameters);
}

// Each of four starts for two rounds, the better two for four, the best to the end.
const EvidenceOptions kHeats{.max_iterations = 9, .steps = 3, .tolerance = 0.0, .heats = {2, 4}};
const std::vector<std::vector<double>> kRunners = {
    {0.1, 0.0, 0.0, 0.0}, {0.0, 0.1, 0.1, 0.1}, {0.0, 0.0, 0.3, 0.0}, {0.2, 0.2, 0.0, 0.0}};

TEST(Fit, InHeatsHalfOfTheStartsGoOnAfterEach) {
  const Objective objective = for_test::objective_over(for_test::random_sessions());
  const FitSummary summary = fit({objective, {Penalty::Kind::kNone, 0.0}, {}, 1}, kHeats, kRunners);
  std::vector<long> rounds;
  for (const OptimiserSummary& end : summary.progress.finished) rounds.push_back(end.at.done);
  EXPECT_EQ(rounds[summary.best_start], 9);
  std::ranges::sort(rounds);
  // Evidence falls after round 4 here, so that the one left behind then is best after all, and goes on.
  EXPECT_THAT(rounds, ElementsAre(2, 2, 9, 9));
  EXPECT_EQ(summary.state, FitState::kIterationLimit);
}

TEST(Fit, AStartThatWasLeftBehindAndIsBestAfterAllGoesOnToItsEnd) {
  const Objective objective = for_test::objective_over(for_test::random_sessions());
  FitProgress progress;
  for (const double loss_at_heat : {10.0, 1.0}) {
    OptimiserState state{.parameters = objective.start_from(kRunners[progress.finished.size()])};
    state.done = loss_at_heat == 10.0 ? 2 : 9;
    state.loss = loss_at_heat == 10.0 ? -100.0 : 0.0;  // the first ends better than it was in its heat
    state.trace = {{2, loss_at_heat, state.parameters}, {4, loss_at_heat, state.parameters}};
    progress.finished.push_back({FitState::kIterationLimit, "", state});
  }
  const FitSummary summary =
      fit({objective, {Penalty::Kind::kNone, 0.0}, {}, 1}, kHeats, {kRunners[0], kRunners[1]}, progress);
  EXPECT_EQ(summary.progress.finished[0].at.done, 9);
}

TEST(Fit, InterruptedInAHeatGoesOnToTheSameEnd) {
  const Objective objective = for_test::objective_over(for_test::random_sessions());
  const FitProblem problem{objective, {Penalty::Kind::kNone, 0.0}, {}, 1};
  const FitSummary straight = fit(problem, kHeats, kRunners);
  FitProgress progress;
  int cuts = 0;
  for (; cuts < 100; ++cuts) {
    int asked = 0;
    FitHooks stop;
    stop.interrupted = [&] { return asked++ == 5; };
    FitSummary cut = fit(problem, kHeats, kRunners, progress, stop);
    progress = std::move(cut.progress);
    if (cut.state != FitState::kInterrupted) break;
  }
  EXPECT_GT(cuts, 3);
  ASSERT_EQ(progress.finished.size(), 4u);
  for (std::size_t n = 0; n < 4; ++n) {
    EXPECT_EQ(progress.finished[n].at.done, straight.progress.finished[n].at.done);
    EXPECT_NEAR(progress.finished[n].at.loss, straight.progress.finished[n].at.loss, 1e-9);
  }
}

TEST(Fit, NamesItsEnds) {
  EXPECT_THAT((std::vector{to_string(FitState::kConverged), to_string(FitState::kCompleted),
                           to_string(FitState::kIterationLimit), to_string(FitState::kDiverged),
                           to_string(FitState::kInterrupted)}),
              ElementsAre("converged", "completed", "iteration limit", "diverged", "interrupted"));
}

}  // namespace
}  // namespace synfer
