#include "synfer/analysis/predictive_check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "synfer/analysis/analysis.h"
#include "synfer/base/error.h"
#include "synfer/results/predictive_table.h"

namespace synfer {
namespace {

using testing::HasSubstr;

// Two synapses without noise: the animal is of the kind that the fit supposes.
Configuration plain() {
  Configuration c;
  c.network.hidden = 0;
  c.stimulus.noise_sd = 0.0;
  c.rule.terms = Strings{"x*r"};
  c.history.covariates = Strings{};
  c.evaluation.cross_validate = "none";
  c.evaluation.predictive_draws = 100;
  return c;
}

std::vector<Session> animals(Configuration c, const std::string& rule, int count = 6) {
  c.truth.rule = rule;
  c.data.sessions = count;
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulate_sessions(c, "animal").sessions) {
    sessions.push_back(one.session);
    sessions.back().x.clear();
    sessions.back().inputs = 0;
  }
  return sessions;
}

PredictiveCheck check_of(const Configuration& c, const std::vector<Session>& sessions) {
  return *fit_sessions(resolved(c, DataOrigin::recorded), sessions, {}, {}).result.predictive_check;
}

const PredictedStatistic& statistic(const PredictiveCheck& check, const std::string& name) {
  return *std::ranges::find(check.statistics, name, &PredictedStatistic::name);
}

double share_inside(const PredictiveCheck& check) {
  double inside = 0.0;
  double all = 0.0;
  for (const PredictedStatistic& s : check.statistics) {
    inside += static_cast<double>(s.inside());
    all += static_cast<double>(s.sessions.size());
  }
  return inside / all;
}

TEST(PredictiveCheck, TheRightModelHoldsItsAnimalsWithinTheBands) {
  const PredictiveCheck check = check_of(plain(), animals(plain(), "x*r"));
  EXPECT_EQ(check.overflown, 0U);
  EXPECT_EQ(statistic(check, "accept rate").sessions.size(), 6U);
  EXPECT_GT(share_inside(check), 0.9);
  EXPECT_TRUE(statistic(check, "accept rate").all.inside());
  EXPECT_TRUE(statistic(check, "matching: slope").all.inside());
}

// A code of rewards is a unit: from an expectation of -1 on, rewards of -1 and 1 are those of 0 and 1 twice
// over, and x*r has half the coefficient.
TEST(PredictiveCheck, IsTheSameInAnyCodeOfTwoRewards) {
  Configuration c = plain();
  std::vector<Session> sessions = animals(c, "x*r");
  const PredictiveCheck zero_one = check_of(c, sessions);
  for (Session& session : sessions) {
    for (double& reward : session.reward) reward = 2.0 * reward - 1.0;
  }
  c.reward_term.start = -1.0;
  const PredictiveCheck coded = check_of(c, sessions);
  ASSERT_EQ(coded.statistics.size(), zero_one.statistics.size());
  for (std::size_t n = 0; n < coded.statistics.size(); ++n) {
    const Band& found = coded.statistics[n].all;
    const Band& known = zero_one.statistics[n].all;
    EXPECT_EQ(found.observed, known.observed) << coded.statistics[n].name;
    EXPECT_NEAR(found.mean, known.mean, 0.01) << coded.statistics[n].name;
    EXPECT_NEAR(found.low, known.low, 0.03) << coded.statistics[n].name;
  }
}

// Baits that stay make what was left alone likely to pay; a schedule without them does not.
TEST(PredictiveCheck, PaysByTheScheduleUnderWhichTheRecordedPaymentsAreLikelier) {
  for (const char* kind : {"accept_reject", "choice"}) {
    for (const bool stays : {true, false}) {
      SCOPED_TRACE(std::string(kind) + (stays ? ", baits stay" : ", drawn anew"));
      Configuration c = plain();
      c.task.kind = kind;
      c.task.baiting = stays;
      const std::vector<Session> sessions = animals(c, "x*r");
      c.task.baiting.reset();
      const PredictiveCheck check = check_of(c, sessions);
      EXPECT_EQ(check.baiting.stays, stays);
      EXPECT_FALSE(check.baiting.given);
      EXPECT_GT(stays ? check.baiting.nats : -check.baiting.nats, 5.0);
      EXPECT_GT(share_inside(check), 0.9);
      EXPECT_THAT(in_words(check.baiting),
                  HasSubstr(stays ? "baits stay until they are collected: the recorded "
                                    "payments are likelier so, by "
                                  : "drawn anew at each trial: the recorded payments "
                                    "are likelier so, by "));
      EXPECT_EQ(nlohmann::json::parse(to_json(check))["baiting"]["stays"], stays);

      c.task.baiting = !stays;
      const PredictiveCheck as_given = check_of(c, sessions);
      EXPECT_EQ(as_given.baiting.stays, !stays);
      EXPECT_TRUE(as_given.baiting.given);
      EXPECT_EQ(as_given.baiting.nats, check.baiting.nats);
      EXPECT_THAT(in_words(as_given.baiting), HasSubstr("as task.baiting says: the recorded payments are "
                                                        "likelier otherwise, by "));
    }
  }
}

// Animals that learn, fitted by a rule that cannot tell the odours apart.
TEST(PredictiveCheck, ARuleThatCannotLearnTheTaskIsCaught) {
  Configuration c = plain();
  const std::vector<Session> sessions = animals(c, "x*r", 12);
  c.rule.terms = Strings{"1"};
  const PredictiveCheck check = check_of(c, sessions);
  EXPECT_FALSE(statistic(check, "matching: slope").all.inside());
  EXPECT_GT(statistic(check, "matching: slope").all.observed, statistic(check, "matching: slope").all.high);
  EXPECT_LT(share_inside(check), 0.9);
}

TEST(PredictiveCheck, SimulatesTheHistoryAndBiasesOfTheFit) {
  Configuration c = plain();
  c.history.covariates = Strings{"bias", "rejections"};
  c.history.session_bias = true;
  std::vector<Session> sessions = animals(c, "x*r");
  const RunResult fitted = fit_sessions(resolved(c, DataOrigin::recorded), sessions, {}, {}).result;
  RunResult biased = fitted;
  for (Estimate& e : biased.history) e.value += e.name == "history.bias" ? 1.0 : 0.0;
  const auto none = [] { return false; };
  const PredictiveCheck as_fitted = predictive_check(c, fitted, sessions, 50, none);
  const PredictiveCheck other = predictive_check(c, biased, sessions, 50, none);
  EXPECT_GT(statistic(other, "accept rate").all.mean, statistic(as_fitted, "accept rate").all.mean + 0.1);

  biased = fitted;
  biased.session_biases[2] += 2.0;
  const PredictiveCheck third = predictive_check(c, biased, sessions, 50, none);
  const auto rate = [](const PredictiveCheck& check, std::size_t s) {
    return statistic(check, "accept rate").sessions[s].band.mean;
  };
  EXPECT_GT(rate(third, 2), rate(as_fitted, 2) + 0.1);
  EXPECT_EQ(rate(third, 1), rate(as_fitted, 1));
}

TEST(PredictiveCheck, DoesNotDependOnThreadsAndSaysTheSameEverywhere) {
  Configuration c = plain();
  const std::vector<Session> sessions = animals(c, "x*r", 3);
  std::vector<std::string> tables;
  for (const int threads : {1, 2}) {
    c.run.threads = threads;
    tables.push_back(to_csv(check_of(c, sessions)));
  }
  EXPECT_EQ(tables[0], tables[1]);
  const PredictiveCheck check = check_of(c, sessions);
  const auto json = nlohmann::json::parse(to_json(check));
  EXPECT_EQ(json["statistics"][0]["name"], "accept rate");
  EXPECT_EQ(json["statistics"][0]["inside"], check.statistics[0].all.inside());
  EXPECT_EQ(json["statistics"][0]["sessions"].size(), 3U);
  EXPECT_THAT(table_of(check), HasSubstr("learning curve of the mean: "));
  std::istringstream lines(table_of(check));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(PredictiveCheck, IsOnWhereItIsQuickAndPossible) {
  Configuration c = plain();
  c.evaluation.predictive_draws.reset();
  const std::vector<Session> sessions = animals(c, "x*r");
  EXPECT_EQ(predictive_draws(c, sessions), 200);
  c.network.hidden = 100000;
  EXPECT_EQ(predictive_draws(c, sessions), 0);
  c.network.hidden = 0;
  c.data.carry_weights = true;
  EXPECT_EQ(predictive_draws(c, sessions), 0);
  c.evaluation.predictive_draws = 10;
  EXPECT_THROW(check_of(c, sessions), ConfigurationError);
}

}  // namespace
}  // namespace synfer
