#include "synfer/analysis/verdict.h"

#include <gmock/gmock.h>

#include "synfer/analysis/analysis.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

using ::testing::HasSubstr;

Configuration plain(const Strings& terms) {
  Configuration c;
  c.network.hidden = 0;
  c.stimulus.noise_sd = 0.0;
  c.rule.terms = terms;
  c.history.covariates = Strings{};
  c.data.sessions = 4;
  return c;
}

std::vector<Session> animals(const Configuration& c, const std::string& rule) {
  Configuration world = c;
  world.truth.rule = rule;
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulate_sessions(world, "animal").sessions)
    sessions.push_back(one.session);
  return sessions;
}

Objective objective_for(const Configuration& c, const std::vector<Session>& sessions) {
  return objective_of(c, DataOrigin::recorded, unseen(c, sessions));
}

// Without a hidden layer one change moves the log odds of the same offer by eta x (x r) times as many inputs
// as the stimulus drives: with N = 2 inputs and one driven .5 * .75 * .75 for r = 1.
TEST(Verdict, SizesOfTermsAreLogOddsThatAChangeMoves) {
  const Configuration c = plain({"x", "x*w"});
  const std::vector<double> sizes = log_odds_by_term(objective_for(c, animals(c, "x*r")));
  ASSERT_EQ(sizes.size(), 2U);
  EXPECT_NEAR(sizes[0], 0.5 * c.stimulus.mean * c.stimulus.mean, 1e-12);
  EXPECT_NEAR(sizes[1], 0.5 * c.stimulus.mean, 1e-12);  // a share of the weight, whatever it is
}

TEST(Verdict, SizesDoNotDependOnTheUnitOfRewardsOrInputs) {
  Configuration c = plain({"x*r", "x*w*r", "w"});
  std::vector<Session> sessions = animals(c, "x*r");
  for (Session& session : sessions) session.x.clear(), session.inputs = 0;
  const std::vector<double> sizes = log_odds_by_term(objective_for(c, sessions));
  c.stimulus.mean *= 40;
  for (Session& session : sessions) {
    for (double& reward : session.reward) reward *= 1e3;
  }
  const std::vector<double> scaled = log_odds_by_term(objective_for(c, sessions));
  // A coefficient of x*r is smaller by 40^2 1e3 in these units, one of x*w*r by 40 1e3; w has no unit.
  EXPECT_NEAR(scaled[0], 40.0 * 40.0 * 1e3 * sizes[0], 1e-9 * scaled[0]);
  EXPECT_NEAR(scaled[1], 40.0 * 1e3 * sizes[1], 1e-9 * scaled[1]);
  EXPECT_NEAR(scaled[2], sizes[2], 1e-12);
}

TEST(Verdict, ConvergedIsNotUsable) {
  const Configuration c = plain({"x*r"});
  const RunResult sound = fit_sessions(resolved(c, DataOrigin::recorded), animals(c, "x*r"), {}, {}).result;
  EXPECT_EQ(verdict_line(sound), "usable: yes");
  Configuration held = c;
  held.fit.start = "-5*x*r";
  held.rule.frozen = {"x*r"};
  const RunResult wrong =
      fit_sessions(resolved(held, DataOrigin::recorded), animals(c, "x*r"), {}, {}).result;
  EXPECT_EQ(wrong.state, "converged");
  EXPECT_THAT(verdict_line(wrong),
              HasSubstr("usable: no, because it predicts choices worse than a coin flip"));
  EXPECT_THAT(verdict_line(wrong), HasSubstr("a coin flip has 0.693"));
}

TEST(Verdict, WhatAFitSaysOfItsEstimatesHoldsForItsEvaluation) {
  RunResult fit;
  fit.state = "iteration limit";
  fit.rule_kind = "taylor";
  judge_state(fit);
  EXPECT_EQ(verdict_line(from_json(to_json(fit))), "usable: no, because the fit had not come to its end");
}

}  // namespace
}  // namespace synfer
