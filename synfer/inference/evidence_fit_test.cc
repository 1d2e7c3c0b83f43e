#include "synfer/inference/evidence_fit.h"

#include <gmock/gmock.h>

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <cmath>

#include "synfer/inference/fit.h"
#include "synfer/inference/toy_likelihoods_for_test.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;

using Groups = std::vector<std::size_t>;

EvidenceOptions exact(Groups groups) {
  return {.groups = std::move(groups), .max_iterations = 500, .tolerance = 1e-11};
}

// Orthogonal regressors, X'X = length^2 1, so that groups do not meet.
Matrix orthogonal(const char* name, Eigen::Index rows, Eigen::Index columns, double length) {
  const Matrix drawn = for_test::random_matrix(name, rows, columns);
  const Matrix q = Eigen::HouseholderQR<Matrix>(drawn).householderQ() * Matrix::Identity(rows, columns);
  return length * q;
}

Vector data(const Matrix& x, const Vector& theta) {
  return x * theta + for_test::vector_of(for_test::normals("noise", static_cast<std::size_t>(x.rows()), 1.0));
}

TEST(EvidenceFit, OfOrthogonalRegressorsHasTheAnswerOfTheTextbook) {
  // With X'X = s 1 and least squares b the fixed point is alpha = k / (|b|^2 - k / s), gamma = k s / (s +
  // alpha), and the ridge estimate shrinks b by s / (s + alpha).
  const double s = 30.0;
  const Matrix x = orthogonal("x", 60, 5, std::sqrt(s));
  const Vector y = data(x, Vector{{1.0, -2.0, 1.5, 0.3, 0.4}});
  const Vector b = x.transpose() * y / s;
  const EvidenceSummary found = maximise_evidence(for_test::gaussian(x, y), {}, exact({0, 0, 0, 1, 1}),
                                                  {.parameters = std::vector<double>(5, 0.0)});
  EXPECT_EQ(found.state, FitState::kConverged);
  const std::vector<Eigen::Index> sizes = {3, 2};
  for (Eigen::Index g = 0, from = 0; g < 2; from += sizes[static_cast<std::size_t>(g)], ++g) {
    const auto n = static_cast<std::size_t>(g);
    const auto k = static_cast<double>(sizes[n]);
    const double alpha = k / (b.segment(from, sizes[n]).squaredNorm() - k / s);
    ASSERT_GT(alpha, 0.0);
    EXPECT_NEAR(found.at.precisions[n], alpha, 1e-4 * alpha);
    EXPECT_NEAR(found.determined[n], k * s / (s + alpha), 1e-4);
    for (Eigen::Index p = from; p < from + sizes[n]; ++p)
      EXPECT_NEAR(found.at.parameters[static_cast<std::size_t>(p)], b[p] * s / (s + alpha), 1e-5);
  }
}

TEST(EvidenceFit, OfALinearModelReportsTheExactMarginalLikelihood) {
  // y ~ N(0, 1 + X A^-1 X'); the likelihood leaves out (n / 2) log 2 pi.
  const Matrix x = for_test::random_matrix("x", 25, 4);
  const Vector y = data(x, Vector{{1.0, 0.0, -0.5, 0.2}});
  const Vector a{{0.5, 0.5, 3.0, 3.0}};
  Matrix precision = x.transpose() * x;
  precision.diagonal() += a;
  const Vector ridge = precision.llt().solve(x.transpose() * y);
  const std::vector<double> theta(ridge.begin(), ridge.end());
  const Evidence found = laplace_evidence(for_test::gaussian(x, y).curvature(theta, {}), theta,
                                          Groups{0, 0, 1, 1}, std::vector{0.5, 3.0});

  const Matrix covariance = Matrix::Identity(25, 25) + x * a.cwiseInverse().asDiagonal() * x.transpose();
  const Eigen::LLT<Matrix> factor(covariance);
  const double log_det = 2.0 * factor.matrixLLT().diagonal().array().log().sum();
  EXPECT_NEAR(found.log_evidence, -0.5 * (y.dot(factor.solve(y)) + log_det), 1e-9);
}

TEST(EvidenceFit, ShrinksAwayAGroupThatDoesNothingAndLeavesTheOther) {
  const Matrix x = orthogonal("x", 60, 6, 10.0);
  // Exactly no effect of the last three.
  const Vector y = x * Vector{{1.0, -1.0, 2.0, 0.0, 0.0, 0.0}};
  const EvidenceSummary found =
      maximise_evidence(for_test::gaussian(x, y), {}, {.groups = {0, 0, 0, 1, 1, 1}},
                        {.parameters = std::vector<double>(6, 0.5)});
  EXPECT_THAT(found.determined, ElementsAre(Gt(2.9), Lt(0.01)));
  EXPECT_THAT(found.at.precisions, ElementsAre(Lt(1.0), Gt(1e4)));
  EXPECT_NEAR(found.at.parameters[0], 1.0, 0.01);
}

