#include "synfer/analysis/certainty.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "synfer/analysis/scoring.h"
#include "synfer/base/error.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<EncodedSession> sessions_of(const std::vector<std::string>& animals) {
  std::vector<EncodedSession> sessions(animals.size());
  for (std::size_t s = 0; s < animals.size(); ++s) sessions[s].animal = animals[s];
  return sessions;
}

// The key and words with which a method is refused; empty where it is not.
std::string refusal(const std::string& method, DataOrigin origin, const std::vector<std::string>& animals,
                    Configuration c = {}) {
  c.uncertainty.method = method;
  try {
    check_uncertainty(c, origin, sessions_of(animals));
  } catch (const ConfigurationError& error) {
    return error.key + ": " + error.what();
  }
  return "";
}

TEST(CheckUncertainty, MethodsThatTheDataCannotServeAreRefusedWithAnother) {
  for (const char* method : {"clustered", "session_bootstrap"}) {
    EXPECT_THAT(refusal(method, DataOrigin::recorded, {"a", "a"}), HasSubstr("use information or profile"));
    EXPECT_THAT(refusal(method, DataOrigin::recorded, {"a", "a"}), HasSubstr("uncertainty.method: "));
    EXPECT_EQ(refusal(method, DataOrigin::recorded, {"a", "b"}), "");
  }
  EXPECT_THAT(refusal("parametric_bootstrap", DataOrigin::recorded, {"a", "b"}), HasSubstr("is for recover"));
  EXPECT_EQ(refusal("parametric_bootstrap", DataOrigin::simulated, {"a"}), "");
  EXPECT_EQ(refusal("information", DataOrigin::recorded, {"a"}), "");
  Configuration walking;
  walking.belief.walk_sd = 0.1;
  EXPECT_THAT(refusal("parametric_bootstrap", DataOrigin::simulated, {"a"}, walking),
              HasSubstr("random walk"));
  Configuration without;  // intervals, whatever the method
  without.fit.method = "adam";
  EXPECT_EQ(refusal("clustered", DataOrigin::recorded, {"a"}, without), "");
}

// A recovery up to its warnings, of sessions simulated under the settings `world`.
RunResult stated_in(const Configuration& world, const Configuration& c, int sessions,
                    const std::function<bool()>& interrupted) {
  const TrueRule truth = true_rule(world);
  ReplayData data = as_in_fit(c, simulate(simulation_options(world), {network_of(world), truth.rule},
                                          truth.theta, sessions, "session"));
  const Objective objective({fitted_network(c, DataOrigin::simulated), fitted_rule(c)},
                            std::move(data.sessions), std::move(data.initial),
                            objective_options(c, DataOrigin::simulated));
  const Estimation estimation = estimate(c, DataOrigin::simulated, objective, {}, {});
  RunResult result;
  result.rule_kind = "taylor";
  const std::vector<std::string> names = estimation.objective.parameter_names();
  for (std::size_t p = 0; p < names.size(); ++p) {
    const double value = estimation.fit.best.parameters[p];
    if (p < estimation.objective.rule_parameters()) {
      result.estimates.push_back({.name = names[p], .value = value});
    } else if (names[p].starts_with("log ")) {
      result.others.push_back({.name = names[p].substr(4), .value = std::exp(value)});
    }
  }
  if (!state_certainty(c, DataOrigin::simulated, estimation, interrupted, result))
    result.state = "interrupted";
  return result;
}

RunResult stated(
    const Configuration& c, int sessions, const std::function<bool()>& interrupted = [] { return false; }) {
  return stated_in(c, c, sessions, interrupted);
}

Configuration of_terms(Strings terms) {
  Configuration c;
  c.rule.terms = std::move(terms);
  return c;
}

