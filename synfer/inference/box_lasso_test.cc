#include "synfer/inference/box_lasso.h"

#include <gtest/gtest.h>

#include <Eigen/QR>
#include <algorithm>
#include <limits>

#include "synfer/inference/toy_likelihoods_for_test.h"

namespace synfer {
namespace {

using Eigen::Index;
using for_test::random_matrix;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// P coordinates that a design of `rank` rows sees, and hardly anything else does.
BoxLasso random_problem(const std::string& name, Index P, Index rank, double l1, double half_width) {
  const Matrix design = random_matrix("design " + name, rank, P);
  BoxLasso problem{.H = design.transpose() * design,
                   .s = random_matrix("slope " + name, P, 1),
                   .from = Vector::Zero(P),
                   .l1 = Vector::Constant(P, l1),
                   .low = Vector::Constant(P, -half_width),
                   .high = Vector::Constant(P, 0.7 * half_width)};
  problem.H.diagonal() *= 1 + 1e-9;
  problem.l1[0] = 0.0;  // one coordinate without a penalty
  return problem;
}

// By how much the point fails the conditions of Karush, Kuhn and Tucker: 0 must be a subgradient.
double violation(const BoxLasso& problem, const Vector& u) {
  const Vector slope = problem.s + problem.H * (u - problem.from);
  double worst = 0.0;
  for (Index p = 0; p < u.size(); ++p) {
    double least = slope[p] + (u[p] > 0 ? problem.l1[p] : -problem.l1[p]);  // the subgradients at u
    double most = slope[p] + (u[p] < 0 ? -problem.l1[p] : problem.l1[p]);
    if (u[p] == problem.low[p]) least = -kInfinite;
    if (u[p] == problem.high[p]) most = kInfinite;
    worst = std::max({worst, least, -most});
  }
  return worst;
}

TEST(BoxLasso, WithoutPenaltyAndBoxItIsTheNewtonStep) {
  BoxLasso problem = random_problem("newton", 12, 30, 0.0, kInfinite);
  problem.from = random_matrix("from", 12, 1);
  const Vector newton = problem.from - problem.H.colPivHouseholderQr().solve(problem.s);
  EXPECT_LT((minimise(problem) - newton).norm(), 1e-12);
}

TEST(BoxLasso, MeetsKarushKuhnTuckerWhereManyDirectionsAreUnseen) {
  for (int n = 0; n < 200; ++n) {
    const BoxLasso problem = random_problem(std::to_string(n), 40, 5 + n % 50, 0.3, n % 2 ? 0.2 : 20.0);
    const Vector u = minimise(problem);
    EXPECT_LT(violation(problem, u), 1e-10) << "problem " << n;
    EXPECT_TRUE((u.array() >= problem.low.array()).all() && (u.array() <= problem.high.array()).all());
    EXPECT_GT((u.array() == 0.0).count(), 0) << "problem " << n;
  }
}

TEST(BoxLasso, TwoCoordinatesThatAreOneShareWhatOneAloneWouldHave) {
  // (v - 3)^2 / 2 + |v| is least at v = 2, whatever the shares of v = u0 + u1.
  BoxLasso problem{.H = Matrix::Ones(2, 2),
                   .s = Vector::Constant(2, -3.0),
                   .from = Vector::Zero(2),
                   .l1 = Vector::Ones(2),
                   .low = Vector::Constant(2, -10.0),
                   .high = Vector::Constant(2, 10.0)};
  problem.H.diagonal() *= 1 + 1e-9;
  EXPECT_NEAR(minimise(problem).sum(), 2.0, 1e-8);
}

TEST(BoxLasso, ACoordinateWithoutRoomStaysEvenWithoutCurvature) {
  BoxLasso problem = random_problem("stays", 3, 5, 0.1, 10.0);
  problem.H.row(1).setZero();
  problem.H.col(1).setZero();
  problem.from[1] = problem.low[1] = problem.high[1] = 0.25;
  const Vector u = minimise(problem);
  EXPECT_EQ(u[1], 0.25);
  EXPECT_NE(u[0], 0.0);
}

}  // namespace
}  // namespace synfer