TEST(EvidenceFit, HoldsFrozenParametersAndLeavesThoseWithoutPriorToTheData) {
  const double s = 100.0;
  const Matrix x = orthogonal("x", 60, 3, std::sqrt(s));
  const Vector y = data(x, Vector{{0.3, 5.0, 1.0}});
  const Vector b = x.transpose() * y / s;
  const EvidenceSummary found = maximise_evidence(for_test::gaussian(x, y), {.frozen = {0, 0, 1}},
                                                  exact({0, kNoPrior, 0}), {.parameters = {0.0, 0.0, 0.7}});
  EXPECT_EQ(found.at.parameters[2], 0.7);
  EXPECT_NEAR(found.at.parameters[1], b[1], 1e-6);
  EXPECT_NEAR(found.at.precisions[0], 1.0 / (b[0] * b[0] - 1.0 / s), 1e-3);
}

TEST(EvidenceFit, KeepsPrecisionsAboveTheirBound) {
  const Matrix x = orthogonal("x", 60, 2, 10.0);
  const Vector y = x * Vector{{10.0, 10.0}};
  EvidenceOptions options = exact({0, 1});
  options.least = {4.0, 1e-6};
  const EvidenceSummary found =
      maximise_evidence(for_test::gaussian(x, y), {}, options, {.parameters = {0.0, 0.0}});
  EXPECT_NEAR(found.at.precisions[0], 4.0, 1e-9);
  EXPECT_NEAR(found.at.parameters[0], 10.0 * 100.0 / 104.0, 1e-6);
  EXPECT_LT(found.at.precisions[1], 0.011);
}

TEST(EvidenceFit, InterruptedGoesOnToTheSameEnd) {
  const Matrix x = for_test::random_matrix("x", 40, 3);
  const Eigen::ArrayXd score = x * Vector{{1.0, -1.0, 0.5}};
  const Vector y = (score > 0.2).cast<double>().matrix();
  const auto likelihood = for_test::logistic(x, y);
  const EvidenceProblem problem{.log_interval = 2};
  const EvidenceOptions options{.groups = {0, 0, 1}, .steps = 2};
  const OptimiserState start{.parameters = {0.0, 0.0, 0.0}};
  int asked = 0;
  OptimiserHooks stop;
  stop.interrupted = [&] { return ++asked == 8; };
  const EvidenceSummary half = maximise_evidence(likelihood, problem, options, start, stop);
  ASSERT_EQ(half.state, FitState::kInterrupted);
  ASSERT_GT(half.at.done, 0);
  const EvidenceSummary resumed = maximise_evidence(likelihood, problem, options, half.at);
  const EvidenceSummary straight = maximise_evidence(likelihood, problem, options, start);
  EXPECT_EQ(resumed.at.done, straight.at.done);
  EXPECT_EQ(resumed.at.parameters, straight.at.parameters);
  EXPECT_EQ(resumed.at.precisions, straight.at.precisions);
}

TEST(EvidenceFit, SaysHowManyParametersTheDataDetermine) {
  const Matrix x = orthogonal("x", 60, 2, 100.0);
  const Vector y = x * Vector{{1.0, 1.0}};
  EXPECT_THAT(
      maximise_evidence(for_test::gaussian(x, y), {}, {.groups = {0, 0}}, {.parameters = {0.0, 0.0}}).advice,
      HasSubstr("determine 2.0 parameters of 2"));
}

TEST(EvidenceFit, DivergesWhereTheStartOverflows) {
  auto likelihood = for_test::gaussian(Matrix::Identity(2, 2), Vector::Zero(2));
  likelihood.overflows = [](const Vector&) { return true; };
  EXPECT_EQ(maximise_evidence(likelihood, {}, {.groups = {0, 0}}, {.parameters = {1.0, 1.0}}).state,
            FitState::kDiverged);
}

TEST(EvidenceFit, IsAnOptimiserWhoseStartsAreToldApartByTheEvidence) {
  const Objective objective = for_test::objective_over(for_test::random_sessions());
  const FitProblem problem{objective, {Penalty::Kind::kNone, 0.0}, {}, 1};
  const FitSummary summary = fit(problem, EvidenceOptions{}, {{0.1, 0.0, 0.0, 0.0}, {0.0, 0.1, 0.1, 0.1}});
  EXPECT_EQ(summary.state, FitState::kConverged);
  // Each term of a Taylor rule has a precision of its own.
  ASSERT_EQ(summary.best.precisions.size(), 4u);
  const Evidence evidence =
      laplace_evidence(objective.curvature(summary.best.parameters, {}), summary.best.parameters,
                       Groups{0, 1, 2, 3}, summary.best.precisions);
  EXPECT_NEAR(summary.best.loss, -evidence.log_evidence / static_cast<double>(objective.observations()),
              1e-9);
  EXPECT_EQ(summary.best.loss, *std::ranges::min_element(summary.start_losses));
}

}  // namespace
}  // namespace synfer
