#include "synfer/inference/selection.h"

#include <gmock/gmock.h>

#include <Eigen/Cholesky>
#include <atomic>
#include <cmath>
#include <limits>

#include "synfer/base/random.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Eigen::Index kSessions = 12;
constexpr Eigen::Index kRows = 40;  // observations of a session

// y = X theta + N(0, 1), session by session: the answer is least squares.
class LinearModel : public CurvedLikelihood {
 public:
  // `inflated`: of the information, so that steps are that much too short
  LinearModel(Eigen::MatrixXd x, Vector y, double inflated)
      : x_(std::move(x)), y_(std::move(y)), inflated_(inflated) {}

  [[nodiscard]] std::size_t parameters() const override { return static_cast<std::size_t>(x_.cols()); }
  [[nodiscard]] std::size_t sessions() const override { return kSessions; }
  [[nodiscard]] std::size_t observations() const override { return static_cast<std::size_t>(y_.size()); }
  [[nodiscard]] double nll(std::span<const double> at, std::span<const double> weights) const override {
    return curvature(at, weights).nll;
  }
  [[nodiscard]] Curvature curvature(std::span<const double> at,
                                    std::span<const double> weights) const override {
    const Vector theta = Eigen::Map<const Vector>(at.data(), x_.cols());
    Curvature sum;
    sum.gradient = Vector::Zero(x_.cols());
    sum.information = Matrix::Zero(x_.cols(), x_.cols());
    sum.session_gradients = Matrix::Zero(kSessions, x_.cols());
    sum.session_nll = Vector::Zero(kSessions);
    for (Eigen::Index s = 0; s < kSessions; ++s) {
      const double weight = weights.empty() ? 1.0 : weights[static_cast<std::size_t>(s)];
      // Of a model without terms there is no address that the first row could have.
      const Eigen::MatrixXd x =
          x_.cols() == 0 ? Eigen::MatrixXd(kRows, 0) : Eigen::MatrixXd(x_.middleRows(s * kRows, kRows));
      const Vector off = x * theta - y_.segment(s * kRows, kRows);
      sum.session_nll[s] = 0.5 * off.squaredNorm();
      sum.session_gradients.row(s) = (x.transpose() * off).transpose();
      sum.nll += weight * sum.session_nll[s];
      sum.gradient += weight * sum.session_gradients.row(s).transpose();
      sum.information += inflated_ * weight * (x.transpose() * x);
    }
    return sum;
  }

 private:
  Eigen::MatrixXd x_;
  Vector y_;
  double inflated_;
};

// Twenty candidates, of which y is made of two; the last is nearly the first.
struct Experiment {
  explicit Experiment(double small = -0.3) {
    const RandomStream draws(3, "selection test");
    x.resize(kSessions * kRows, 20);
    draws.normals({}, static_cast<std::uint64_t>(x.size()), x.data());
    x.col(19) = 0.95 * x.col(0) + 0.3 * x.col(19);
    y.resize(x.rows());
    draws.normals({.step = 1}, static_cast<std::uint64_t>(y.size()), y.data());
    y += 1.0 * x.col(0) + small * x.col(7);
  }

  [[nodiscard]] SelectionProblem problem() const {
    SelectionProblem problem;
    problem.candidates = 20;
    problem.likelihood = [this](std::span<const std::size_t> set) {
      Eigen::MatrixXd chosen(x.rows(), static_cast<Eigen::Index>(set.size()));
      for (std::size_t n = 0; n < set.size(); ++n) {
        chosen.col(static_cast<Eigen::Index>(n)) = x.col(static_cast<Eigen::Index>(set[n]));
      }
      return std::make_unique<LinearModel>(chosen, y, inflated);
    };
    return problem;
  }
  [[nodiscard]] Vector least_squares(const std::vector<Eigen::Index>& set) const {
    const Eigen::MatrixXd chosen = x(Eigen::all, set);
    return (chosen.transpose() * chosen).ldlt().solve(chosen.transpose() * y);
  }

  Eigen::MatrixXd x;
  Vector y;
  double inflated = 1.0;
};

TEST(Selection, FindsTheTermsBehindTheDataAndFitsThem) {
  const Experiment experiment;
  const SelectionSummary found = select_terms(experiment.problem(), {});
  EXPECT_THAT(found.best.terms, ElementsAre(0, 7));
  const Vector expected = experiment.least_squares({0, 7});
  EXPECT_NEAR(found.best.parameters[0], expected[0], 1e-6);
  EXPECT_NEAR(found.best.parameters[1], expected[1], 1e-6);
  EXPECT_EQ(found.near.front().terms, found.best.terms);
  EXPECT_EQ(found.by_size[2].terms, found.best.terms);
  EXPECT_THAT(found.by_size[0].terms, IsEmpty());
}

TEST(Selection, OfNothingFindsNothing) {
  Experiment experiment;
  RandomStream(4, "noise").normals({}, static_cast<std::uint64_t>(experiment.y.size()), experiment.y.data());
  EXPECT_THAT(select_terms(experiment.problem(), {}).best.terms, IsEmpty());
}

