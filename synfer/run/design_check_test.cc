#include "synfer/analysis/design_check.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "synfer/analysis/analysis.h"
#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/run/like_command.h"

namespace synfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Json = nlohmann::json;

// Two synapses, no noise, no history: a fit to the mean stimulus is the true model.
Configuration plain(const Strings& terms) {
  Configuration c;
  c.network.hidden = 0;
  c.stimulus.noise_sd = 0.0;
  c.rule.terms = terms;
  c.history.covariates = Strings{};
  c.data.held_out = 0.0;
  c.design.multiples = {1};
  return c;
}

// Six animals, 240 trials each.
std::vector<Session> recorded(const Configuration& c) {
  Configuration of_data = c;
  of_data.truth.rule = "x*r";
  of_data.data.sessions = 6;
  std::vector<Session> sessions;
  for (const SimulatedSession& one : simulate_sessions(of_data, "fly").sessions) {
    sessions.push_back(one.session);
    sessions.back().x.clear();
    sessions.back().inputs = 0;
  }
  return sessions;
}

DesignCheck check_of(Configuration c, const std::string& rule) {
  c.truth.rule = rule;
  const std::vector<Session> sessions = recorded(c);
  const Configuration settings = resolved_for(resolved(c, DataOrigin::recorded), sessions);
  return check_design(settings, named_animal(settings), sessions);
}

const TermFound& found(const DesignSize& size, const std::string& term) {
  return *std::ranges::find(size.terms, term, &TermFound::term);
}

TEST(DesignCheck, SixAnimalsOf240TrialsFindARewardRuleNearlyAlways) {
  Configuration c = plain({"x*r", "w"});
  c.design.replicates = 100;
  const DesignCheck check = check_of(c, "x*r - 0.05*w");
  ASSERT_EQ(check.sizes.size(), 1U);
  EXPECT_EQ(check.sizes[0].animals, 6U);
  EXPECT_EQ(check.sizes[0].trials, 1440U);
  EXPECT_EQ(check.sizes[0].fitted, 100U);
  for (const auto& [term, truth] : {std::pair{"x*r", 1.0}, {"w", -0.05}}) {
    SCOPED_TRACE(term);
    const TermFound& one = found(check.sizes[0], term);
    EXPECT_EQ(one.truth, truth);
    EXPECT_LT(std::abs(one.bias), 4 * one.spread / std::sqrt(100.0) + 0.02);
    EXPECT_GE(one.coverage, 0.95 - 3 * std::sqrt(0.95 * 0.05 / 100));
    EXPECT_NEAR(one.width, 2 * 1.96 * one.spread, 0.3 * one.width);
  }
  EXPECT_GE(found(check.sizes[0], "x*r").found, 0.99);
  EXPECT_EQ(enough_for(check, "x*r"), &check.sizes[0]);
}

// 400 experiments: 5 % +- 1.1 %.
TEST(DesignCheck, AnAnimalThatLearnsNothingIsFoundToLearnAtTheNominalRate) {
  Configuration c = plain({"x*r"});
  c.design.replicates = 400;
  const DesignCheck check = check_of(c, "0*x");
  const TermFound& one = found(check.sizes[0], "x*r");
  EXPECT_EQ(one.truth, 0.0);
  EXPECT_NEAR(one.found, 0.05, 3 * std::sqrt(0.05 * 0.95 / 400));
  EXPECT_NEAR(one.coverage, 1.0 - one.found, 1e-12);
}

TEST(DesignCheck, MoreAnimalsNarrowTheIntervalByTheRootOfTheirNumber) {
  Configuration c = plain({"x*r"});
  c.design.replicates = 30;
  c.design.multiples = {1, 4};
  const DesignCheck check = check_of(c, "x*r");
  EXPECT_EQ(check.sizes[1].animals, 24U);
  EXPECT_NEAR(found(check.sizes[1], "x*r").width / found(check.sizes[0], "x*r").width, 0.5, 0.05);
}

