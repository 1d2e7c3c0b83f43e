#include "synfer/inference/adam.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kTheta;
using for_test::objective_over;
using for_test::random_session;
using for_test::random_sessions;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Truly;

const auto kFinite = Truly([](double v) { return std::isfinite(v); });

FitProblem problem_of(const Objective& objective, Penalty penalty = {}) {
  return {objective, penalty, std::vector<char>(objective.rule_parameters(), 0), 2};
}

OptimiserSummary adam(const FitProblem& problem, const AdamOptions& options,
                      std::vector<double> start = kTheta) {
  return minimise(problem, options, {.parameters = std::move(start)}, {});
}

TEST(Adam, TwoStepsAreThoseOfTheEquations) {
  const Objective objective = objective_over({random_session("a")});
  const Penalty l2{Penalty::Kind::kL2, 0.1};
  const double rate = 0.01;
  std::vector<double> theta = kTheta;
  std::vector<double> m(4, 0.0);
  std::vector<double> v(4, 0.0);
  for (int t = 1; t <= 2; ++t) {
    std::vector<double> g(4);
    objective.loss_and_gradient_of(0, theta, 0, g);
    for (std::size_t p = 0; p < 4; ++p) {
      g[p] += 2 * 0.1 * theta[p];
      m[p] = 0.9 * m[p] + 0.1 * g[p];
      v[p] = 0.999 * v[p] + 0.001 * g[p] * g[p];
      theta[p] -=
          rate * (m[p] / (1 - std::pow(0.9, t))) / (std::sqrt(v[p] / (1 - std::pow(0.999, t))) + 1e-8);
    }
  }
  const OptimiserSummary end = adam(problem_of(objective, l2), {.epochs = 2, .learning_rate = rate});
  for (std::size_t p = 0; p < 4; ++p) EXPECT_NEAR(end.at.parameters[p], theta[p], 1e-14);
  EXPECT_EQ(end.at.steps, 2);
}

TEST(Adam, TakesOneStepASessionAndEndsCompleted) {
  const Objective objective = objective_over(random_sessions());
  const OptimiserSummary end = adam(problem_of(objective), {.epochs = 5});
  EXPECT_EQ(end.state, FitState::kCompleted);
  EXPECT_EQ(end.at.steps, 15);
  EXPECT_EQ(end.at.done, 5);
  ASSERT_EQ(end.at.trace.size(), 3u);  // epochs 2 and 4, and the last
  EXPECT_EQ(end.at.trace.back().done, 5);
}

TEST(Adam, LowersTheLoss) {
  const Objective objective = objective_over(random_sessions());
  const OptimiserSummary begin = adam(problem_of(objective), {.epochs = 1, .learning_rate = 0.01});
  const OptimiserSummary end = adam(problem_of(objective), {.epochs = 60, .learning_rate = 0.01});
  EXPECT_LT(end.at.loss, begin.at.loss - 0.01);
}

TEST(Adam, SeesFreshStimuliEveryEpoch) {
  const Objective objective = objective_over({random_session("a")}, {.resampling_sd = 0.3});
  const OptimiserSummary end = adam(problem_of(objective), {.epochs = 4, .learning_rate = 0.0});
  EXPECT_NE(end.at.trace[0].loss, end.at.trace[1].loss);
}

TEST(Adam, StoppedAndGoingOnEndsWithTheSameBits) {
  const Objective objective = objective_over(random_sessions(), {.resampling_sd = 0.1});
  const FitProblem problem = problem_of(objective);
  const AdamOptions options{.epochs = 9, .learning_rate = 0.01};
  long asked = 0;
  OptimiserHooks stop;
  stop.interrupted = [&] { return asked++ == 4; };
  const OptimiserSummary half = minimise(problem, options, {.parameters = kTheta}, stop);
  ASSERT_EQ(half.state, FitState::kInterrupted);
  EXPECT_EQ(half.at.done, 4);
  const OptimiserSummary resumed = minimise(problem, options, half.at, {});
  const OptimiserSummary straight = adam(problem, options);
  EXPECT_EQ(resumed.at.parameters, straight.at.parameters);
  EXPECT_EQ(resumed.at.loss, straight.at.loss);
}

