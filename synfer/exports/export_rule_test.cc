#include "synfer/exports/export_rule.h"

#include <gmock/gmock.h>

#include <cmath>

#include "synfer/base/error.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ExportedRule taylor(const std::string& text) {
  auto [rule, theta] = taylor_rule(parse_expression(text));
  return {.rule = rule, .theta = theta, .eta = 0.5};
}

ExportedRule mlp() {
  const MlpRule rule({.inputs = {"x", "r"},
                      .hidden = {2},
                      .hidden_activation = {Activation::Kind::kSquareplus},
                      .output_activation = {Activation::Kind::kLinear},
                      .input_scale = {2.0, 1.0}});
  // hidden1.weight[x,0], [x,1], [r,0], [r,1], biases; output.weight[0], [1], bias
  return {.rule = rule, .theta = {0.25, -1.0, 0.0, 3.0, 0.5, 0.0, -2.0, 1.0, 0.125}, .eta = 0.5};
}

TEST(ExportRule, EveryLanguageSaysWhatItIsWhenceItsNumbersAreAndWhomToCite) {
  for (const std::string& language : export_languages()) {
    for (ExportedRule rule : {taylor("x*r - 0.05*w"), mlp()}) {
      rule.source = "runs/flies";
      rule.reward = "reward minus the mean of the last 10 rewards";
      EXPECT_THAT(export_rule(rule, language), AllOf(HasSubstr("runs/flies"), HasSubstr("last 10 rewards"),
                                                     HasSubstr("NeurIPS 2024"), HasSubstr("0.5")))
          << language;
    }
  }
}

TEST(ExportRule, PowersAreProductsAndSignsStandBetweenTerms) {
  EXPECT_THAT(export_rule(taylor("-1*x*r^2 + w - 0.05*x^2*y"), "python"),
              HasSubstr("return -x*r*r + w - 0.05*x*x*y\n"));
  EXPECT_THAT(export_rule(taylor("0"), "c++"), HasSubstr("return 0.0;"));
}

TEST(ExportRule, ANetworksUnitsAreLinesWithTheScaleOfInputsInTheirWeights) {
  EXPECT_THAT(export_rule(mlp(), "c++"), AllOf(HasSubstr("const double a1_1 = 0.5*x + 0.5;"),
                                               HasSubstr("const double a1_2 = -2.0*x + 3.0*r;"),
                                               HasSubstr("h1_2 = 0.5*(a1_2 + std::sqrt(a1_2*a1_2 + 4.0));"),
                                               HasSubstr("return -2.0*h1_1 + h1_2 + 0.125;")));
}

TEST(ExportRule, AFormulaForAPaperHasStandardErrorsWhereThereAreSome) {
  ExportedRule rule = taylor("1.0799*x*r - 0.0546*w");
  EXPECT_THAT(export_rule(rule, "latex"), HasSubstr("\\left( 1.08\\, x_i r - 0.0546\\, w_{ij} \\right)"));
  rule.standard_errors = {0.1105, NAN};
  EXPECT_THAT(export_rule(rule, "latex"), AllOf(HasSubstr("(1.08 \\pm 0.11)\\, x_i r - 0.0546\\, w_{ij}")));
}

TEST(ExportRule, AnotherLanguageIsRefusedWithTheKnownOnes) {
  try {
    export_rule(taylor("x"), "matlab");
    ADD_FAILURE() << "nothing was thrown";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("matlab"), HasSubstr("brian2, c++, latex, nestml, python")));
  }
}

}  // namespace
}  // namespace synfer
