#include "synfer/analysis/assumptions.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "synfer/analysis/analysis.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

Configuration plain() {
  Configuration c;
  c.network.hidden = 4;
  c.stimulus.noise_sd = 0.0;
  c.rule.terms = Strings{"x*r", "r"};
  c.history.covariates = Strings{"bias"};
  c.evaluation.predictive_draws = 0;
  c.evaluation.assumptions = true;
  c.data.sessions = 6;
  return c;
}

std::vector<Session> animals(Configuration c, const std::string& rule) {
  c.truth.rule = rule;
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulate_sessions(c, "animal").sessions) {
    sessions.push_back(one.session);
    sessions.back().x.clear();  // names alone: how strong stimuli are is an assumption
    sessions.back().inputs = 0;
  }
  return sessions;
}

Assumptions found_of(const Configuration& c, const std::string& rule) {
  return *fit_sessions(resolved(c, DataOrigin::recorded), animals(c, rule), {}, {}).result.assumptions;
}

std::vector<std::string> names_of(const Configuration& c) {
  std::vector<std::string> names;
  for (const Assumption& one : assumptions_of(resolved(c, DataOrigin::recorded))) names.push_back(one.name);
  return names;
}

const Finding& finding(const AssumedFit& fit, const std::string& of) {
  return *std::ranges::find(fit.findings, of, &Finding::of);
}

TEST(Assumptions, ChangeEverythingThatNobodyMeasured) {
  EXPECT_THAT(names_of(plain()),
              ElementsAre("stimulus.mean=0.375", "stimulus.mean=1.5", "noise averaged, sd=0.1225",
                          "noise averaged, sd=0.245", "network.hidden=0", "network.hidden=2",
                          "network.hidden=8", "network.eta=0.25", "network.eta=1", "reward_term.window=5",
                          "reward_term.window=20", "reward_term.baseline=none", "initial_weights.sd=0.1",
                          "initial_weights.kind=fan_in", "initial_weights.kind=estimated"));
  Configuration c = plain();
  c.stimulus.in_fit = "filtered";
  c.stimulus.noise_sd = 0.1;
  c.reward_term.baseline = "none";
  c.network.initial_weights.kind = "fan_in";
  EXPECT_THAT(names_of(c), IsSupersetOf({"stimulus.noise_sd=0.05", "stimulus.noise_sd=0.2",
                                         "initial_weights.kind=normal"}));
  EXPECT_THAT(names_of(c), Not(Contains(HasSubstr("reward_term.window"))));
}

TEST(Assumptions, HiddenNeuronsComeWithTheSameReadoutInAll) {
  for (const Assumption& one : assumptions_of(resolved(plain(), DataOrigin::recorded))) {
    if (one.name == "network.hidden=8") {
      EXPECT_THAT(readout_weights(one.settings), testing::Each(5.0 / 8));
    }
    if (one.name == "network.hidden=0") {
      EXPECT_THAT(readout_weights(one.settings), IsEmpty());
    }
  }
}

TEST(Assumptions, ARewardRuleHoldsWhateverIsAssumed) {
  const Assumptions found = found_of(plain(), "x*r");
  ASSERT_EQ(found.fits.size(), 16U);
  EXPECT_EQ(found.fits[0].assumption, "as fitted");
  const auto at = std::ranges::find(found.conclusions, "x*r", &Conclusion::of);
  EXPECT_EQ(at->as_fitted, "above 0");
  EXPECT_THAT(at->otherwise, IsEmpty());
  const auto gain = std::ranges::find(found.conclusions, "gain over history_only", &Conclusion::of);
  ASSERT_NE(gain, found.conclusions.end());
  EXPECT_EQ(gain->as_fitted, "above 0");
  // eta and theta enter as their product.
  EXPECT_NEAR(finding(found.fits[8], "x*r").value, 4 * finding(found.fits[9], "x*r").value, 1e-3);
}

// The animals learn by x (R - .3). Held against its own average of about a half, a reward of R says the rest:
// x (r + E[R] - .3), whose second part is positive.
TEST(Assumptions, AConclusionThatOneChangeOverturnsIsNamed) {
  Configuration c = plain();
  c.reward_term.baseline = "none";
  c.rule.terms = Strings{"x*r", "x"};
  c.evaluation.cross_validate = "none";
  const Assumptions found = found_of(c, "x*r - 0.3*x");
  const auto one = std::ranges::find(found.conclusions, "x", &Conclusion::of);
  EXPECT_EQ(one->as_fitted, "below 0");
  EXPECT_THAT(one->otherwise, Contains("reward_term.baseline=moving_average"));
  EXPECT_THAT(table_of(found), HasSubstr("depend on them: "));
}

TEST(Assumptions, AFitThatDoesNotConvergeConcludesNothing) {
  Configuration c = plain();
  c.evaluation.cross_validate = "none";
  c.fit.max_iterations = 1;
  const Assumptions found = found_of(c, "x*r");
  for (const AssumedFit& fit : found.fits) EXPECT_EQ(fit.state, "iteration limit");
  for (const Conclusion& one : found.conclusions) EXPECT_THAT(one.otherwise, IsEmpty());
  EXPECT_THAT(table_of(found), HasSubstr("stimulus.mean=1.5: iteration limit, and not counted below"));
}

TEST(Assumptions, SaysTheSameInItsTableAndInItsResult) {
  Configuration c = plain();
  c.evaluation.cross_validate = "none";
  const Assumptions found = found_of(c, "x*r");
  const auto json = nlohmann::json::parse(to_json(found));
  EXPECT_EQ(json["fits"].size(), 16U);
  EXPECT_EQ(json["conclusions"][0]["of"], "x*r");
  EXPECT_EQ(json["conclusions"][0]["holds"], true);
  EXPECT_THAT(table_of(found), HasSubstr("hold under all of these: x*r above 0"));
  EXPECT_THAT(to_csv(found), HasSubstr("\"noise averaged, sd=0.245\",converged,0."));
  std::istringstream lines(table_of(found));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Assumptions, SelectedTermsAreKept) {
  Configuration c = plain();
  c.rule.terms = Strings{"x", "x*r", "w"};
  c.selection.search = "forward";
  c.evaluation.cross_validate = "none";
  const Assumptions found = found_of(c, "x*r");
  for (const AssumedFit& fit : found.fits) {
    EXPECT_EQ(fit.findings.size(), found.fits[0].findings.size()) << fit.assumption;
  }
}

}  // namespace
}  // namespace synfer
