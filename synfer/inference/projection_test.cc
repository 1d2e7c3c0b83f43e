#include "synfer/inference/projection.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The change has the sign of the reward term, whatever its size: no short polynomial.
struct SignOfReward {
  [[nodiscard]] std::vector<std::string> parameter_names() const { return {"rate"}; }
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const {
    return at.r > 0.0 ? theta[0] : -theta[0];
  }
  Slopes slopes(const Synapse& at, std::span<const double> /*theta*/, std::span<double> theta_slopes) const {
    theta_slopes[0] = at.r > 0.0 ? 1.0 : -1.0;
    return {};
  }
};

const std::vector<Term> kCandidates = dense_terms(std::vector<std::string>{"x", "y", "w", "r"}, 2);

Visits visits(std::size_t count) {
  Visits all;
  const std::vector<double> v = for_test::normals("visits", 4 * count, 1.0);
  for (std::size_t n = 0; n < count; ++n) all.push_back({v[4 * n], v[4 * n + 1], v[4 * n + 2], v[4 * n + 3]});
  return all;
}

TEST(Projection, OfATaylorRuleIsTheRuleItself) {
  const TaylorRule rule({{1, 0, 0, 1}, {0, 0, 1, 0}, {0, 2, 1, 0}});
  const Projection found = projection(rule, std::vector{1.0, -0.4, 0.2}, visits(500), kCandidates);
  EXPECT_NEAR(found.full.r2, 1.0, 1e-12);
  for (std::size_t k = 0; k < kCandidates.size(); ++k) {
    const Term& term = kCandidates[k];
    const double expected = term == Term{1, 0, 0, 1}   ? 1.0
                            : term == Term{0, 0, 1, 0} ? -0.4
                            : term == Term{0, 2, 1, 0} ? 0.2
                                                       : 0.0;
    EXPECT_NEAR(found.full.coefficients[k], expected, 1e-9) << to_string(term);
  }
  EXPECT_FALSE(found.not_a_polynomial);
}

TEST(Projection, TakesFirstTheTermThatExplainsMostAndStopsWhenNothingIsLeft) {
  const TaylorRule rule({{0, 0, 1, 0}, {1, 0, 0, 1}});
  const Projection found = projection(rule, std::vector{0.3, 1.0}, visits(2000), kCandidates);
  EXPECT_THAT(found.short_one.terms, ElementsAre(Term{1, 0, 0, 1}, Term{0, 0, 1, 0}));
  EXPECT_THAT(found.short_one.coefficients, ElementsAre(DoubleNear(1.0, 1e-9), DoubleNear(0.3, 1e-9)));
}

TEST(Projection, OfAStepIsItsBestLineAndTheCallerIsWarned) {
  // The best line through sign(r) for standard normal r has slope E|r| = sqrt(2 / pi), R2 = 2 / pi.
  const std::vector<Term> terms = {{0, 0, 0, 0}, {0, 0, 0, 1}};
  const Projection found = projection(SignOfReward{}, std::vector{1.0}, visits(20'000), terms);
  EXPECT_NEAR(found.full.coefficients[1], std::sqrt(2.0 / M_PI), 0.02);
  EXPECT_NEAR(found.full.r2, 2.0 / M_PI, 0.02);
  EXPECT_TRUE(found.not_a_polynomial);
  EXPECT_TRUE(projection(SignOfReward{}, std::vector{1.0}, visits(2000), kCandidates).not_a_polynomial);
}

TEST(Projection, DescribesTheRuleWhereTheDataWentAndNowhereElse) {
  // x is 0 or 1: x^2 is x there, and one of the two is enough.
  Visits two_levels = visits(200);
  for (std::size_t n = 0; n < two_levels.size(); ++n) two_levels[n].x = n % 2 == 0 ? 0.0 : 1.0;
  const std::vector<Term> terms = {{1, 0, 0, 0}, {2, 0, 0, 0}};
  const Projection found = projection(TaylorRule({{2, 0, 0, 0}}), std::vector{0.7}, two_levels, terms);
  ASSERT_EQ(found.short_one.terms.size(), 1u);
  EXPECT_NEAR(found.short_one.coefficients[0], 0.7, 1e-12);
  EXPECT_NEAR(found.full.coefficients[0] + found.full.coefficients[1], 0.7, 1e-12);
}

TEST(Projection, OfARuleThatNeverVariesWarns) {
  const Projection found = projection(TaylorRule({{1, 0, 0, 1}}), std::vector{0.0}, visits(10), kCandidates);
  EXPECT_THAT(found.short_one.terms, IsEmpty());
  EXPECT_TRUE(std::isnan(found.short_one.r2));
  EXPECT_TRUE(found.not_a_polynomial);
}

TEST(Projection, LooksWhereTheSessionsOfAFitGo) {
  const Objective objective = for_test::objective_over(for_test::random_sessions());
  const std::vector<Term> terms = {{1, 0, 0, 1}, {0, 0, 1, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}, {0, 0, 0, 0}};
  const Projection found = projection(objective, for_test::kTheta, terms);
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(found.full.coefficients[k], for_test::kTheta[k], 1e-9);
  EXPECT_NEAR(found.full.r2, 1.0, 1e-12);
}

// Choices among two one-hot offers: of x*r - .3 w + 29 r - 15 they see the first two.
TEST(Projection, LeavesOutWhatChoicesCannotSee) {
  const std::vector<Term> terms = {{0, 0, 0, 0}, {0, 0, 0, 1}, {1, 0, 0, 1}, {0, 0, 1, 0}};
  const std::vector<double> theta = {-15.0, 29.0, 1.0, -0.3};
  const Objective choices = for_test::bandit_objective(TaylorRule(terms));
  const Projection found = projection(choices, theta, terms);
  EXPECT_THAT(found.full.terms, ElementsAre(Term{1, 0, 0, 1}, Term{0, 0, 1, 0}));
  EXPECT_THAT(found.full.coefficients, ElementsAre(DoubleNear(1.0, 1e-9), DoubleNear(-0.3, 1e-9)));
  EXPECT_NEAR(found.full.r2, 1.0, 1e-9);
}

// By hand: with r = +-1 in equal parts x sign(r) is x r, and x r |r| as well; the constant 100 is not seen.
// What 100 + x r^2 shows to x*r is nothing, though 100 alone would describe 99 % of it.
TEST(Projection, IsJudgedWithoutWhatChoicesCannotSee) {
  const Objective choices = for_test::bandit_objective(TaylorRule({{0, 0, 0, 0}, {1, 0, 0, 2}}));
  const std::vector<Term> terms = {{0, 0, 0, 0}, {1, 0, 0, 1}};
  const Projection found = projection(choices, std::vector{100.0, 1.0}, terms);
  EXPECT_LT(found.full.r2, 0.2);
  EXPECT_TRUE(found.not_a_polynomial);
}

}  // namespace
}  // namespace synfer
