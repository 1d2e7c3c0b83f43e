#include "synfer/model/data_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

EncodedSession session_of(std::vector<double> x, std::vector<double> r) {
  EncodedSession session;
  session.inputs = 1;
  session.x = std::move(x);
  session.r = std::move(r);
  return session;
}

TEST(DataScale, IsOneOfTheUsualInputsAndOfRewardsOfOneAndNothing) {
  EXPECT_EQ(data_scale(std::vector{session_of({0.75, 0.0, 0.75, 0.75}, {0.0, 1.0, -0.1, 0.9})}),
            (DataScale{1.0, 1.0}));
  EXPECT_EQ(data_scale({}), (DataScale{1.0, 1.0}));
  EXPECT_EQ(data_scale(std::vector{session_of({0.0, 0.0}, {0.0, 0.0})}), (DataScale{1.0, 1.0}));
}

TEST(DataScale, GoesWithTheUnit) {
  const DataScale scale = data_scale(std::vector{session_of({3.0, 4.0, 0.0}, {0.2, -8.0})});
  EXPECT_DOUBLE_EQ(scale.input, std::sqrt(12.5) / 0.75);
  EXPECT_DOUBLE_EQ(scale.reward, 8.0);
}

TEST(DataScale, OfRewardsIsNotSetByOneOddSessionOrByOneWithoutRewards) {
  EXPECT_EQ(data_scale(std::vector{session_of({1.0}, {2.0}), session_of({1.0}, {9999.0}),
                                   session_of({1.0}, {0.0}), session_of({1.0}, {2.5})})
                .reward,
            2.5);
}

// The change of a weight in the scale of the data is that in the unit times the scale of the inputs.
void expect_same_change(const Rule& rule, std::vector<double> theta) {
  const DataScale scale{40.0, 0.01};
  const Synapse at{.x = 3.0, .y = 0.4, .w = 0.02, .r = 0.007};
  const Synapse scaled{.x = at.x / 40.0, .y = at.y, .w = at.w * 40.0, .r = at.r / 0.01};
  const double change = rule.change(at, theta);
  const std::vector<double> factors = parameter_scales(rule, scale);
  for (std::size_t p = 0; p < theta.size(); ++p) theta[p] *= factors[p];
  EXPECT_NEAR(in_scale(rule, scale).change(scaled, theta), 40.0 * change, 1e-10 * std::abs(40.0 * change));
}

TEST(DataScale, LeavesWhatATaylorRuleDoes) {
  expect_same_change(TaylorRule({parse_term("x*r"), parse_term("x^2*y*w"), parse_term("w^2*r"), Term{}}),
                     {0.3, -2.0, 5.0, 0.1});
}

TEST(DataScale, LeavesWhatAnMlpDoes) {
  const MlpRule rule({.inputs = {"x", "y", "w", "r"},
                      .hidden = {1},
                      .hidden_activation = {Activation::Kind::kSquareplus},
                      .output_activation = {Activation::Kind::kLinear},
                      .input_scale = {0.3, 1.0, 40.0, 100.0}});
  expect_same_change(rule, {0.3, -0.2, 0.5, 0.1, -0.4, 0.7, 0.2});
}

}  // namespace
}  // namespace synfer
