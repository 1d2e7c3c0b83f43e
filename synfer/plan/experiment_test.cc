#include "synfer/plan/experiment.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/parameter_settings.h"

namespace synfer {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The error that `call` throws; its key is `key`.
template <typename Call>
ConfigurationError error_of(Call&& call, const std::string& key) {
  try {
    call();
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.key, key) << error.what();
    return error;
  }
  ADD_FAILURE() << "expected a ConfigurationError of " << key;
  return {"", ""};
}

Configuration with_terms(Strings terms, bool published_order = false) {
  Configuration c;
  c.rule.terms = std::move(terms);
  c.rule.published_order = published_order;
  return c;
}

TEST(FittedRule, HasEveryTermUpToTheDegreeUnlessTermsAreNamed) {
  EXPECT_EQ(fitted_rule({}).parameters(), 81u);
  EXPECT_THAT(fitted_rule(with_terms({"x*r", "X0Y1W1R0"})).parameter_names(), ElementsAre("x*r", "y*w"));
}

TEST(FittedRule, TermsMayBeWrittenAsASumAndAreEachNamedOnce) {
  EXPECT_THAT(fitted_rule(with_terms({"1 + x*r + w"})).parameter_names(), ElementsAre("1", "x*r", "w"));
  for (const char* text : {"x*r - 0.05*w", "w + w", "2"}) {
    EXPECT_THROW(fitted_rule(with_terms({text})), ConfigurationError) << text;
  }
}

TEST(FittedRule, LabelsInPublishedOrderMeanWhatThePublishedCodeComputes) {
  const Configuration c = with_terms({"X1Y0W0R0", "X0Y2W1R0", "Y1", "w*r"}, true);
  EXPECT_THAT(fitted_rule(c).parameter_names(), ElementsAre("r", "y*w^2", "w", "w*r"));
}

TEST(FrozenParameters, AreNamedAsTheTermsAre) {
  Configuration c = with_terms({"x*r", "w", "x"});
  c.rule.frozen = {"r*x", "x"};
  EXPECT_THAT(frozen_parameters(c, fitted_rule(c)), ElementsAre(1, 0, 1));
}

TEST(FrozenParameters, LabelsFollowThePublishedOrderOfTheRule) {
  Configuration c = with_terms({"X1Y0W0R0", "X0Y0W0R1"}, true);  // r and x
  c.rule.frozen = {"X1Y0W0R0"};
  EXPECT_THAT(frozen_parameters(c, fitted_rule(c)), ElementsAre(1, 0));
}

TEST(FrozenParameters, AnUnknownOneIsRefusedWithTheNearest) {
  Configuration c = with_terms({"x*r", "x*y^2*w"});
  c.rule.frozen = {"x*y*w"};
  EXPECT_EQ(error_of([&] { frozen_parameters(c, fitted_rule(c)); }, "rule.frozen").nearest, "x*y^2*w");
}

TEST(FrozenParameters, WhatCannotBeReadIsLaidToTheirOwnKey) {
  Configuration c = with_terms({"x*r", "w"});
  c.rule.frozen = {"foo"};
  error_of([&] { frozen_parameters(c, fitted_rule(c)); }, "rule.frozen");
  c.rule.frozen = {};
  c.fit.start = "foo";
  error_of([&] { starts_of(c, fitted_rule(c)); }, "fit.start");
}

TEST(Starts, RandomOnesHaveTheirSdAndDifferFromOneAnother) {
  Configuration c;
  c.fit.starts = 40;
  c.fit.start_sd = 0.3;
  const auto starts = starts_of(c, fitted_rule(c));
  ASSERT_EQ(starts.size(), 40u);
  EXPECT_NE(starts[0], starts[1]);
  double squares = 0.0;
  for (const auto& start : starts) {
    for (const double v : start) squares += v * v;
  }
  // Four standard errors of the sd of 40 * 81 draws.
  EXPECT_NEAR(std::sqrt(squares / (40 * 81)), 0.3, 4 * 0.3 / std::sqrt(2.0 * 40 * 81));
}

