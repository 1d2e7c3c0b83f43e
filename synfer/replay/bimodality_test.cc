// The coefficient tells two humps from one.
#include "synfer/replay/bimodality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace synfer {
namespace {

constexpr std::size_t kPoints = 2001;

// The coefficient of a density on [-10, 10], its points weighted by it.
template <typename Density>
double coefficient_of(Density&& density, double smallest_sd = 0.0) {
  std::vector<double> at;
  std::vector<double> weights;
  double sum = 0.0;
  for (std::size_t n = 0; n < kPoints; ++n) {
    at.push_back(-10.0 + 20.0 * static_cast<double>(n) / (kPoints - 1));
    weights.push_back(density(at.back()));
    sum += weights.back();
  }
  for (double& weight : weights) weight /= sum;
  return bimodality_coefficient(at, weights, smallest_sd);
}

double bump(double x, double mean, double sd) { return std::exp(-0.5 * std::pow((x - mean) / sd, 2)); }

TEST(Bimodality, OfAGaussianIsAThird) {
  EXPECT_NEAR(coefficient_of([](double x) { return bump(x, 0.7, 1.1); }), 1.0 / 3.0, 1e-9);
}

TEST(Bimodality, OfAUniformDistributionIsTheThreshold) {
  EXPECT_NEAR(coefficient_of([](double) { return 1.0; }), kTwoHumped, 1e-5);
}

TEST(Bimodality, OfTwoEqualHumpsIsThatOfTheirMoments) {
  // Humps of sd s at -d and d: kurtosis (d^4 + 6 d^2 s^2 + 3 s^4) / (d^2 + s^2)^2.
  const double found = coefficient_of([](double x) { return bump(x, -1.0, 0.3) + bump(x, 1.0, 0.3); });
  EXPECT_NEAR(found, 1.1881 / 1.5643, 1e-9);
  EXPECT_GT(found, kTwoHumped);
}

TEST(Bimodality, OfTwoPointsIsOneHoweverUnequal) {
  const std::vector<double> values = {-1.0, 4.0};
  for (const double share : {0.5, 0.1, 0.01}) {
    EXPECT_NEAR(bimodality_coefficient(values, std::vector{share, 1.0 - share}, 0.0), 1.0, 1e-12);
  }
}

TEST(Bimodality, IsZeroWhereNothingVaries) {
  EXPECT_EQ(bimodality_coefficient(std::vector{0.1, 0.1}, std::vector{0.3, 0.7}, 1e-9), 0.0);
  const auto narrow = [](double x) { return bump(x, -0.02, 0.004) + bump(x, 0.02, 0.004); };
  EXPECT_GT(coefficient_of(narrow, 0.01), kTwoHumped);
  EXPECT_EQ(coefficient_of(narrow, 0.05), 0.0);
}

}  // namespace
}  // namespace synfer
