#include "synfer/inference/fisher_scoring.h"

#include <gmock/gmock.h>

#include <Eigen/LU>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <utility>

#include "synfer/inference/fit.h"
#include "synfer/inference/problem_for_test.h"
#include "synfer/inference/toy_likelihoods_for_test.h"

namespace synfer {
namespace {

using Eigen::Index;
using for_test::gaussian;
using for_test::logistic;
using for_test::random_matrix;
using for_test::rosenbrock;
using for_test::Toy;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;

using Values = std::vector<double>;
constexpr FisherOptions kTight{.tolerance = 1e-18};

/// Columns of +-1, orthogonal to one another.
const Matrix kHadamard{{1, 1, 1}, {1, -1, 1}, {1, 1, -1}, {1, -1, -1}};
const Vector kY{{2.0, 0.4, 1.0, 0.2}};  // X'y / n = (.9, .6, .3)

FisherSummary scored(const CurvedLikelihood& likelihood, const FisherProblem& problem, const Values& start,
                     const FisherOptions& options = kTight) {
  return minimise_curved(likelihood, problem, options, {.parameters = start});
}

void expect_near(const Values& found, const Values& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t p = 0; p < found.size(); ++p) EXPECT_NEAR(found[p], expected[p], tolerance) << p;
}

// Nats an observation: 0 must be a subgradient of the loss at the end.
void expect_karush_kuhn_tucker(const FisherSummary& end, const FisherProblem& problem, double n) {
  ASSERT_EQ(end.state, FitState::kConverged) << end.advice;
  const double lambda = problem.penalty.weight;
  for (std::size_t p = 0; p < end.at.parameters.size(); ++p) {
    const double theta = end.at.parameters[p];
    const double slope = end.curvature.gradient[static_cast<Index>(p)] / n;
    if (p < problem.bounds.size() && theta == problem.bounds[p].low) {
      EXPECT_GE(slope + std::copysign(lambda, theta), -1e-8) << p;
    } else if (p < problem.bounds.size() && theta == problem.bounds[p].high) {
      EXPECT_LE(slope + std::copysign(lambda, theta), 1e-8) << p;
    } else if (theta == 0.0) {
      EXPECT_LE(std::abs(slope), lambda + 1e-8) << p;
    } else {
      EXPECT_NEAR(slope, -std::copysign(lambda, theta), 1e-8) << p;
    }
  }
}

TEST(FisherScoring, FindsTheLogOddsOfTwoGroups) {
  // 3 of 4 accept without the odour, 2 of 6 with it: log odds log 3, and log 1/2 - log 3 more.
  Matrix X = Matrix::Ones(10, 2);
  X.col(1).head(4).setZero();
  const Vector y{{1, 1, 1, 0, 1, 1, 0, 0, 0, 0}};
  const FisherSummary end = scored(logistic(X, y), {}, {0.0, 0.0});
  EXPECT_EQ(end.state, FitState::kConverged);
  expect_near(end.at.parameters, {std::log(3.0), std::log(0.5) - std::log(3.0)}, 1e-8);
  // Variance of log odds of k in m: 1/k + 1/(m - k).
  EXPECT_NEAR(end.curvature.information.inverse()(0, 0), 1.0 / 3 + 1.0, 1e-6);
  EXPECT_NEAR(end.at.loss,
              (-3 * std::log(0.75) - std::log(0.25) - 2 * std::log(1. / 3) - 4 * std::log(2. / 3)) / 10,
              1e-12);
}

TEST(FisherScoring, AtItsDefaultToleranceIsWithinAHundredthOfAStandardError) {
  const Matrix X = random_matrix("X", 200, 6);
  const Vector y = (X.col(0) + random_matrix("noise", 200, 1)).cwiseSign().cwiseMax(0.0);
  const FisherSummary rough = scored(logistic(X, y), {}, Values(6, 0.0), {});
  const FisherSummary exact = scored(logistic(X, y), {}, Values(6, 0.0));
  EXPECT_EQ(rough.state, FitState::kConverged);
  EXPECT_LT(rough.remaining, 1e-6);
  for (std::size_t p = 0; p < 6; ++p) {
    const auto i = static_cast<Index>(p);
    const double error = std::sqrt(exact.curvature.information.inverse()(i, i));
    EXPECT_NEAR(rough.at.parameters[p], exact.at.parameters[p], 0.01 * error);
  }
}

TEST(FisherScoring, OrthogonalTermsAreSoftThresholdedUnderL1) {
  const FisherProblem problem{.penalty = {Penalty::Kind::kL1, 0.4}};
  const FisherSummary end = scored(gaussian(kHadamard, kY), problem, {0.1, 0.1, 0.1});
  expect_near(end.at.parameters, {0.5, 0.2, 0.0}, 1e-8);
  EXPECT_EQ(end.at.parameters[2], 0.0);
}

TEST(FisherScoring, OrthogonalTermsAreShrunkInProportionUnderL2) {
  const FisherProblem problem{.penalty = {Penalty::Kind::kL2, 0.25}};
  expect_near(scored(gaussian(kHadamard, kY), problem, {0, 0, 0}).at.parameters, {0.6, 0.4, 0.2}, 1e-8);
}

TEST(FisherScoring, IsDampedInTheScaleThatIsGiven) {
  const Toy likelihood = gaussian(kHadamard, kY);  // X'X = 4
  const FisherSummary step = scored(likelihood, {.damping_scale = {3.0, 0.0}}, {0.0, 0.0, 0.0},
                                    {.max_iterations = 1, .damping = 2.0});
  EXPECT_NEAR(step.at.parameters[0], 4 * 0.9 / (4 + 2 * 3.0), 1e-12);
  EXPECT_NEAR(step.at.parameters[1], 4 * 0.6 / (4 + 2 * 4.0), 1e-12);  // by the information
  EXPECT_NEAR(step.at.parameters[2], 4 * 0.3 / (4 + 2 * 4.0), 1e-12);
}

TEST(FisherScoring, OnlyThePenalisedShrink) {
  const FisherProblem problem{.penalty = {Penalty::Kind::kL1, 0.4}, .penalised = 1};
  expect_near(scored(gaussian(kHadamard, kY), problem, {0, 0, 0}).at.parameters, {0.5, 0.6, 0.3}, 1e-8);
}

TEST(FisherScoring, TheLargestPenaltyOfAPathLeavesNothing) {
  // All is 0 from lambda = max |X'y| / n on.
  for (const double lambda : {0.9 * (1 + 1e-9), 0.9 * (1 - 1e-3)}) {
    const FisherSummary end =
        scored(gaussian(kHadamard, kY), {.penalty = {Penalty::Kind::kL1, lambda}}, {0.3, -0.2, 0.1});
    EXPECT_EQ(std::ranges::count(end.at.parameters, 0.0), lambda > 0.9 ? 3 : 2) << lambda;
  }
}

TEST(FisherScoring, MeetsKarushKuhnTuckerUnderL1WithAndWithoutBounds) {
  const Index n = 120;
  Matrix X = random_matrix("X", n, 20);
  for (Index p = 1; p < X.cols(); ++p)
    X.col(p) = 0.9 * X.col(p - 1) + 0.4 * X.col(p);  // neighbours are alike
  const Vector noise = random_matrix("noise", n, 1);
  const Vector y = X.col(0) - 0.5 * X.col(7) + noise;
  const Toy lines = gaussian(X, y);
  const Toy choices = logistic(X, y.cwiseSign().cwiseMax(0.0));
  for (const Toy* likelihood : {&lines, &choices}) {
    for (const double lambda : {0.3, 0.03, 0.003}) {
      FisherProblem problem{.penalty = {Penalty::Kind::kL1, lambda}};
      const FisherSummary free = scored(*likelihood, problem, Values(20, 0.0));
      expect_karush_kuhn_tucker(free, problem, n);
      EXPECT_GT(std::ranges::count(free.at.parameters, 0.0), 0);
      EXPECT_THAT(free.at_bound, Each(0));
      problem.bounds.assign(20, Bounds{-0.05, 0.1});
      const FisherSummary held = scored(*likelihood, problem, Values(20, 0.0));
      expect_karush_kuhn_tucker(held, problem, n);
      EXPECT_THAT(held.at.parameters, Each(AllOf(Ge(-0.05), Le(0.1))));
      if (lambda < 0.1) {
        EXPECT_GT(std::ranges::count(held.at_bound, 1), 0);
      }
      EXPECT_GE(held.at.loss, free.at.loss);
    }
  }
}

TEST(FisherScoring, ACoefficientAtItsBoundSaysSoAndAStartOutsideIsMovedThere) {
  const FisherProblem problem{.bounds = {{-1, 0.5}, {0.7, 2}}};
  const FisherSummary end = scored(gaussian(kHadamard, kY), problem, {3.0, -3.0, 0.0});
  expect_near(end.at.parameters, {0.5, 0.7, 0.3}, 1e-8);
  EXPECT_THAT(end.at_bound, ElementsAre(1, 1, 0));
}

TEST(FisherScoring, FrozenParametersKeepTheirValueAndTheOthersFitWhatIsLeft) {
  const Matrix X = random_matrix("X", 30, 3);
  const Vector y = random_matrix("y", 30, 1);
  const FisherSummary end =
      scored(gaussian(X, y), {.frozen = {0, 1, 0}, .bounds = {{}, {-1, 1}}}, {0, 5.0, 0});
  EXPECT_EQ(end.at.parameters[1], 5.0);
  EXPECT_EQ(end.at_bound[1], 0);
  const Matrix others = X(Eigen::all, std::vector<int>{0, 2});
  const Vector expected = others.colPivHouseholderQr().solve(y - 5.0 * X.col(1));
  EXPECT_NEAR(end.at.parameters[0], expected[0], 1e-8);
  EXPECT_NEAR(end.at.parameters[2], expected[1], 1e-8);
}

TEST(FisherScoring, TermsThatTheDataCannotTellApartStayNearTheStartAndFitAsWell) {
  for (const double apart : {0.0, 1e-9, 1e-5}) {
    Matrix X = random_matrix("X", 50, 3);
    X.col(1) = X.col(0) + apart * X.col(2);
    const Vector y = X.col(0) + random_matrix("noise", 50, 1);
    const FisherSummary end = scored(gaussian(X, y), {}, {0.4, 0.1, 0.0}, {});
    EXPECT_EQ(end.state, FitState::kConverged) << end.advice;
    const Matrix told = X(Eigen::all, std::vector<int>{0, 2});
    const Vector best = told.colPivHouseholderQr().solve(y);
    EXPECT_NEAR(end.at.loss * 50, 0.5 * (y - told * best).squaredNorm(), 1e-6) << apart;
    if (apart < 1e-8) {
      EXPECT_NEAR(end.at.parameters[0] - end.at.parameters[1], 0.3, 0.01) << apart;
    }
  }
}

TEST(FisherScoring, AFlatLikelihoodIsConvergedWhereItStarts) {
  const Toy flat(2, 10, [](const Vector&) {
    return Curvature{7.0, Vector{{1e-14, 0.0}}, Matrix{{1e-20, 0.0}, {0.0, 0.0}}, {}};
  });
  const FisherSummary end = scored(flat, {}, {0.3, -0.2}, {});
  EXPECT_EQ(end.state, FitState::kConverged);
  expect_near(end.at.parameters, {0.3, -0.2}, 1e-5);
}

TEST(FisherScoring, AParameterWithoutInformationDoesNotMove) {
  Matrix X = kHadamard;
  X.col(1).setZero();
  for (const auto kind : {Penalty::Kind::kNone, Penalty::Kind::kL1, Penalty::Kind::kL2}) {
    const FisherSummary end = scored(gaussian(X, kY), {.penalty = {kind, 0.1}}, {0, 0.25, 0});
    EXPECT_EQ(end.at.parameters[1], 0.25);
    EXPECT_EQ(end.state, FitState::kConverged);
    EXPECT_THAT(end.advice, HasSubstr("say nothing about 1 of"));
  }
}

TEST(FisherScoring, StepsBackFromWhereTrajectoriesOverflow) {
  // An information a hundred times too small sends the first steps across the wall at 3.
  for (const bool at_once : {true, false}) {
    Toy walled(1, 1, [](const Vector& v) {
      const double off = v[0] - 1.0;
      return Curvature{50.0 * off * off, Vector{{100.0 * off}}, Matrix{{1.0}}, {}};
    });
    walled.overflows = [](const Vector& v) { return v[0] > 3.0; };
    const FisherSummary end = scored(walled, {}, {0.0}, {.tolerance = 1e-12, .curvature_at_once = at_once});
    EXPECT_EQ(end.state, FitState::kConverged) << end.advice;
    EXPECT_NEAR(end.at.parameters[0], 1.0, 1e-6);
  }
}

TEST(FisherScoring, ALossThatFallsUpToAWallIsNotCalledConverged) {
  Toy falls(1, 1, [](const Vector& v) { return Curvature{-v[0], Vector{{-1.0}}, Matrix{{0.01}}, {}}; });
  falls.overflows = [](const Vector& v) { return v[0] > 1.0; };
  const FisherSummary end = scored(falls, {}, {0.0}, {});
  EXPECT_EQ(end.state, FitState::kIterationLimit);
  EXPECT_NEAR(end.at.parameters[0], 1.0, 1e-4);
  EXPECT_THAT(end.advice, HasSubstr("no step lowers the loss"));
}

TEST(FisherScoring, FollowsRosenbrocksValley) {
  const FisherSummary end = scored(rosenbrock(), {}, {-1.2, 1.0});
  EXPECT_EQ(end.state, FitState::kConverged) << end.advice;
  expect_near(end.at.parameters, {1.0, 1.0}, 1e-6);
  EXPECT_LT(end.at.done, 40);
}

TEST(FisherScoring, TheLossFallsWithEveryIteration) {
  double last = INFINITY;
  long told = 0;
  OptimiserHooks hooks;
  hooks.after = [&](const OptimiserState& at, long total) {
    EXPECT_LE(at.loss, last);
    EXPECT_EQ(at.done, ++told);
    EXPECT_EQ(total, 200);
    last = at.loss;
  };
  const FisherSummary end =
      minimise_curved(rosenbrock(), {.log_interval = 3}, {}, {.parameters = {-1.2, 1.0}}, hooks);
  EXPECT_EQ(end.at.done, told);
  std::vector<long> rows;
  for (const TraceRow& row : end.at.trace) rows.push_back(row.done);
  std::vector<long> expected = {0};
  for (long n = 3; n <= told; n += 3) expected.push_back(n);
  if (told % 3 != 0) expected.push_back(told);
  EXPECT_EQ(rows, expected);
}

TEST(FisherScoring, AsksForNoMoreThanItNeeds) {
  for (const bool at_once : {true, false}) {
    const Toy likelihood = rosenbrock();
    double last = likelihood.at(Vector{{-1.2, 1.0}}).nll;
    int taken = 0;
    int after_a_failure = 0;
    bool failed = false;
    OptimiserHooks hooks;
    hooks.after = [&](const OptimiserState& at, long) {
      after_a_failure += static_cast<int>(failed);
      failed = at.loss == last;
      taken += static_cast<int>(!failed);
      last = at.loss;
    };
    const FisherOptions options{.curvature_at_once = at_once};
    const FisherSummary end = minimise_curved(likelihood, {}, options, {.parameters = {-1.2, 1.0}}, hooks);
    const auto trials = static_cast<int>(end.at.done);
    EXPECT_GT(after_a_failure, 0);
    EXPECT_EQ(likelihood.values, at_once ? after_a_failure : trials);
    if (at_once) {
      EXPECT_LE(likelihood.curvatures, trials + 1);
    } else {
      EXPECT_EQ(likelihood.curvatures, taken + 1);
    }
  }
}

TEST(FisherScoring, InterruptedAndResumedItEndsWhereItWouldHave) {
  const FisherSummary straight = scored(rosenbrock(), {}, {-1.2, 1.0});
  for (int after : {0, 3, 7}) {
    OptimiserHooks hooks;
    int asked = 0;
    hooks.interrupted = [&] { return asked++ == after; };
    const FisherSummary half = minimise_curved(rosenbrock(), {}, kTight, {.parameters = {-1.2, 1.0}}, hooks);
    EXPECT_EQ(half.state, FitState::kInterrupted);
    EXPECT_EQ(half.at.done, after);
    const FisherSummary end = minimise_curved(rosenbrock(), {}, kTight, half.at);
    EXPECT_EQ(end.state, FitState::kConverged);
    EXPECT_EQ(end.at.done, straight.at.done);
    expect_near(end.at.parameters, straight.at.parameters, 1e-9);
  }
}

TEST(FisherScoring, StopsAtItsLimitWithWhatIsLeftToGain) {
  const FisherSummary end = scored(rosenbrock(), {}, {-1.2, 1.0}, {.max_iterations = 4});
  EXPECT_EQ(end.state, FitState::kIterationLimit);
  EXPECT_EQ(end.at.done, 4);
  EXPECT_GT(end.remaining, 1e-6);
}

TEST(FisherScoring, DivergesWhereTheStartOverflows) {
  Toy walled = gaussian(kHadamard, kY);
  walled.overflows = [](const Vector& v) { return v[0] > 3.0; };
  const FisherSummary end = scored(walled, {}, {4.0, 0.0, 0.0});
  EXPECT_EQ(end.state, FitState::kDiverged);
  EXPECT_EQ(end.at.parameters, (Values{4.0, 0.0, 0.0}));
  EXPECT_EQ(end.at.loss, INFINITY);
  EXPECT_THAT(end.advice, HasSubstr("x*r"));
}

TEST(FisherScoring, ASessionCountedTwiceOutweighsThePenaltyTwiceAsMuch) {
  // 2 |y - X theta|^2 / 2 + lambda n |theta|_1: soft threshold at lambda / 2.
  const FisherProblem problem{.penalty = {Penalty::Kind::kL1, 0.4}, .session_weights = {2.0}};
  expect_near(scored(gaussian(kHadamard, kY), problem, {0, 0, 0}).at.parameters, {0.7, 0.4, 0.1}, 1e-8);
}

TEST(FisherScoring, IsAMethodOfFitAndPenalisesTheRuleAlone) {
  const Objective objective = for_test::objective_over(
      for_test::random_sessions(),
      {.belief = {BeliefOptions::Stimuli::kFiltered, 0.2, 0.1}, .estimate_initial_sd = true});
  const double lambda = 0.01;
  const FitProblem problem{
      objective, {Penalty::Kind::kL1, lambda}, {0, 1, 0, 0}, 1, {{-0.1, 0.1}, {}, {}, {}}};
  const FitSummary end = fit(problem, FisherOptions{.max_iterations = 1000, .tolerance = 1e-9},
                             {objective.start_from(for_test::kTheta)});
  EXPECT_EQ(end.state, FitState::kConverged);
  const std::vector<double>& at = end.best.parameters;
  EXPECT_EQ(at[1], for_test::kTheta[1]);
  EXPECT_LE(std::abs(at[0]), 0.1);
  const double weight = lambda * static_cast<double>(objective.observations());
  const Vector slope = objective.curvature(at, {}).gradient;
  for (const Eigen::Index p : {2, 3}) {
    const double theta = at[static_cast<std::size_t>(p)];
    const double unmet =
        theta == 0 ? std::max(std::abs(slope[p]) - weight, 0.0) : slope[p] + std::copysign(weight, theta);
    EXPECT_NEAR(unmet, 0.0, 1e-3) << p;
  }
  for (Eigen::Index p = 4; p < slope.size(); ++p) EXPECT_NEAR(slope[p], 0.0, 1e-3) << p;
}

}  // namespace
}  // namespace synfer