TEST(Certainty, DriftThatIsNotThereIsSaidNotToBeAndHasNoInterval) {
  Configuration c = of_terms({"x*r"});
  c.belief.walk_sd = 0.1;
  c.belief.estimate_walk_sd = true;
  const RunResult result = stated(c, 4);
  ASSERT_EQ(result.others.size(), 1u);
  EXPECT_LT(result.others[0].value, 0.02);
  EXPECT_EQ(result.others[0].status, kNoneFound);
  EXPECT_TRUE(std::isnan(result.others[0].high));
  EXPECT_THAT(warnings_of(result), Contains(HasSubstr("no drift found")));
  EXPECT_GT(result.estimates[0].standard_error, 0.0);
}

TEST(Certainty, StimuliTakenForKnownAreSaidToBiasAndOthersAreNot) {
  for (const char* in_fit : {"mean", "resampled", "filtered", "averaged", "true"}) {
    Configuration c = of_terms({"x*r"});
    c.stimulus.in_fit = in_fit;
    const bool biased = c.stimulus.in_fit == "mean" || c.stimulus.in_fit == "resampled";
    const auto says = Contains(HasSubstr("coefficients are biased"));
    const std::vector<std::string> warnings = warnings_of(stated(c, 2));
    EXPECT_EQ(::testing::Value(warnings, says), biased) << in_fit;
  }
}

// Between two one-hot odours 1 and r move both logits alike, so that the fit is that without them.
TEST(Certainty, TermsThatChoicesCannotSeeAreHeldAndNamed) {
  Configuration c = of_terms({"1", "r", "x*r", "w"});
  c.task.kind = "choice";
  c.network.hidden = 0;
  c.stimulus.in_fit = "mean";
  c.stimulus.noise_sd = 0.0;
  const RunResult with = stated(c, 4);
  c.rule.terms = {"x*r", "w"};
  const RunResult without = stated(c, 4);
  for (std::size_t n = 0; n < 2; ++n) {
    EXPECT_EQ(with.estimates[n].value, 0.0);
    EXPECT_EQ(with.estimates[n].status, "unidentified");
    EXPECT_TRUE(std::isnan(with.estimates[n].standard_error));
    const Estimate& same = without.estimates[n];
    EXPECT_NEAR(with.estimates[n + 2].value, same.value, 1e-3 * same.standard_error);
    EXPECT_NEAR(with.estimates[n + 2].standard_error, same.standard_error, 1e-3 * same.standard_error);
  }
  EXPECT_THAT(warnings_of(with), Contains(HasSubstr("1, r: choices among offers cannot show")));
  EXPECT_THAT(warnings_of(without), Not(Contains(HasSubstr("common to all offers"))));
  c.rule.terms = {"1", "r", "x*r", "x*w"};  // beside x*w they are seen
  EXPECT_THAT(warnings_of(stated(c, 4)), Not(Contains(HasSubstr("common to all offers"))));
}

TEST(Certainty, TermsThatOnlyTheNoiseShowsAreNamed) {
  Configuration c = of_terms({"r", "x*r"});
  c.task.kind = "choice";
  c.network.hidden = 0;
  c.stimulus.in_fit = "filtered";
  EXPECT_THAT(warnings_of(stated(c, 4)),
              Contains(HasSubstr("r: choices among offers show them by the stimulus noise alone")));
}

TEST(Certainty, AWeightedLossIsSaidToBeNoLikelihood) {
  Configuration c = of_terms({"x*r"});
  c.fit.observe = "both";
  c.recording.noise_sd = 0.1;
  const auto says = Contains(HasSubstr("makes the loss no likelihood"));
  EXPECT_THAT(warnings_of(stated(c, 2)), Not(says));
  c.fit.recording_weight = 0.3;
  EXPECT_THAT(warnings_of(stated(c, 2)), says);
  c.uncertainty.method = "clustered";
  EXPECT_THAT(warnings_of(stated(c, 2)), Not(says));
}

