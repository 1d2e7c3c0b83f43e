#include "synfer/base/quantiles.h"

#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

TEST(Quantiles, AreThoseOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(student_t_quantile(0.975, 11), 2.201, 5e-4);
  EXPECT_NEAR(chi_squared_quantile(0.95, 1), 3.841459, 1e-6);
}

TEST(Quantiles, HaveClosedFormsForTwoDegreesOfFreedom) {
  EXPECT_NEAR(student_t_quantile(0.975, 2), 0.95 * std::sqrt(2 / (1 - 0.95 * 0.95)), 1e-12);
  EXPECT_NEAR(chi_squared_quantile(0.95, 2), -2 * std::log(0.05), 1e-12);
}

}  // namespace
}  // namespace synfer
