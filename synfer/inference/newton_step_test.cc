#include "synfer/inference/newton_step.h"

#include <gtest/gtest.h>

namespace synfer {
namespace {

// g = (2, 6), I = diag(4, 9) from (1, 1): d = (-1/2, -2/3), which gains 2^2 / 8 + 6^2 / 18.
const Matrix kInformation = Eigen::Vector2d(4.0, 9.0).asDiagonal();
const Vector kSlopes = Eigen::Vector2d(2.0, 6.0);
const std::vector<double> kFrom = {1.0, 1.0};

TEST(NewtonStep, GainsHalfTheSquaredSlopeOverItsInformation) {
  EXPECT_NEAR(NewtonStep(kInformation, kFrom, {}).gain(kSlopes), 0.5 + 2.0, 1e-8);
}

TEST(NewtonStep, StopsAtABound) {
  // the second by 1/3 alone: 6 / 3 - 9 / 18
  const std::vector<Bounds> bounds = {{}, {2.0 / 3.0, 5.0}};
  EXPECT_NEAR(NewtonStep(kInformation, kFrom, bounds).gain(kSlopes), 0.5 + 1.5, 1e-8);
}

TEST(NewtonStep, OfNoParameterGainsNothing) {
  EXPECT_EQ(NewtonStep(Matrix(0, 0), {}, {}).gain(Vector(0)), 0.0);
}

}  // namespace
}  // namespace synfer