TEST(Certainty, WhatDataCannotTellIsSaidWhateverTheMethod) {
  for (const char* method : {"fisher", "lbfgs", "adam"}) {
    Configuration c = of_terms({"x*r", "x^2*r"});  // one function, where x takes two levels
    c.fit.method = method;
    c.fit.epochs = 5;
    c.fit.penalty.kind = c.fit.method == "fisher" ? "l2" : "none";
    c.stimulus.in_fit = "mean";
    const RunResult result = stated(c, 2);
    EXPECT_THAT(warnings_of(result), Contains(HasSubstr("hardly tell x*r, x^2*r apart"))) << method;
    c.stimulus.in_fit = "filtered";
    EXPECT_TRUE(stated(c, 2).belief_check) << method;
  }
}

TEST(Certainty, ATermWithoutEffectIsNotWhereItsStartLeftIt) {
  Configuration never_rewarded = of_terms({"x"});
  never_rewarded.truth.rule = "x";
  never_rewarded.task.reward_probabilities = {{0.0, 0.0}};
  Configuration c = of_terms({"x", "x*r"});
  c.task = never_rewarded.task;
  const RunResult result = stated_in(never_rewarded, c, 3, [] { return false; });
  EXPECT_EQ(result.estimates[1].status, "no effect");
  EXPECT_EQ(result.estimates[1].value, 0.0);
  EXPECT_NE(result.estimates[0].value, 0.0);
}

TEST(Certainty, PriorsGiveNoIntervalsAndSayWhy) {
  Configuration c = of_terms({"x*r", "x"});
  c.fit.method = "evidence";
  const RunResult result = stated(c, 2);
  EXPECT_TRUE(std::isnan(result.estimates[0].low));
  EXPECT_THAT(result.intervals.note, HasSubstr("priors draw estimates to 0"));
}

TEST(Certainty, OneAnimalIsSaidToShowNoStability) {
  const Configuration c;
  EXPECT_THAT(warnings_of(stated(c, 1)), Contains(HasSubstr("one animal does not show")));
  EXPECT_THAT(warnings_of(stated(c, 2)), Not(Contains(HasSubstr("one animal does not show"))));
}

TEST(Certainty, AParametricBootstrapSimulatesWithTheSpreadThatWasEstimated) {
  Configuration world = of_terms({"x*r"});
  world.network.initial_weights.sd = 0.6;
  Configuration c = of_terms({"x*r"});
  c.network.initial_weights.sd = 0.1;  // only a guess
  c.belief.estimate_initial_sd = true;
  c.uncertainty.method = "parametric_bootstrap";
  c.uncertainty.draws = 10;
  c.data.sessions = 8;
  const RunResult result = stated_in(world, c, 8, [] { return false; });
  ASSERT_EQ(result.others.size(), 1u);
  const Estimate& spread = result.others[0];
  EXPECT_GT(spread.value, 0.1);
  EXPECT_LT(spread.low, spread.value);
  EXPECT_GT(spread.high, spread.value);
}

TEST(Certainty, ABootstrapThatIsInterruptedGivesNoIntervals) {
  Configuration c = of_terms({"x*r"});
  c.uncertainty.method = "session_bootstrap";
  int asked = 0;
  const RunResult result = stated(c, 3, [&] { return ++asked > 2; });
  EXPECT_EQ(result.state, "interrupted");
  EXPECT_EQ(result.intervals.method, "none");
  EXPECT_TRUE(std::isnan(result.estimates[0].low));
}

TEST(RecoveryScores, ASessionInWhichTheFittedRuleOverflowsCountsAsMinusInfinity) {
  const Configuration c = of_terms({"x*r"});
  const TrueRule truth = true_rule(c);
  const auto fresh = simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, 3, "session");
  RunResult result;
  result.rule_kind = "taylor";
  result.estimates = {{.name = "w^4", .value = 1e9}, {.name = "1", .value = 1e3}};
  const Scores scores = recovery_scores(c, truth, result, fresh);
  ASSERT_TRUE(scores.r2_weights.has_value());
  EXPECT_THAT(scores.r2_weights.value_or(SessionScores{}).sessions, Contains(-kInfinite));
}

}  // namespace
}  // namespace synfer