TEST(Starts, AFrozenParameterIsZeroInARandomStart) {
  Configuration c = with_terms({"x*r", "w"});
  c.rule.frozen = {"w"};
  const auto start = starts_of(c, fitted_rule(c)).front();
  EXPECT_NE(start[0], 0.0);
  EXPECT_EQ(start[1], 0.0);
}

TEST(Starts, ZerosAreZeroAndFurtherOnesScatterAroundThem) {
  Configuration c;
  c.fit.start = "zeros";
  c.fit.starts = 2;
  const auto starts = starts_of(c, fitted_rule(c));
  EXPECT_THAT(starts[0], Each(0.0));
  EXPECT_NE(starts[1], starts[0]);
}

TEST(Starts, AnExpressionGivesTheCoefficientsOfItsTerms) {
  Configuration c = with_terms({"w", "1", "x*r"});
  c.fit.start = "x*r - 0.05*w";
  EXPECT_THAT(starts_of(c, fitted_rule(c)), ElementsAre(ElementsAre(-0.05, 0.0, 1.0)));
  c.fit.start = "x*r + y";
  EXPECT_THAT(error_of([&] { starts_of(c, fitted_rule(c)); }, "fit.start").what(), HasSubstr("no term y"));
}

TEST(Starts, AnExpressionMeansNothingToAnMlp) {
  Configuration c;
  c.rule.kind = "mlp";
  c.fit.start = "x*r";
  error_of([&] { starts_of(c, fitted_rule(c)); }, "fit.start");
}

TEST(BoundsOf, AreReadAsTheyAreDocumentedAndDividedByEta) {
  Configuration c = with_terms({"x*r", "w"});
  c.network.eta = 0.5;
  for (const char* text : {"w in [-2, 0]", "w in [-2,0]", "w in [ -2 , 0 ]"}) {
    c.rule.bounds = {text};
    const std::vector<Bounds> bounds = bounds_of(c, fitted_rule(c), DataOrigin::recorded, 0.75);
    EXPECT_EQ(bounds[1].low, -4.0) << text;
    EXPECT_EQ(bounds[1].high, 0.0) << text;
    EXPECT_EQ(bounds[0].low, -std::numeric_limits<double>::infinity());
  }
  c.rule.bounds = {"w in [0, -2]"};
  error_of([&] { bounds_of(c, fitted_rule(c), DataOrigin::recorded, 0.75); }, "rule.bounds");
  c.rule.bounds = {"y in [-2, 0]"};
  error_of([&] { bounds_of(c, fitted_rule(c), DataOrigin::recorded, 0.75); }, "rule.bounds");
}

TEST(BoundsOf, OfRecordedDataKeepDecayStableAndLetChosenWeightsDecayLess) {
  const double x = 0.75;
  const double infinite = std::numeric_limits<double>::infinity();
  struct Case {
    std::vector<std::string> terms;
    double low, high;  // of x*w, in units of eta theta
  };
  for (const Case& each : {Case{{"x*w", "x*r"}, -2.0 / x, 0.0}, Case{{"x*w", "w"}, -2.0 / x, 2.0 / x}}) {
    Configuration c = with_terms(each.terms);
    c.network.eta = 0.5;
    c.stimulus.noise_sd = 0.0;
    const std::vector<Bounds> bounds = bounds_of(c, fitted_rule(c), DataOrigin::recorded, 0.75);
    EXPECT_DOUBLE_EQ(bounds[0].low, each.low / 0.5);
    EXPECT_DOUBLE_EQ(bounds[0].high, each.high / 0.5);
    EXPECT_DOUBLE_EQ(bounds[1].high, each.terms[1] == "w" ? 0.0 : infinite);
  }
}

