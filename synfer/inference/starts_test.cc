#include "synfer/inference/starts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "synfer/inference/fisher_scoring.h"
#include "synfer/inference/toy_likelihoods_for_test.h"

namespace synfer {
namespace {

const std::function<bool()> kNever = [] { return false; };
constexpr double kTruth = 1.0;

// The whole has valleys .3 apart, the first eighth one: of a parameter whose traces go round ever faster.
for_test::Toy rugged(double share) {
  return {1, 4000, [=](const Vector& at) {
            const double turns = 2.0 * std::numbers::pi / 0.3 * share;
            const double off = at[0] - kTruth;
            Curvature c;
            c.nll = 200.0 * (1.0 - std::cos(turns * off)) + 5.0 * share * off * off;
            c.gradient = Vector::Constant(1, 200.0 * turns * std::sin(turns * off) + 10.0 * share * off);
            c.information = Matrix::Constant(1, 1, 200.0 * turns * turns);
            return c;
          }};
}

StartProblem rugged_problem() {
  StartProblem problem;
  problem.early = [](double share) { return std::make_unique<for_test::Toy>(rugged(share)); };
  problem.near_zero = {1e-5};
  problem.coefficients = 1;
  return problem;
}

TEST(PromisingStarts, LeadThroughTheFirstTrialsIntoTheValleyOfTheTruth) {
  const for_test::Toy whole = rugged(1.0);
  const FisherSummary alone = minimise_curved(whole, {}, {}, {.parameters = {1e-5}});
  EXPECT_GT(std::abs(alone.at.parameters[0] - kTruth), 0.2);  // the nearest valley
  const auto starts = promising_starts(rugged_problem(), {}, kNever);
  ASSERT_FALSE(starts.empty());
  const FisherSummary led = minimise_curved(whole, {}, {}, {.parameters = starts.front()});
  EXPECT_NEAR(led.at.parameters[0], kTruth, 1e-3);
}

TEST(PromisingStarts, HoldWhatIsFrozenAndStayWithinBounds) {
  StartProblem problem;
  const Matrix X = for_test::random_matrix("X", 400, 2);
  const Vector y = X * Vector{{1.0, 1.0}};
  problem.early = [&](double) { return std::make_unique<for_test::Toy>(for_test::gaussian(X, y)); };
  problem.near_zero = {0.3, 0.0};
  problem.coefficients = 2;
  problem.frozen = {1, 0};
  problem.bounds = {{}, {-0.5, 0.5}};
  for (const std::vector<double>& start : promising_starts(problem, {}, kNever)) {
    EXPECT_EQ(start[0], 0.3);
    EXPECT_NEAR(start[1], 0.5, 1e-12);
  }
}

TEST(PromisingStarts, AreThatNearZeroWhereThereAreTooFewChoicesForAnyShare) {
  StartProblem problem = rugged_problem();
  problem.early = [](double share) {
    for_test::Toy toy = rugged(share);
    toy.n = 5;
    return std::make_unique<for_test::Toy>(std::move(toy));
  };
  EXPECT_EQ(promising_starts(problem, {}, kNever), (std::vector<std::vector<double>>{{1e-5}}));
}

TEST(PromisingStarts, AreNoneWhereTheSearchIsInterrupted) {
  EXPECT_TRUE(promising_starts(rugged_problem(), {}, [] { return true; }).empty());
}

TEST(SameOptimum, IsOneWithinTheErrorOfTheInformation) {
  const Matrix information = Matrix::Constant(1, 1, 100.0);  // a standard error of .1
  EXPECT_TRUE(is_same_optimum(std::vector{1.0}, std::vector{1.1}, information));
  EXPECT_FALSE(is_same_optimum(std::vector{1.0}, std::vector{1.3}, information));
}

}  // namespace
}  // namespace synfer