TEST(Selection, ATermBelowTheCriterionIsLeftOutHoweverItIsFitted) {
  // Its 2 nll must fall by log n + 2 gamma log p = 9.2 or more; at half that it stays out.
  const Experiment weak(0.0);
  EXPECT_THAT(select_terms(weak.problem(), {}).best.terms, ElementsAre(0));
}

TEST(Selection, HasTermsThatMustBeThereAndKeepsBounds) {
  const Experiment experiment;
  SelectionProblem problem = experiment.problem();
  problem.always = {3};
  problem.bounds.resize(20);
  problem.bounds[7] = {-0.1, 0.1};
  const SelectionSummary found = select_terms(problem, {});
  ASSERT_THAT(found.best.terms, ElementsAre(0, 3, 7));
  EXPECT_DOUBLE_EQ(found.best.parameters[2], -0.1);
}

TEST(Selection, StabilityIsHighForWhatEveryAnimalShowsAndLowForTheRest) {
  const Experiment experiment;
  const SelectionSummary found = select_terms(experiment.problem(), {});
  ASSERT_EQ(found.stability.size(), 20u);
  EXPECT_GT(found.stability[0], 0.95);
  EXPECT_GT(found.stability[7], 0.8);
  for (const std::size_t other : {1u, 2u, 5u, 11u}) EXPECT_LT(found.stability[other], 0.5);
}

TEST(Selection, WhatABoundMakesUselessIsChosenInNoDraw) {
  // Least squares wants -.3, in every draw; within the bound the best is 0, which is to go without.
  const Experiment experiment;
  SelectionProblem problem = experiment.problem();
  problem.bounds.resize(20);
  problem.bounds[7].low = 0.0;
  const SelectionSummary found = select_terms(problem, {});
  EXPECT_THAT(found.best.terms, ElementsAre(0));
  EXPECT_GT(found.stability[0], 0.95);
  EXPECT_EQ(found.stability[7], 0.0);
}

TEST(Selection, AllSetsThatAreListedAsNearAreFittedToTheEnd) {
  Experiment experiment;
  experiment.inflated = 12.0;  // quick fits stop on the way
  const SelectionSummary found = select_terms(experiment.problem(), {.near = 12.0});
  ASSERT_GT(found.near.size(), 3u);
  for (const FittedSet& set : found.near) {
    const Vector expected = experiment.least_squares({set.terms.begin(), set.terms.end()});
    for (std::size_t n = 0; n < set.terms.size(); ++n) {
      EXPECT_NEAR(set.parameters[n], expected[static_cast<Eigen::Index>(n)], 2e-3);
    }
  }
}

TEST(Selection, AStandInTakesTheCandidatesPlaceOnlyWhereItExplainsMore) {
  // Column 19 is .95 of column 0, and noise.
  const Experiment experiment;
  SelectionProblem problem = experiment.problem();
  problem.candidates = 19;
  problem.stand_ins = {{.candidate = 0, .factor = 0.95}};
  EXPECT_THAT(select_terms(problem, {}).best.terms, ElementsAre(0, 7));

  Experiment exchanged = experiment;
  exchanged.x.col(0).swap(exchanged.x.col(19));
  SelectionProblem other = exchanged.problem();
  other.candidates = 19;
  other.stand_ins = {{.candidate = 0, .factor = 1.0 / 0.95}};
  const SelectionSummary found = select_terms(other, {});
  EXPECT_THAT(found.best.terms, ElementsAre(7, 19));
  EXPECT_NEAR(found.best.parameters[1], exchanged.least_squares({7, 19})[1], 1e-6);
  ASSERT_EQ(found.stability.size(), 20u);
  EXPECT_GT(found.stability[19], 0.8);
}

TEST(Selection, OneAnimalShowsNoStability) {
  const Experiment experiment;
  SelectionProblem problem = experiment.problem();
  problem.clusters.assign(kSessions, 0);
  EXPECT_THAT(select_terms(problem, {}).stability, IsEmpty());
}

TEST(Selection, GoesOnToAtMostAsManyTermsAsAsked) {
  const Experiment experiment;
  EXPECT_THAT(select_terms(experiment.problem(), {.most_terms = 1}).best.terms, ElementsAre(0));
}

TEST(Selection, MayBeInterruptedAtAnyMomentToItsLastFit) {
  const Experiment experiment;
  std::atomic<int> asked = 0;  // fits ask side by side
  int last = std::numeric_limits<int>::max();
  SelectionHooks hooks;
  hooks.interrupted = [&] { return ++asked >= last; };
  select_terms(experiment.problem(), {}, hooks);
  const int all = asked;
  for (const int moment : {1, all / 2, all - 1, all}) {
    asked = 0;
    last = moment;
    EXPECT_EQ(select_terms(experiment.problem(), {}, hooks).state, FitState::kInterrupted) << moment;
  }
}

TEST(Selection, InterruptedGivesTheBestSoFar) {
  const Experiment experiment;
  int sizes = 0;
  SelectionHooks hooks;
  hooks.after = [&](const FittedSet&, int) { ++sizes; };
  hooks.interrupted = [&] { return sizes == 1; };
  const SelectionSummary found = select_terms(experiment.problem(), {}, hooks);
  EXPECT_EQ(found.state, FitState::kInterrupted);
  EXPECT_THAT(found.best.terms, ElementsAre(0));
}

}  // namespace
}  // namespace synfer