TEST(BoundsOf, ARuleOfChosenTermsMayLackOneThatIsBounded) {
  Configuration c;
  c.rule.bounds = {"w in [-2, 0]"};
  const std::vector<Bounds> bounds =
      bounds_of(c, TaylorRule({parse_term("x*r")}), DataOrigin::simulated, 0.75);
  ASSERT_EQ(bounds.size(), 1u);
  EXPECT_EQ(bounds[0].high, std::numeric_limits<double>::infinity());
}

class GivenWeights : public testing::Test {
 protected:
  GivenWeights() {
    c_.network.inputs = 2;
    c_.network.hidden = 3;
    c_.network.initial_weights.kind = "given";
    c_.network.initial_weights.file = path_;
  }
  ~GivenWeights() override { std::filesystem::remove(path_); }

  [[nodiscard]] Matrix read(const std::string& text) const {
    std::ofstream(path_) << text;
    return assumed_initial_weights(c_, DataOrigin::recorded, "fly", "1");
  }
  std::string message(const std::string& text) {
    return error_of([&] { static_cast<void>(read(text)); }, "network.initial_weights.file").what();
  }

  std::string path_ = testing::TempDir() + "weights_" + std::to_string(getpid()) + ".csv";
  Configuration c_;
};

TEST_F(GivenWeights, AreReadRowByRow) {
  EXPECT_EQ(read("1,2,3\n4,5,6e-1\n"), (Matrix{{1, 2, 3}, {4, 5, 0.6}}));
}

TEST_F(GivenWeights, AreReadFromASpreadsheetsFile) {
  EXPECT_EQ(read("\xef\xbb\xbf"
                 "1,2,3\r\n4,5,6\r\n"),
            (Matrix{{1, 2, 3}, {4, 5, 6}}));
}

TEST_F(GivenWeights, ErrorsNameRowAndColumn) {
  EXPECT_THAT(message("1,2,3\n4,five,6\n"), AllOf(HasSubstr("row 2, column 2"), HasSubstr("found 'five'")));
  EXPECT_THAT(message("1,2,3\n4,nan,6\n"), HasSubstr("row 2, column 2: the value is missing"));
  EXPECT_THAT(message("1,2,3\n4,,6\n"), HasSubstr("row 2, column 2: the value is missing"));
  EXPECT_THAT(message("1,2,3\n4,5\n"), HasSubstr("row 2, column 3: found 2 cells, expected 3"));
  EXPECT_THAT(message("1,2,3,4\n1,2,3,4\n"), HasSubstr("2 rows of 4 numbers, expected 2 rows (inputs) of 3"));
  EXPECT_THAT(message("1,2,3\n"), HasSubstr("found 1 rows of 3"));
}

TEST_F(GivenWeights, AMissingFileIsNamed) {
  EXPECT_THAT(error_of([&] { assumed_initial_weights(c_, DataOrigin::recorded, "fly", "1"); },
                       "network.initial_weights.file")
                  .what(),
              HasSubstr(path_));
}

TEST(AssumedInitialWeights, BelongToTheirSession) {
  const Configuration c;
  const Matrix one = assumed_initial_weights(c, DataOrigin::recorded, "fly", "1");
  EXPECT_EQ(one.rows(), 2);
  EXPECT_EQ(one.cols(), 10);
  EXPECT_EQ(one, assumed_initial_weights(c, DataOrigin::recorded, "fly", "1"));
  EXPECT_NE(one, assumed_initial_weights(c, DataOrigin::recorded, "fly", "2"));
}

TEST(TrueRule, OfAnMlpIsDrawnFromTheSeed) {
  Configuration c;
  c.truth.kind = "mlp";
  const std::vector<double> theta = true_rule(c).theta;
  EXPECT_EQ(true_rule(c).theta, theta);
  c.seed = 2;
  EXPECT_NE(true_rule(c).theta, theta);
}

}  // namespace
}  // namespace synfer
