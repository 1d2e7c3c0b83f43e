#include "synfer/inference/lbfgs.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kTheta;
using for_test::objective_over;
using for_test::random_sessions;
using ::testing::Each;
using ::testing::Truly;

constexpr double kTolerance = 1e-4;  // of a slope, in nats an observation

FitProblem problem_of(const Objective& objective, Penalty penalty) {
  return {objective, penalty, std::vector<char>(objective.rule_parameters(), 0), 5};
}

OptimiserSummary lbfgs(const FitProblem& problem, std::vector<double> start = kTheta) {
  return minimise(problem, LbfgsOptions{}, {.parameters = std::move(start)}, {});
}

std::vector<double> loss_gradient(const Objective& objective, const std::vector<double>& parameters) {
  std::vector<double> gradient(objective.parameters());
  objective.loss_and_gradient(parameters, 0, gradient);
  return gradient;
}

TEST(Lbfgs, EndsWhereTheGradientVanishes) {
  const Objective objective = objective_over(random_sessions());
  for (const Penalty penalty : {Penalty{Penalty::Kind::kNone}, Penalty{Penalty::Kind::kL2, 0.02}}) {
    const OptimiserSummary end = lbfgs(problem_of(objective, penalty));
    EXPECT_EQ(end.state, FitState::kConverged) << end.advice;
    std::vector<double> gradient = loss_gradient(objective, end.at.parameters);
    penalty.add_slope(end.at.parameters, gradient);
    for (const double g : gradient) EXPECT_NEAR(g, 0.0, kTolerance);
  }
}

TEST(Lbfgs, UnderL1TheSubgradientHoldsZeroAndSomeCoefficientsAreExactlyZero) {
  const Objective objective = objective_over(random_sessions());
  const double lambda = 0.02;
  const OptimiserSummary end = lbfgs(problem_of(objective, {Penalty::Kind::kL1, lambda}));
  EXPECT_EQ(end.state, FitState::kConverged) << end.advice;
  const std::vector<double> g = loss_gradient(objective, end.at.parameters);
  std::size_t zeros = 0;
  for (std::size_t p = 0; p < g.size(); ++p) {
    const double theta = end.at.parameters[p];
    zeros += theta == 0.0;
    if (theta == 0.0) {
      EXPECT_LE(std::abs(g[p]), lambda + kTolerance) << "parameter " << p;
    } else {
      EXPECT_NEAR(g[p], -std::copysign(lambda, theta), kTolerance) << "parameter " << p;
    }
  }
  EXPECT_GT(zeros, 0u);
  EXPECT_LT(zeros, g.size());
}

TEST(Lbfgs, FrozenParametersKeepTheirValue) {
  const Objective objective = objective_over(random_sessions());
  for (const Penalty penalty : {Penalty{Penalty::Kind::kL1, 0.02}, Penalty{Penalty::Kind::kL2, 0.02}}) {
    FitProblem problem = problem_of(objective, penalty);
    problem.frozen = {0, 1, 0, 1};
    const OptimiserSummary end = lbfgs(problem);
    EXPECT_NE(end.at.parameters[0], kTheta[0]);
    EXPECT_EQ(end.at.parameters[1], kTheta[1]);
    EXPECT_EQ(end.at.parameters[3], kTheta[3]);
  }
}

TEST(Lbfgs, EstimatesInitialWeightsWithoutAPenaltyOnThem) {
  const Objective objective = objective_over(
      random_sessions(),
      {.observe = Observe::kNeural, .initial_weights = ObjectiveOptions::InitialWeights::kEstimatedShared});
  const OptimiserSummary end =
      lbfgs(problem_of(objective, {Penalty::Kind::kL1, 0.02}), objective.start_from(kTheta));
  const std::vector<double> g = loss_gradient(objective, end.at.parameters);
  for (std::size_t p = objective.rule_parameters(); p < g.size(); ++p) EXPECT_NEAR(g[p], 0.0, 1e-3);
}

TEST(Lbfgs, InterruptedKeepsTheBestThatItSaw) {
  const Objective objective = objective_over(random_sessions());
  const FitProblem problem = problem_of(objective, {Penalty::Kind::kL2, 0.02});
  double least = INFINITY;
  int asked = 0;
  OptimiserHooks hooks;
  hooks.interrupted = [&] { return asked++ == 4; };
  hooks.after = [&](const OptimiserState& at, long) { least = std::min(least, at.loss); };
  const OptimiserSummary end = minimise(problem, LbfgsOptions{}, {.parameters = kTheta}, hooks);
  EXPECT_EQ(end.state, FitState::kInterrupted);
  EXPECT_EQ(end.at.done, 4);
  EXPECT_EQ(end.at.loss, least);
  std::vector<double> unused(kTheta.size());
  EXPECT_DOUBLE_EQ(end.at.loss, objective.loss_and_gradient(end.at.parameters, 0, unused) +
                                    problem.penalty.value(end.at.parameters));
}

TEST(Lbfgs, DivergesWhereTheStartItselfOverflows) {
  const Objective objective = for_test::explosive_objective(random_sessions());
  const OptimiserSummary end = lbfgs(problem_of(objective, {Penalty::Kind::kL2, 0.02}), {1e9, 0.0});
  EXPECT_EQ(end.state, FitState::kDiverged);
  EXPECT_THAT(end.at.parameters, Each(Truly([](double v) { return std::isfinite(v); })));
}

}  // namespace
}  // namespace synfer
