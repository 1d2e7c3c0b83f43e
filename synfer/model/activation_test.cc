#include "synfer/model/activation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Throws;
using ::testing::ThrowsMessage;

using Kind = Activation::Kind;

std::vector<Activation> every_kind() {
  return {{Kind::kLinear},    {Kind::kTanh},           {Kind::kSigmoid},  {Kind::kRelu},
          {Kind::kLeakyRelu}, {Kind::kLeakyRelu, 0.3}, {Kind::kSoftplus}, {Kind::kSquareplus}};
}

TEST(Activation, ValuesAreThoseOfTheirFormulas) {
  for (const double a : {-3.0, -0.5, 0.0, 0.25, 2.0}) {
    SCOPED_TRACE(a);
    EXPECT_DOUBLE_EQ(Activation{Kind::kLinear}.value(a), a);
    EXPECT_DOUBLE_EQ(Activation{Kind::kTanh}.value(a), std::tanh(a));
    EXPECT_DOUBLE_EQ(Activation{Kind::kSigmoid}.value(a), 1.0 / (1.0 + std::exp(-a)));
    EXPECT_DOUBLE_EQ(Activation{Kind::kRelu}.value(a), std::max(a, 0.0));
    EXPECT_DOUBLE_EQ((Activation{Kind::kLeakyRelu, 0.3}.value(a)), std::max(a, 0.3 * a));
    EXPECT_NEAR(Activation{Kind::kSoftplus}.value(a), std::log(1.0 + std::exp(a)), 1e-15);
    EXPECT_NEAR(Activation{Kind::kSquareplus}.value(a), 0.5 * (a + std::sqrt(a * a + 4.0)), 1e-15);
  }
}

TEST(Activation, SlopesAreThoseOfTheValues) {
  for (const Activation& f : every_kind()) {
    for (const double a : {-6.0, -1.3, -0.2, 0.3, 0.9, 5.0}) {
      SCOPED_TRACE(to_string(f) + " at " + std::to_string(a));
      const double h = 1e-5;
      EXPECT_NEAR(f.slope(a, f.value(a)), (f.value(a + h) - f.value(a - h)) / (2 * h), 1e-9);
    }
  }
}

TEST(Activation, ThirdSlopesAreThoseOfTheCurvatures) {
  for (const Activation& f : every_kind()) {
    const auto curvature = [&f](double a) { return f.curvature(a, f.value(a)); };
    for (const double a : {-6.0, -1.3, -0.2, 0.3, 0.9, 5.0}) {
      SCOPED_TRACE(to_string(f) + " at " + std::to_string(a));
      const double h = 1e-5;
      EXPECT_NEAR(f.third(a, f.value(a)), (curvature(a + h) - curvature(a - h)) / (2 * h), 1e-9);
    }
  }
}

TEST(Activation, CurvaturesAreThoseOfTheSlopes) {
  for (const Activation& f : every_kind()) {
    const auto slope = [&f](double a) { return f.slope(a, f.value(a)); };
    for (const double a : {-6.0, -1.3, -0.2, 0.3, 0.9, 5.0}) {
      SCOPED_TRACE(to_string(f) + " at " + std::to_string(a));
      const double h = 1e-5;
      EXPECT_NEAR(f.curvature(a, f.value(a)), (slope(a + h) - slope(a - h)) / (2 * h), 1e-9);
    }
  }
}

TEST(Activation, SlopesAtTheKinkOfReluAreZeroAndOfLeakyReluOne) {
  EXPECT_EQ(Activation{Kind::kRelu}.slope(0.0, 0.0), 0.0);
  EXPECT_EQ(Activation{Kind::kLeakyRelu}.slope(0.0, 0.0), 1.0);
}

TEST(Activation, PiecewiseLinearOnesHaveNoCurvatureEvenAtTheKink) {
  for (const Kind kind : {Kind::kLinear, Kind::kRelu, Kind::kLeakyRelu}) {
    for (const double a : {-2.0, 0.0, 2.0}) {
      const Activation f{kind};
      EXPECT_EQ(f.curvature(a, f.value(a)), 0.0) << to_string(f) << " at " << a;
    }
  }
}

