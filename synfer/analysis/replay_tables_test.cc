#include "synfer/analysis/replay_tables.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>
#include <set>
#include <sstream>

#include "synfer/analysis/scoring.h"
#include "synfer/plan/experiment.h"
#include "synfer/replay/curvature.h"

namespace synfer {
namespace {

// Columns of a CSV without quotes, by name.
std::map<std::string, std::vector<std::string>> columns_of(const std::string& csv) {
  std::istringstream lines(csv);
  std::string line;
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> columns;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == ',') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    if (names.empty()) {
      names = cells;
      continue;
    }
    EXPECT_EQ(cells.size(), names.size());
    for (std::size_t n = 0; n < names.size(); ++n) columns[names[n]].push_back(cells[n]);
  }
  return columns;
}

RunResult fitted(const std::string& term, double value) {
  RunResult result;
  result.rule_kind = "taylor";
  result.estimates = {{.name = term, .value = value}};
  return result;
}

std::vector<Session> simulated(const Configuration& c, int count) {
  const TrueRule truth = true_rule(c);
  std::vector<Session> sessions;
  for (const SimulatedSession& one :
       simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, count, "s")) {
    sessions.push_back(one.session);
  }
  return sessions;
}

Configuration short_task(const std::string& kind, const std::string& in_fit) {
  Configuration c;
  c.task.kind = kind;
  c.task.trials_per_block = 20;
  c.stimulus.in_fit = in_fit;
  return c;
}

// Nats of the recorded choices by the table, and by the likelihood that fits use.
void expect_the_likelihood_of_fits(const Configuration& c) {
  const DataOrigin origin = DataOrigin::recorded;
  const std::vector<Session> sessions = simulated(c, 2);
  const RunResult result = fitted("x*r", 0.9);
  const ReplayData data = unseen(c, sessions);
  auto columns = columns_of(replay_tables(c, origin, result, sessions, data, true).trajectories);
  std::map<std::string, double> nats;
  for (std::size_t n = 0; n < columns["session"].size(); ++n) {
    const double p = std::stod(columns["probability"][n]);
    if (columns["chosen"][n] == "1") nats[columns["session"][n]] -= std::log(p);
    if (columns["chosen"][n] == "0" && sessions.front().offers == 1) {
      nats[columns["session"][n]] -= std::log1p(-p);
    }
  }
  const TrueRule rule = rule_of(c, result);
  const Model model{fitted_network(c, origin), rule.rule};
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const double expected =
        session_loss({model, rule.theta, data.sessions[s], data.initial[s], belief_options(c, origin)})
            .choice_nll;
    EXPECT_NEAR(nats[sessions[s].name], expected, 1e-4 * expected);  // of six digits a number
  }
}

TEST(ReplayTables, ProbabilitiesAreThoseThatFitsScore) {
  for (const char* in_fit : {"mean", "averaged", "filtered"}) {
    SCOPED_TRACE(in_fit);
    expect_the_likelihood_of_fits(short_task("accept_reject", in_fit));
    expect_the_likelihood_of_fits(short_task("choice", in_fit));
  }
}

TEST(ReplayTables, ProbabilitiesOfAllOffersSumToOne) {
  Configuration c = short_task("choice", "mean");
  c.task.reward_probabilities = {{0.2, 0.5, 0.8}};
  c.network.inputs = 3;
  const std::vector<Session> sessions = simulated(c, 1);
  ASSERT_EQ(sessions.front().offers, 3);
  auto columns = columns_of(
      replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
          .trajectories);
  std::map<std::string, double> sums;
  for (std::size_t n = 0; n < columns["step"].size(); ++n) {
    sums[columns["step"][n]] += std::stod(columns["probability"][n]);
  }
  EXPECT_EQ(sums.size(), sessions.front().steps());
  for (const auto& [step, sum] : sums) EXPECT_NEAR(sum, 1.0, 1e-5) << step;
  expect_the_likelihood_of_fits(c);
}

TEST(ReplayTables, OfAForcedChoiceNothingIsPredicted) {
  for (const char* kind : {"accept_reject", "choice"}) {
    SCOPED_TRACE(kind);
    const Configuration c = short_task(kind, "mean");
    std::vector<Session> sessions = simulated(c, 1);
    sessions.front().scored.assign(sessions.front().steps(), true);
    sessions.front().scored[2] = false;
    auto columns = columns_of(
        replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
            .trajectories);
    for (std::size_t n = 0; n < columns["step"].size(); ++n) {
      const bool forced = columns["step"][n] == "2";
      EXPECT_EQ(columns["scored"][n], forced ? "0" : "1");
      EXPECT_EQ(columns["probability"][n].empty(), forced);
      EXPECT_FALSE(columns["chosen"][n].empty());
    }
  }
}

