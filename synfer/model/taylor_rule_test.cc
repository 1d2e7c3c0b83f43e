#include "synfer/model/taylor_rule.h"

#include <gmock/gmock.h>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Throws;
using ::testing::ThrowsMessage;

constexpr Synapse kSynapse{.x = 2.0, .y = 3.0, .w = 0.5, .r = -1.0};

double change_at_synapse(const char* rule, bool published_order = false) {
  const auto [taylor, theta] = taylor_rule(parse_expression(rule, published_order));
  return taylor.change(kSynapse, theta);
}

TEST(TaylorRule, IsTheSumOfItsTermsWithTheirNumbers) {
  EXPECT_DOUBLE_EQ(change_at_synapse("x*r - 0.05*w"), 2.0 * -1.0 - 0.05 * 0.5);
  EXPECT_DOUBLE_EQ(change_at_synapse("x*y - y^2*w"), 2.0 * 3.0 - 9.0 * 0.5);
  EXPECT_DOUBLE_EQ(change_at_synapse("4"), 4.0);
}

TEST(TaylorRule, OfAPublishedLabelIsTheOneWrittenOrTheOneThatWasComputed) {
  EXPECT_DOUBLE_EQ(change_at_synapse("X1Y0W0R1"), 2.0 * -1.0);
  EXPECT_DOUBLE_EQ(change_at_synapse("X1Y0W0R1", true), 2.0 * -1.0);
  EXPECT_DOUBLE_EQ(change_at_synapse("1.0X1R1W0-0.05X0R0W1"), 2.0 * -1.0 - 0.05 * 0.5);
  EXPECT_DOUBLE_EQ(change_at_synapse("1.0X1R1W0-0.05X0R0W1", true), 2.0 * -1.0 - 0.05 * 3.0);
}

TEST(TaylorRule, NamesItsParametersByTheirTerms) {
  const TaylorRule rule({{1, 0, 0, 1}, {}, {0, 2, 1, 0}});
  EXPECT_THAT(rule.parameter_names(), ElementsAre("x*r", "1", "y^2*w"));
}

TEST(TaylorRule, SlopesInVariablesThatAreZeroAreZeroOrThePowersOwn) {
  const TaylorRule rule({{1, 0, 0, 0}, {0, 2, 0, 0}, {}});
  std::vector<double> theta_slopes(3);
  const Slopes slopes = rule.slopes({}, std::vector<double>{3.0, 5.0, 7.0}, theta_slopes);
  EXPECT_EQ(slopes.x, 3.0);  // d/dx of 3 x
  EXPECT_EQ(slopes.y, 0.0);  // d/dy of 5 y^2 at 0
  EXPECT_EQ(slopes.w, 0.0);  // no w
  EXPECT_THAT(theta_slopes, ElementsAre(0.0, 0.0, 1.0));
}

TEST(TaylorRule, RefusesNoTermsAndATermTwice) {
  EXPECT_THAT([] { TaylorRule({}); },
              Throws<ConfigurationError>(Field(&ConfigurationError::key, "rule.terms")));
  EXPECT_THAT([] { TaylorRule({{1, 0, 0, 1}, {0, 0, 1, 0}, {1, 0, 0, 1}}); },
              ThrowsMessage<ConfigurationError>(HasSubstr("the term x*r appears twice")));
}

TEST(TaylorRule, OfTheEmptyExpressionChangesNothing) {
  const auto [rule, theta] = taylor_rule({});
  EXPECT_EQ(rule.change(kSynapse, theta), 0.0);
  EXPECT_THAT(to_expression(rule, theta), IsEmpty());
}

TEST(TaylorRule, AsAnExpressionLeavesOutTermsWithCoefficientZero) {
  const TaylorRule rule({{1, 0, 0, 1}, {0, 1, 0, 0}, {0, 0, 1, 0}});
  EXPECT_EQ(to_string(to_expression(rule, std::vector<double>{1.0, 0.0, -0.05})), "x*r - 0.05*w");
}

}  // namespace
}  // namespace synfer