TEST(Activation, SaturatesWithoutOverflow) {
  struct Limits {
    Activation f;
    double low, high;              // at -800 and 800
    double low_slope, high_slope;  // there
  };
  const Limits table[] = {{{Kind::kLinear}, -800.0, 800.0, 1.0, 1.0},
                          {{Kind::kTanh}, -1.0, 1.0, 0.0, 0.0},
                          {{Kind::kSigmoid}, 0.0, 1.0, 0.0, 0.0},
                          {{Kind::kRelu}, 0.0, 800.0, 0.0, 1.0},
                          {{Kind::kLeakyRelu}, -8.0, 800.0, 0.01, 1.0},
                          {{Kind::kSoftplus}, 0.0, 800.0, 0.0, 1.0},
                          // (a + sqrt(a^2 + 4)) / 2 is a + 1/a - 1/a^3 far above 0, -1/a far below
                          {{Kind::kSquareplus}, 1.0 / 800.00125, 800.00125, 0.0, 1.0}};
  for (const auto& [f, low, high, low_slope, high_slope] : table) {
    SCOPED_TRACE(to_string(f));
    EXPECT_NEAR(f.value(-800.0), low, 1e-8);
    EXPECT_NEAR(f.value(800.0), high, 1e-8);
    EXPECT_NEAR(f.slope(-800.0, f.value(-800.0)), low_slope, 2e-6);
    EXPECT_NEAR(f.slope(800.0, f.value(800.0)), high_slope, 2e-6);
  }
}

TEST(Activation, KeepsItsPrecisionFarBelowZero) {
  // Far below 0 the formulas as written are the difference of two equal numbers.
  EXPECT_DOUBLE_EQ(Activation{Kind::kSoftplus}.value(-100.0), std::exp(-100.0));
  EXPECT_DOUBLE_EQ(Activation{Kind::kSigmoid}.value(-100.0), std::exp(-100.0));
  EXPECT_DOUBLE_EQ(Activation{Kind::kSquareplus}.value(-1e9), 1e-9);
}

TEST(Activation, IsFiniteUpToTheLargestNumbers) {
  for (const Activation& f : every_kind()) {
    SCOPED_TRACE(to_string(f));
    for (const double a : {-1.7e308, 1.7e308}) {
      EXPECT_TRUE(std::isfinite(f.value(a)));
      EXPECT_TRUE(std::isfinite(f.slope(a, f.value(a))));
      EXPECT_EQ(f.curvature(a, f.value(a)), 0.0);
    }
  }
  EXPECT_DOUBLE_EQ(Activation{Kind::kSquareplus}.value(1.7e308), 1.7e308);
}

TEST(Activation, AMissingDriveGivesAMissingActivity) {
  for (const Activation& f : every_kind()) {
    EXPECT_TRUE(std::isnan(f.value(std::numeric_limits<double>::quiet_NaN()))) << to_string(f);
  }
}

TEST(ParseActivation, ReadsBackWhatIsPrinted) {
  for (const Activation& f : every_kind()) {
    EXPECT_EQ(parse_activation(to_string(f), "network.activation"), f) << to_string(f);
  }
}

TEST(ParseActivation, ReadsTheWordsThatUsersWrite) {
  EXPECT_EQ(parse_activation("tanh", "key"), Activation{Kind::kTanh});
  EXPECT_EQ(parse_activation("leaky_relu", "key"), (Activation{Kind::kLeakyRelu, 0.01}));
  EXPECT_EQ(parse_activation("leaky_relu 0.2", "key"), (Activation{Kind::kLeakyRelu, 0.2}));
}

TEST(ParseActivation, NamesTheKeyTheWordAndTheNearestKnownOne) {
  EXPECT_THAT([] { parse_activation("sigmoidd", "rule.hidden_activation"); },
              Throws<ConfigurationError>(AllOf(Field(&ConfigurationError::key, "rule.hidden_activation"),
                                               Field(&ConfigurationError::nearest, "sigmoid"))));
  EXPECT_THAT([] { parse_activation("sigmoidd", "key"); },
              ThrowsMessage<ConfigurationError>(HasSubstr("found 'sigmoidd', expected one of linear, tanh")));
}

TEST(ParseActivation, RefusesASlopeThatIsNoneOrThatTheFunctionDoesNotHave) {
  for (const char* text :
       {"", "leaky_relu x", "leaky_relu nan", "leaky_relu inf", "leaky_relu 0.1 0.2", "tanh 0.2"}) {
    EXPECT_THROW(parse_activation(text, "key"), ConfigurationError) << text;
  }
}

}  // namespace
}  // namespace synfer