TEST(Adam, FrozenParametersKeepTheirValueUnderAPenaltyToo) {
  const Objective objective = objective_over(random_sessions());
  FitProblem problem = problem_of(objective, {Penalty::Kind::kL1, 0.1});
  problem.frozen = {0, 1, 0, 1};
  const OptimiserSummary end = adam(problem, {.epochs = 10, .learning_rate = 0.01});
  EXPECT_NE(end.at.parameters[0], kTheta[0]);
  EXPECT_EQ(end.at.parameters[1], kTheta[1]);
  EXPECT_NE(end.at.parameters[2], kTheta[2]);
  EXPECT_EQ(end.at.parameters[3], kTheta[3]);
}

TEST(Adam, ClippingBoundsTheNormOfTheGradientAndKeepsItsDirection) {
  const Objective objective = objective_over({random_session("a")});
  const FitProblem problem = problem_of(objective, {Penalty::Kind::kNone});
  const auto after_one_step = [&](std::optional<double> clip) {
    const OptimiserSummary end = adam(problem, {.epochs = 1, .clip_gradient = clip});
    return Vector(Eigen::Map<const Vector>(end.at.first_moment.data(), 4) / 0.1);  // the gradient as used
  };
  const Vector free = after_one_step(std::nullopt);
  ASSERT_GT(free.norm(), 1e-3);
  const Vector clipped = after_one_step(0.5 * free.norm());
  EXPECT_NEAR((clipped - 0.5 * free).norm(), 0.0, 1e-12);
  EXPECT_EQ(after_one_step(2.0 * free.norm()), free);
}

TEST(Adam, DivergesWhereTheRuleOverflowsInEverySession) {
  const Objective objective = for_test::explosive_objective(random_sessions());
  const OptimiserSummary end = adam(problem_of(objective), {.epochs = 3}, {1e9, 0.0});
  EXPECT_EQ(end.state, FitState::kDiverged);
  EXPECT_EQ(end.at.parameters, (std::vector{1e9, 0.0}));
  EXPECT_EQ(end.at.loss, INFINITY);  // never known
  EXPECT_THAT(end.advice, HasSubstr("w^4"));
}

TEST(Adam, RetreatsWhereTheRuleOverflowsInSomeSessions) {
  EncodedSession still = random_session("b");
  std::ranges::fill(still.learns, 0);  // nothing can overflow here
  const Objective objective = for_test::explosive_objective({random_session("a"), still});
  FitProblem problem = problem_of(objective, {Penalty::Kind::kNone});
  const OptimiserSummary end = adam(problem, {.epochs = 1, .learning_rate = 0.0}, {1e9, 0.5});
  EXPECT_EQ(end.state, FitState::kCompleted);
  EXPECT_EQ(end.at.left_out, 1);
  EXPECT_DOUBLE_EQ(end.at.parameters[0], 0.99e9);
  EXPECT_DOUBLE_EQ(end.at.parameters[1], 0.495);
  EXPECT_THAT(end.advice, HasSubstr("1 of 2 steps"));
}

TEST(Adam, AnExplosiveLearningRateNeverLeavesParametersThatAreNotNumbers) {
  const Objective objective = for_test::explosive_objective(random_sessions());
  for (const double rate : {1.0, 1e3, 1e9}) {
    const OptimiserSummary end =
        adam(problem_of(objective), {.epochs = 20, .learning_rate = rate}, {0.1, 0.1});
    EXPECT_THAT(end.at.parameters, Each(kFinite)) << "learning rate " << rate;
    EXPECT_TRUE(end.state == FitState::kDiverged || end.at.left_out > 0) << "learning rate " << rate;
  }
}

}  // namespace
}  // namespace synfer
