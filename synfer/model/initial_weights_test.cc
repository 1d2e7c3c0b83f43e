#include "synfer/model/initial_weights.h"

#include <gtest/gtest.h>

#include <cmath>

namespace synfer {
namespace {

// 10,000 weights: the standard error of their mean is sd / 100, of their sd about sd / 141; the
// tolerances are four of these.
void expect_normal(const Matrix& weights, double sd) {
  const double n = static_cast<double>(weights.size());
  const double mean = weights.mean();
  const double found_sd = std::sqrt((weights.array() - mean).square().sum() / (n - 1.0));
  EXPECT_NEAR(mean, 0.0, 4.0 * sd / std::sqrt(n));
  EXPECT_NEAR(found_sd, sd, 4.0 * sd / std::sqrt(2.0 * n));
}

TEST(InitialWeights, AreNormalWithTheirSd) {
  expect_normal(draw_initial_weights({}, 100, 100, RandomStream(1, "w")), 0.01);
  expect_normal(draw_initial_weights({.sd = 0.3}, 50, 200, RandomStream(2, "w")), 0.3);
}

TEST(InitialWeights, ScaledByFanInHaveTheSdOneOverRootInputsWhateverTheOtherSays) {
  const InitialWeights fan_in{InitialWeights::Kind::kFanIn, 0.3};
  expect_normal(draw_initial_weights(fan_in, 25, 400, RandomStream(1, "w")), 0.2);
  expect_normal(draw_initial_weights(fan_in, 400, 25, RandomStream(1, "w")), 0.05);
}

TEST(InitialWeights, AreInputsByNeurons) {
  const Matrix weights = draw_initial_weights({}, 3, 5, RandomStream(1, "w"));
  EXPECT_EQ(weights.rows(), 3);
  EXPECT_EQ(weights.cols(), 5);
}

TEST(InitialWeights, BelongToTheirStream) {
  const auto draw = [](std::uint64_t seed, const char* session) {
    return draw_initial_weights({}, 3, 5, RandomStream(seed, "w", "fly", session));
  };
  EXPECT_EQ(draw(1, "a"), draw(1, "a"));
  EXPECT_NE(draw(1, "a"), draw(2, "a"));
  EXPECT_NE(draw(1, "a"), draw(1, "b"));
}

}  // namespace
}  // namespace synfer
