#include "synfer/model/term.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <set>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Throws;
using ::testing::ThrowsMessage;

TEST(Term, IsTheProductOfItsPowers) {
  EXPECT_EQ((Term{1, 2, 0, 1}.at(2.0, 3.0, 5.0, 7.0)), 2.0 * 9.0 * 7.0);
  EXPECT_EQ((Term{0, 0, 4, 3}.at(2.0, 3.0, 5.0, 7.0)), 625.0 * 343.0);
  EXPECT_EQ(Term{}.at(2.0, 3.0, 5.0, 7.0), 1.0);
}

TEST(Term, ZeroToThePowerZeroIsOneAndAVariableThatIsNotThereIsNotTouched) {
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Term{}.at(0.0, 0.0, 0.0, 0.0), 1.0);
  EXPECT_EQ((Term{1, 0, 0, 0}.at(0.0, infinite, infinite, infinite)), 0.0);
  EXPECT_THAT(powers(0.0), ElementsAre(1.0, 0.0, 0.0, 0.0, 0.0));
  EXPECT_THAT(powers(-2.0), ElementsAre(1.0, -2.0, 4.0, -8.0, 16.0));
}

TEST(ParseTerm, ReadsWhatUsersWrite) {
  EXPECT_EQ(parse_term("1"), Term{});
  EXPECT_EQ(parse_term("x*r"), (Term{1, 0, 0, 1}));
  EXPECT_EQ(parse_term(" x * y^2 * w "), (Term{1, 2, 1, 0}));
  EXPECT_EQ(parse_term("r*x"), (Term{1, 0, 0, 1}));
  EXPECT_EQ(parse_term("w*w^3"), (Term{0, 0, 4, 0}));
  EXPECT_EQ(parse_term("1*y^0*x"), (Term{1, 0, 0, 0}));
}

TEST(ParseTerm, ReadsPublishedLabels) {
  EXPECT_EQ(parse_term("X1Y0W0R1"), (Term{1, 0, 0, 1}));
  EXPECT_EQ(parse_term("X0Y2W1R0"), (Term{0, 2, 1, 0}));
  EXPECT_EQ(parse_term("W1"), (Term{0, 0, 1, 0}));
  EXPECT_EQ(parse_term("R2X1"), (Term{1, 0, 0, 2}));
}

TEST(ParseTerm, ReadsBackWhatIsPrinted) {
  const std::vector<std::string> all = {"x", "y", "w", "r"};
  for (const Term& term : dense_terms(all, kHighestPower)) EXPECT_EQ(parse_term(to_string(term)), term);
  EXPECT_EQ(to_string(Term{1, 2, 1, 0}), "x*y^2*w");
  EXPECT_EQ(to_string(Term{}), "1");
}

TEST(ParseTerm, RefusesWhatIsNoTerm) {
  for (const char* text : {"",     " ",  "z",     "2", "x+y", "x*", "*x",   "x**2", "x^",  "x^-1", "x^y",
                           "x^12", "xr", "0.5*x", "X", "X1Y", "XY", "X1X1", "Z1",   "X-1", "x1y1"}) {
    EXPECT_THAT([text] { parse_term(text); },
                Throws<ConfigurationError>(Field(&ConfigurationError::key, "rule.terms")))
        << text;
  }
}

TEST(ParseTerm, RefusesPowersAboveTheHighestHoweverTheyAreWritten) {
  for (const char* text : {"x^5", "y^4*y", "w*w*w*w*w", "R5", "X0Y9"}) {
    EXPECT_THAT([text] { parse_term(text); }, ThrowsMessage<ConfigurationError>(HasSubstr("is above 4")))
        << text;
  }
}

TEST(ParseTerm, SaysWhatWasFoundAndHowToWriteIt) {
  EXPECT_THAT([] { parse_term("x*q"); },
              ThrowsMessage<ConfigurationError>(AllOf(HasSubstr("cannot read the term 'x*q'"),
                                                      HasSubstr("'q' is not one of the variables x, y, w, r"),
                                                      HasSubstr("write terms like 1, x*r or x*y^2*w"))));
}

TEST(PublishedOrder, SwapsPreWithRewardAndPostWithWeight) {
  EXPECT_EQ(in_published_order(Term{1, 2, 3, 4}), (Term{4, 3, 2, 1}));
  EXPECT_EQ(in_published_order(parse_term("X1Y0W0R1")), parse_term("x*r"));
  EXPECT_EQ(in_published_order(parse_term("X0Y1W0R0")), parse_term("w"));
  EXPECT_EQ(in_published_order(parse_term("X2Y1W0R0")), parse_term("w*r^2"));
}

TEST(DenseTerms, OfFourVariablesAndDegreeTwoAre81InTheOrderOfTheirPowers) {
  const std::vector<std::string> all = {"x", "y", "w", "r"};
  const std::vector<Term> terms = dense_terms(all, 2);
  EXPECT_EQ(terms.size(), 81U);
  EXPECT_TRUE(std::is_sorted(terms.begin(), terms.end()));
  EXPECT_EQ(std::set<Term>(terms.begin(), terms.end()).size(), 81U);
  EXPECT_EQ(terms[0], Term{});
  EXPECT_EQ(terms[1], (Term{0, 0, 0, 1}));
  EXPECT_EQ(terms[27], (Term{1, 0, 0, 0}));
  EXPECT_EQ(terms[80], (Term{2, 2, 2, 2}));
}

TEST(DenseTerms, LeaveOtherVariablesOut) {
  const std::vector<std::string> some = {"r", "x"};
  EXPECT_THAT(dense_terms(some, 1),
              ElementsAre(Term{}, Term{0, 0, 0, 1}, Term{1, 0, 0, 0}, Term{1, 0, 0, 1}));
  EXPECT_THAT(dense_terms(some, 0), ElementsAre(Term{}));
  EXPECT_THAT(dense_terms({}, 2), ElementsAre(Term{}));
}

TEST(DenseTerms, RefuseUnknownOrRepeatedVariablesAndDegreesOutOfRange) {
  const auto refuses = [](std::vector<std::string> variables, int degree, const char* key) {
    EXPECT_THAT([&] { dense_terms(variables, degree); },
                Throws<ConfigurationError>(Field(&ConfigurationError::key, key)));
  };
  refuses({"x", "q"}, 2, "rule.variables");
  refuses({"xy"}, 2, "rule.variables");
  refuses({"x", "x"}, 2, "rule.variables");
  refuses({"x", "x"}, 0, "rule.variables");
  refuses({"x"}, -1, "rule.degree");
  refuses({"x"}, kHighestPower + 1, "rule.degree");
}

}  // namespace
}  // namespace synfer
