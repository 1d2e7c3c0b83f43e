#include "synfer/model/averaged_rule.h"

#include <gtest/gtest.h>

#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr Synapse kAt{.x = 0.7, .y = 0.4, .w = -0.3, .r = 0.5};

TEST(AveragedRule, HasTheMomentsOfTheNoise) {
  // E[(x + eps)^2] = x^2 + sd^2, E[(x + eps)^3] = x^3 + 3 x sd^2.
  const std::vector<double> one = {1.0};
  EXPECT_DOUBLE_EQ(AveragedRule(TaylorRule({{1, 0, 0, 1}}), 0.2).change(kAt, one), 0.7 * 0.5);
  EXPECT_DOUBLE_EQ(AveragedRule(TaylorRule({{2, 0, 0, 0}}), 0.2).change(kAt, one), 0.49 + 0.04);
  EXPECT_DOUBLE_EQ(AveragedRule(TaylorRule({{3, 0, 0, 0}}), 0.2).change(kAt, one), 0.343 + 3.0 * 0.7 * 0.04);
}

TEST(AveragedRule, SlopesAreThoseOfTheAverage) {
  // g = c x^3 w: E g = c (x^3 + 3 x sd^2) w.
  const Rule rule = AveragedRule(TaylorRule({{3, 0, 1, 0}}), 0.2);
  ASSERT_TRUE(rule.curved());
  const std::vector<double> c = {2.0};
  std::vector<double> g(1), x(1), y(1), w(1), theta(1);
  const SecondSlopes found = rule.second_slopes(kAt, c, {g, x, y, w});
  const double moment = 0.343 + 3.0 * 0.7 * 0.04;
  const double slope = 3.0 * 0.49 + 3.0 * 0.04;
  EXPECT_NEAR(found.x, 2.0 * slope * -0.3, 1e-14);
  EXPECT_NEAR(found.w, 2.0 * moment, 1e-14);
  EXPECT_NEAR(found.xx, 2.0 * 6.0 * 0.7 * -0.3, 1e-14);
  EXPECT_NEAR(found.xw, 2.0 * slope, 1e-14);
  EXPECT_EQ(found.y, 0.0);
  EXPECT_NEAR(g[0], moment * -0.3, 1e-14);
  EXPECT_NEAR(x[0], slope * -0.3, 1e-14);
  EXPECT_NEAR(w[0], moment, 1e-14);
  const Slopes first = rule.slopes(kAt, c, theta);
  EXPECT_EQ(first.x, found.x);
  EXPECT_EQ(first.w, found.w);
  EXPECT_EQ(theta, g);
}

TEST(AveragedRule, WithoutNoiseIsTheRuleItself) {
  const MlpRule rule({});
  std::vector<double> theta(rule.parameter_names().size());
  for (std::size_t p = 0; p < theta.size(); ++p) theta[p] = 0.1 * static_cast<double>(p % 7) - 0.3;
  EXPECT_EQ(AveragedRule(rule, 0.0).change(kAt, theta), rule.change(kAt, theta));
  EXPECT_EQ(AveragedRule(rule, 0.0).parameter_names(), rule.parameter_names());
}

}  // namespace
}  // namespace synfer