TEST(DesignCheck, ATermThatIsNotSelectedIsNotFound) {
  Configuration c = plain({"x", "x*r", "w"});
  c.selection.search = "forward";
  c.design.replicates = 10;
  const DesignCheck check = check_of(c, "x*r");
  EXPECT_TRUE(check.selected);
  EXPECT_GE(found(check.sizes[0], "x*r").found, 0.9);
  for (const TermFound& one : check.sizes[0].terms) {
    if (one.term == "x*r") continue;
    EXPECT_LE(one.found, 0.4) << one.term;
  }
}

TEST(DesignCheck, SimulatesTheAnimalOfAnEarlierFit) {
  Configuration c = plain({"x*r", "x"});
  c.history.covariates = Strings{"bias", "choice_kernel"};
  const std::vector<Session> sessions = recorded(c);
  const Configuration settings = resolved_for(resolved(c, DataOrigin::recorded), sessions);
  const RunResult fitted = fit_sessions(settings, sessions, {}, {}).result;
  const AnimalModel animal = animal_like(settings, to_json(fitted), sessions);
  EXPECT_EQ(animal.theta, (std::vector{fitted.estimates[0].value, fitted.estimates[1].value}));
  EXPECT_EQ(animal.options.history.lanes(), 3U);
  EXPECT_NEAR(animal.options.history_parameters[0], fitted.history[0].value, 1e-12);
  EXPECT_EQ(animal.options.stimulus_noise_sd, 0.0);  // the fit took stimuli at their mean
}

TEST(DesignCheck, DoesNotDependOnThreads) {
  Configuration c = plain({"x*r"});
  c.design.replicates = 4;
  std::vector<std::string> tables;
  for (const int threads : {1, 2}) {
    c.run.threads = threads;
    tables.push_back(to_csv(check_of(c, "x*r")));
  }
  EXPECT_EQ(tables[0], tables[1]);
}

TEST(DesignCheck, SaysTheSameInItsTableAndInItsResult) {
  Configuration c = plain({"x*r"});
  c.design.replicates = 5;
  const DesignCheck check = check_of(c, "x*r");
  const Json json = Json::parse(to_json(check))["design_check"];
  EXPECT_EQ(json["sizes"][0]["terms"][0]["found"], check.sizes[0].terms[0].found);
  EXPECT_EQ(json["trials_for_80_percent"]["x*r"], 1440);
  EXPECT_THAT(table_of(check), HasSubstr("80 % of experiments or more with 6 animals, 1440 trials"));
  std::istringstream lines(table_of(check));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(DesignCheck, SaysWhatIsPaid) {
  Configuration c = plain({"x*r"});
  c.design.replicates = 2;
  c.truth.rule = "0.1*x*r";
  std::vector<Session> sessions = recorded(c);
  const auto result = [&] {
    const Configuration settings = resolved_for(resolved(c, DataOrigin::recorded), sessions);
    return check_design(settings, named_animal(settings), sessions);
  };
  const DesignCheck before = result();
  EXPECT_THAT(table_of(before), testing::Not(HasSubstr("rewards:")));
  for (Session& session : sessions) {
    for (double& reward : session.reward)
      reward = reward == 1.0 ? 0.004 : std::isnan(reward) ? reward : -0.004;
  }
  const DesignCheck after = result();
  EXPECT_THAT(table_of(after), HasSubstr("rewards: -0.004, 0.004, of which -0.004 is none"));
  const Json json = Json::parse(to_json(after))["design_check"];
  EXPECT_EQ(json["reward_probabilities"],
            Json::parse(to_json(before))["design_check"]["reward_probabilities"]);
  EXPECT_EQ(json["rewards"][0]["none"], -0.004);
  EXPECT_EQ(json["rewards"][0]["values"], Json({-0.004, 0.004}));
  EXPECT_EQ(json["rewards"][0]["mean"][0][0], 0.004);
}

TEST(DesignCheck, WhatCannotBeSimulatedIsRefused) {
  Configuration c = plain({"x*r"});
  c.data.carry_weights = true;
  EXPECT_THROW(check_of(c, "x*r"), ConfigurationError);
  c = plain({"x*r"});
  c.design.replicates = 2;
  EXPECT_THROW(check_of(c, "1000*x*w*w"), NonFiniteError);
}

}  // namespace
}  // namespace synfer
