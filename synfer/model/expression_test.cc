#include "synfer/model/expression.h"

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

WeightedTerm times(double coefficient, Term term) { return {term, coefficient}; }

TEST(Expression, IsASumOfTermsWithNumbersInTheOrderWritten) {
  EXPECT_THAT(parse_expression("x*r - 0.05*w"),
              ElementsAre(times(1.0, {1, 0, 0, 1}), times(-0.05, {0, 0, 1, 0})));
  EXPECT_THAT(parse_expression("-w+2"), ElementsAre(times(-1.0, {0, 0, 1, 0}), times(2.0, {})));
  EXPECT_THAT(parse_expression("+ 1.5e-3*x*y"), ElementsAre(times(1.5e-3, {1, 1, 0, 0})));
  EXPECT_THAT(parse_expression("1e+2*x-1E-2*y"),
              ElementsAre(times(100.0, {1, 0, 0, 0}), times(-0.01, {0, 1, 0, 0})));
  EXPECT_THAT(parse_expression("0"), IsEmpty());
}

TEST(Expression, EqualTermsAddUp) {
  EXPECT_THAT(parse_expression("x*r + 2*w + 0.5*r*x"),
              ElementsAre(times(1.5, {1, 0, 0, 1}), times(2.0, {0, 0, 1, 0})));
}

TEST(Expression, ReadsPublishedLabelsAsTheyAreWritten) {
  EXPECT_THAT(parse_expression("X1Y0W0R1"), ElementsAre(times(1.0, {1, 0, 0, 1})));
  EXPECT_THAT(parse_expression("1.0X1R1W0-0.05X0R0W1"),
              ElementsAre(times(1.0, {1, 0, 0, 1}), times(-0.05, {0, 0, 1, 0})));
}

TEST(Expression, ReadsPublishedLabelsAsThePublishedCodeComputesThem) {
  EXPECT_THAT(parse_expression("X1Y0W0R1", true), ElementsAre(times(1.0, {1, 0, 0, 1})));
  EXPECT_THAT(parse_expression("1.0X1R1W0-0.05X0R0W1", true),
              ElementsAre(times(1.0, {1, 0, 0, 1}), times(-0.05, {0, 1, 0, 0})));
}

TEST(Expression, ThePublishedOrderIsThatOfLabelsAlone) {
  EXPECT_THAT(parse_expression("x*y - 0.5*w + 2X0Y0W1R0", true),
              ElementsAre(times(1.0, {1, 1, 0, 0}), times(-0.5, {0, 0, 1, 0}), times(2.0, {0, 1, 0, 0})));
}

TEST(Expression, InPublishedOrderTheLaterOfTwoEqualTermsStays) {
  EXPECT_THAT(parse_expression("2X1+3X1", true), ElementsAre(times(3.0, {0, 0, 0, 1})));
  EXPECT_THAT(parse_expression("2X1+3X1", false), ElementsAre(times(5.0, {1, 0, 0, 0})));
}

TEST(Expression, PrintsNumbersWithAsManyDigitsAsTheyNeed) {
  EXPECT_EQ(to_string(Expression{times(0.1, {1, 0, 0, 0}), times(1.0 / 3.0, {})}),
            "0.1*x + 0.3333333333333333");
  EXPECT_EQ(to_string(Expression{times(-1.0, {1, 0, 0, 0}), times(-1.0, {})}), "-x - 1");
  EXPECT_EQ(to_string(Expression{}), "0");
}

TEST(Expression, ReadsBackTheSameBits) {
  const Expression written = {times(1.0 / 3.0, {1, 0, 0, 1}), times(-1e-300, {0, 2, 1, 0}),
                              times(6.02e23, {}), times(0.0, {0, 0, 0, 4})};
  EXPECT_EQ(parse_expression(to_string(written)), written);
}

TEST(Expression, RefusesWhatItCannotReadAndNamesTheKeyOfTheTrueRule) {
  for (const char* text : {"", "  ", "+", "x*r -", "x - - w", "x + + w", "0.05w", "2*3*x", "1.2.3*x", ".*x",
                           "1e999*x", "x*q", "x/y", "x^5", "(x)", "2*", "0.5X1X1", "NaN", "inf*x"}) {
    EXPECT_THAT([text] { parse_expression(text); },
                Throws<ConfigurationError>(Field(&ConfigurationError::key, "truth.rule")))
        << text;
  }
}

TEST(Expression, SaysWhatIsWrong) {
  const auto complains = [](const char* text, const char* about) {
    EXPECT_THAT([text] { parse_expression(text); }, ThrowsMessage<ConfigurationError>(HasSubstr(about)));
  };
  complains("x*r - 0.05w", "a * is missing before 'w'");
  complains("x*r -", "a term is missing");
  complains("1.2.3*x", "'1.2.3' is not a number");
  complains("x*r + y^5", "the power of y is above 4");
}

}  // namespace
}  // namespace synfer