TEST(ReplayTables, OnlyABeliefHasASpreadOfWeights) {
  for (const bool filtered : {false, true}) {
    const Configuration c = short_task("accept_reject", filtered ? "filtered" : "mean");
    const std::vector<Session> sessions = simulated(c, 1);
    auto columns = columns_of(
        replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
            .trajectories);
    for (const std::string& sd : columns["weight_sd"]) EXPECT_EQ(!sd.empty(), filtered);
    for (const std::string& w : columns["weight"]) EXPECT_FALSE(w.empty());
  }
}

// Among three offers the first order does not filter, whatever the settings ask for, and the second does.
TEST(ReplayTables, OfThreeOffersTheSecondOrderAloneHasASpreadOfWeights) {
  for (const char* order : {"first", "second"}) {
    SCOPED_TRACE(order);
    Configuration c = short_task("choice", "filtered");
    c.task.reward_probabilities = {{0.2, 0.5, 0.8}};
    c.network.inputs = 3;
    c.belief.order = order;
    const std::vector<Session> sessions = simulated(c, 1);
    auto columns = columns_of(
        replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
            .trajectories);
    for (const std::string& sd : columns["weight_sd"]) EXPECT_EQ(sd.empty(), std::string(order) == "first");
    expect_the_likelihood_of_fits(c);
  }
}

TEST(ReplayTables, HeldOutIsWhatTheFitDidNotSee) {
  Configuration c = short_task("accept_reject", "mean");
  c.data.held_out = 0.25;
  const std::vector<Session> sessions = simulated(c, 1);
  const ReplayData whole = split_recorded(c, sessions).held_out;
  auto columns = columns_of(
      replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, whole, true).trajectories);
  for (std::size_t n = 0; n < columns["step"].size(); ++n) {
    const auto step = static_cast<std::size_t>(std::stoi(columns["step"][n]));
    EXPECT_EQ(columns["held_out"][n], step < whole.sessions.front().scored_from ? "0" : "1");
  }
  auto other = columns_of(
      replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), false)
          .trajectories);
  EXPECT_THAT(other["held_out"], ::testing::Each("1"));
}

TEST(ReplayTables, ManySessionsAreSpreadEvenly) {
  const Configuration c = short_task("accept_reject", "mean");
  const std::vector<Session> sessions = simulated(c, 48);
  auto columns = columns_of(
      replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
          .trajectories);
  const std::set<std::string> shown(columns["session"].begin(), columns["session"].end());
  EXPECT_EQ(shown.size(), 24U);
  EXPECT_TRUE(shown.contains(sessions[46].name));
}

TEST(ReplayTables, TheShapeIsThatOfTheRuleWhereTheDataWent) {
  const Configuration c = short_task("accept_reject", "mean");
  const std::vector<Session> sessions = simulated(c, 2);
  auto columns = columns_of(
      replay_tables(c, DataOrigin::recorded, fitted("x*r", 0.9), sessions, unseen(c, sessions), true)
          .rule_shape);
  std::size_t rows = 0;
  std::map<std::string, long> visits;
  for (std::size_t n = 0; n < columns["g"].size(); ++n) {
    visits[columns["first"][n] + columns["second"][n]] += std::stol(columns["visits"][n]);
    if (columns["first"][n] == "w" && columns["second"][n] == "r") {  // at an input that is driven
      EXPECT_NEAR(std::stod(columns["g"][n]), 0.9 * c.stimulus.mean * std::stod(columns["at_second"][n]),
                  1e-5);
    }
    if (columns["first"][n] != "x" || columns["second"][n] != "r") continue;
    ++rows;
    const double x = std::stod(columns["at_first"][n]);
    EXPECT_NEAR(std::stod(columns["g"][n]), 0.9 * x * std::stod(columns["at_second"][n]), 1e-5);
    EXPECT_TRUE(x == 0.0 || x == c.stimulus.mean);  // all that an input of the mean stimulus is
  }
  EXPECT_GT(rows, 0U);
  EXPECT_EQ(visits.size(), 6U);
  for (const auto& [pair, count] : visits) EXPECT_EQ(count, visits.begin()->second) << pair;
}

}  // namespace
}  // namespace synfer
