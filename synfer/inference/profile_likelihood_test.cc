#include <gtest/gtest.h>

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/linear_model_for_test.h"
#include "synfer/inference/uncertainty.h"

namespace synfer {
namespace {

using for_test::linear_model;
using for_test::LinearModel;
using for_test::noise;
using enum UncertaintyMethod;

constexpr double kHalfChi = 3.841458820694124 / 2;  // 95 %, one degree of freedom

// The Morse potential, depth (1 - exp(-theta))^2: steep to the left, open to the right.
class Morse : public CurvedLikelihood {
 public:
  explicit Morse(double depth, double wall = -1e300) : depth_(depth), wall_(wall) {}
  [[nodiscard]] std::size_t parameters() const override { return 1; }
  [[nodiscard]] std::size_t sessions() const override { return 1; }
  [[nodiscard]] std::size_t observations() const override { return 1; }
  [[nodiscard]] double nll(std::span<const double> theta, std::span<const double>) const override {
    return theta[0] < wall_ ? INFINITY : depth_ * std::pow(-std::expm1(-theta[0]), 2);
  }
  [[nodiscard]] Curvature curvature(std::span<const double> theta,
                                    std::span<const double> weights) const override {
    return {nll(theta, weights), Vector::Zero(1), Matrix::Constant(1, 1, 2 * depth_), Matrix::Zero(1, 1)};
  }

 private:
  double depth_;
  double wall_;
};

std::vector<double> as_given(std::span<const double> start, std::span<const double>, std::span<const char>) {
  return {start.begin(), start.end()};
}

Interval profile_of(const Morse& morse, const Refit& refit = as_given) {
  return uncertainty({.likelihood = morse, .parameters = {0.0}, .refit = refit}, {.method = kProfile})
      .intervals[0];
}

TEST(ProfileLikelihood, OfAQuadraticIsTheInformationsInterval) {
  Matrix design(30, 3);
  design << Vector::Ones(30), noise("first", 30), noise("second", 30);
  design.col(2) += 2 * design.col(1);
  const LinearModel model = linear_model(design, noise("observed", 30));
  const Uncertainty wald = uncertainty(model.fitted(), {.level = 0.9});
  const Uncertainty profile = uncertainty(model.fitted(), {.method = kProfile, .level = 0.9});
  for (std::size_t p = 0; p < 3; ++p) {
    const double tolerance = 1e-5 * wald.intervals[p].standard_error;
    EXPECT_NEAR(profile.intervals[p].low, wald.intervals[p].low, tolerance);
    EXPECT_NEAR(profile.intervals[p].high, wald.intervals[p].high, tolerance);
  }
  EXPECT_EQ(profile.failed, 0u);
}

TEST(ProfileLikelihood, FollowsAnAsymmetricLikelihood) {
  const double depth = 8.0;
  const Interval interval = profile_of(Morse(depth));
  EXPECT_NEAR(interval.low, -std::log(1 + std::sqrt(kHalfChi / depth)), 1e-6);
  EXPECT_NEAR(interval.high, -std::log(1 - std::sqrt(kHalfChi / depth)), 1e-5);
}

TEST(ProfileLikelihood, IsOpenWhereTheLikelihoodNeverFallsFarEnough) {
  const double depth = 1.5;  // below chi2 / 2
  const Interval interval = profile_of(Morse(depth));
  EXPECT_NEAR(interval.low, -std::log(1 + std::sqrt(kHalfChi / depth)), 1e-6);
  EXPECT_EQ(interval.high, INFINITY);
  EXPECT_EQ(interval.status, IntervalStatus::kEstimated);
}

TEST(ProfileLikelihood, EndsWhereTrajectoriesOverflowAndSaysSo) {
  const Morse walled(8.0, -0.1);
  const Uncertainty u =
      uncertainty({.likelihood = walled, .parameters = {0.0}, .refit = as_given}, {.method = kProfile});
  EXPECT_NEAR(u.intervals[0].low, -0.1, 1e-5);
  EXPECT_GT(u.failed, 0u);
  EXPECT_EQ(in_words(u),
            "95 % intervals from the profile likelihood (" + std::to_string(u.failed) + " refits failed)");

  const Refit throwing = [](std::span<const double> start, std::span<const double> weights,
                            std::span<const char> frozen) {
    if (start[0] < -0.1) throw NonFiniteError("a", "s", 3, "w", "weight");
    return as_given(start, weights, frozen);
  };
  EXPECT_NEAR(profile_of(Morse(8.0), throwing).low, -0.1, 1e-5);
}

TEST(ProfileLikelihood, TakesThePlaceOfAnIntervalThatItIsFarFrom) {
  const auto checked = [](double depth) {
    const Morse morse(depth);
    return uncertainty({.likelihood = morse, .parameters = {0.0}, .refit = as_given}, {.checked = 1});
  };
  const Uncertainty bent = checked(8.0);
  EXPECT_EQ(bent.gave_way, std::vector<std::size_t>{0});
  EXPECT_NEAR(bent.intervals[0].high, profile_of(Morse(8.0)).high, 1e-9);
  EXPECT_NEAR(bent.intervals[0].standard_error, 0.25, 1e-9);
  const Uncertainty straight = checked(1000.0);  // three standard errors are .07, where exp is nearly a line
  EXPECT_TRUE(straight.gave_way.empty());
  EXPECT_NEAR(straight.intervals[0].high, 1.96 / std::sqrt(2000.0), 1e-5);
}

}  // namespace
}  // namespace synfer
