#include "synfer/results/result_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <sstream>

namespace synfer {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

RunResult sample() {
  RunResult result;
  result.state = "completed";
  result.advice = "all 250 epochs are done";
  result.rule_kind = "taylor";
  result.estimates = {{.name = "w", .value = -0.05, .effect = 0.01},
                      {.name = "x*r", .value = 1.0, .effect = 0.5}};
  return result;
}

TEST(ResultTable, BeginsWithWhetherItIsUsableAndListsTheLargestEstimatesFirst) {
  const std::string text = table_of(sample());
  EXPECT_THAT(text, StartsWith("usable: yes\ncompleted: all 250 epochs are done\n"));
  EXPECT_LT(text.find("x*r"), text.find("-0.0500"));
  EXPECT_THAT(text, Not(HasSubstr("true rule")));
}

TEST(ResultTable, RivalsStandAboveTheEstimatesAndAllElseBelow) {
  RunResult result = sample();
  add_note(result, "no_rival");
  add_note(result, "terms_alike", {{"terms", "x, r"}});
  add_note(result, "rival_better", {{"what", "a rival"}, {"rivals", "q_learning by 0.03 +- 0.004"}});
  add_note(result, "at_bound", {{"term", "w"}, {"estimate", "-2"}});
  const std::string text = table_of(result);
  EXPECT_THAT(text, StartsWith("usable: no, because w rests at a bound"));
  EXPECT_LT(text.find("q_learning"), text.find("completed:"));
  EXPECT_LT(text.find("x*r  "), text.find("hardly tell x, r"));
  EXPECT_LT(text.find("hardly tell x, r"), text.find("no rival"));
}

TEST(ResultTable, ColumnsOfLargeNumbersDoNotRunTogether) {
  RunResult result = sample();
  result.intervals.method = "information";
  result.estimates[0] = {"w", -1.2345e-300, 1e-300, -1.2345e-300, 9.8765e+300};
  result.held_out.emplace();
  result.held_out->sample = "held out in time";
  result.held_out->prediction = "open loop";
  result.held_out->percent_deviance["a null of a long name that nobody has"] = {-1e15, {-1e15, -2e15, 1e15}};
  const std::string text = table_of(result);
  EXPECT_THAT(text, ContainsRegex(" -1000000000000000.00  -2000000000000000.00  1000000000000000.00\n"));
}

TEST(ResultTable, SaysHowManyChoicesWereFittedAndHowManyHeldOut) {
  RunResult result = sample();
  result.observations = result.fitted_choices = 3260;
  result.held_out_choices = 1099;
  EXPECT_THAT(table_of(result), HasSubstr("\n3260 choices fitted, 1099 held out, 0.0 s\n"));
}

TEST(ResultTable, FitsATerminalOf80Columns) {
  RunResult result = sample();
  result.truth = "x*r";
  for (int n = 0; n < 40; ++n) {
    result.advice += " and more";
    result.truth += " - 0.05*w";
  }
  std::istringstream text(table_of(result));
  std::string words;
  for (std::string line; std::getline(text, line); words += line + " ") EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(words, HasSubstr(result.advice));
  EXPECT_THAT(words, HasSubstr(result.truth));
}

// Coefficients are as large as their unit makes them; what a term does to choices is not.
TEST(ResultTable, ListsTermsByWhatTheyDoToChoicesAndSaysHowLittleTheRestDoes) {
  RunResult result = sample();
  result.estimates.clear();
  for (int n = 1; n <= 15; ++n)
    result.estimates.push_back({.name = fmt::format("p{}", n), .value = -0.01 * n, .effect = 1.0 / n});
  const std::string text = table_of(result);
  EXPECT_LT(text.find("p1 "), text.find("p2 "));
  EXPECT_THAT(text, HasSubstr("p12 "));
  EXPECT_THAT(text, Not(HasSubstr("p13 ")));
  EXPECT_THAT(text, HasSubstr("3 more, none of which moves log odds by more than 0.0769 a change"));
}

TEST(ResultTable, OfEffectsThatAreNotKnownIsInTheOrderOfTheRule) {
  RunResult result = sample();
  result.estimates.clear();
  for (int n = 1; n <= 15; ++n) result.estimates.push_back({fmt::format("p{}", n), -0.01 * n});
  const std::string text = table_of(result);
  EXPECT_LT(text.find("p1 "), text.find("p2 "));
  EXPECT_THAT(text, HasSubstr("\n3 more\n"));
}

TEST(ResultTable, LeavesOutOfTheEquationWhatHasNoEffectOnTheData) {
  RunResult result = sample();
  result.estimates.push_back({.name = "r", .value = 0.0, .status = "no effect"});
  result.intervals.method = "information";
  const std::string text = table_of(result);
  EXPECT_THAT(text, HasSubstr("dw/eta = 1.0000*x*r - 0.0500*w\n"));
  EXPECT_THAT(text, HasSubstr("no effect"));
}

TEST(ResultTable, SaysWhatATermWasToldApartFromByNoiseAlone) {
  RunResult result = sample();
  TermSearch::Set set;
  set.terms = {parse_term("x^2*r")};
  result.search.emplace();
  result.search->near = {set};
  result.aliases.classes = {{parse_term("x*r"), {{parse_term("x^2*r"), 0.75}}}};
  EXPECT_THAT(table_of(result), HasSubstr("x^2*r rather than x*r: 0.75 x*r at the mean stimulus"));
  result.search->near.front().terms = {parse_term("x*r")};
  EXPECT_THAT(table_of(result), Not(HasSubstr("rather than")));
}

TEST(ResultTable, WhereNoTermIsChosenSaysSoAndListsNone) {
  RunResult result = sample();
  result.estimates = {{.name = "1", .status = "frozen"}};
  result.search.emplace();
  result.search->near = {{}};
  const std::string text = table_of(result);
  EXPECT_THAT(text, HasSubstr("chosen: weights that stay as they are"));
  EXPECT_THAT(text, Not(HasSubstr("frozen")));
}

TEST(ResultTable, SessionsWithoutAScoreStandInNoRange) {
  const std::vector<std::vector<double>> orders = {{NAN, 3.0, 8.0}, {8.0, NAN, 3.0}, {3.0, 8.0, NAN}};
  for (const std::vector<double>& sessions : orders) {
    RunResult result = sample();
    result.held_out = Scores{};
    result.held_out->percent_deviance["coin_flip"] = {5.5, sessions};
    EXPECT_THAT(table_of(result), ContainsRegex("null coin_flip +5\\.50 +3\\.00 +8\\.00\n"));
  }
}

TEST(ResultTable, ShowsADashWhereNoSessionHasAScore) {
  RunResult result = sample();
  result.simulated.emplace();
  result.simulated->r2_weights = SessionScores{NAN, {NAN, NAN}};
  EXPECT_THAT(table_of(result), ContainsRegex("R2 of weights +- +- +-\n"));
  EXPECT_THAT(table_of(result), Not(HasSubstr("R2 of activity")));
}

TEST(ResultTable, WarnsOfTrialsThatReachedTheLimit) {
  RunResult result = sample();
  EXPECT_THAT(table_of(result), Not(HasSubstr("task.max_offers")));
  result.trials_at_limit = 3;
  EXPECT_THAT(table_of(result), HasSubstr("3 trials ended at task.max_offers"));
}

}  // namespace
}  // namespace synfer
