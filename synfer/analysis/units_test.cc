// Results do not depend on the units of rewards and inputs, except by scaling.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "places.h"
#include "synfer/analysis/analysis.h"
#include "synfer/analysis/cross_validate.h"
#include "synfer/formats/read.h"
#include "synfer/model/encoding.h"
#include "synfer/model/term.h"
#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

struct Unit {
  double input = 1.0;   // inputs are so many times as large
  double reward = 1.0;  // rewards, too
};

const std::vector<Unit> kUnits = {{1e-3, 1.0}, {1.0, 1e-3}, {40.0, 1e4}, {1e4, 40.0}};

std::string in_words(const Unit& unit) {
  return "inputs times " + std::to_string(unit.input) + ", rewards times " + std::to_string(unit.reward);
}

// A coefficient of x^a y^b w^c r^d is this many times as large: with x' = u x and w' = w / u, dw' = dw / u.
double expected_ratio(const Term& term, const Unit& unit) {
  return std::pow(unit.input, term.w - 1 - term.x) / std::pow(unit.reward, term.r);
}

std::vector<Session> in_unit(std::vector<Session> sessions, const Unit& unit) {
  for (Session& session : sessions) {
    for (double& x : session.x) x *= unit.input;
    for (double& reward : session.reward) reward *= unit.reward;
  }
  return sessions;
}

struct Kind {
  std::string name;
  int offers;
  int hidden;
  void (*change)(Configuration&);
};

std::ostream& operator<<(std::ostream& out, const Kind& kind) { return out << kind.name; }

// Rewards graded and signed, inputs as vectors.
std::vector<Session> animals(const Kind& kind) {
  Configuration world;
  world.task.kind = kind.offers == 1 ? "accept_reject" : "choice";
  world.task.trials_per_block = kind.offers == 1 ? 30 : 50;
  world.network.hidden = kind.hidden;
  world.stimulus.noise_sd = 0.0;
  world.truth.rule = "3*x*r - 0.3*w";
  const TrueRule truth = true_rule(world);
  std::vector<Session> sessions;
  for (SimulatedSession& one :
       simulate(simulation_options(world), {network_of(world), truth.rule}, truth.theta, 3, "animal")) {
    Session session = std::move(one.session);
    session.x = encode(session, 2, 0.75, ExpectedReward{}).x;
    session.inputs = 2;
    session.stimulus.clear();
    session.stimuli.clear();
    for (std::size_t t = 0; t < session.steps(); ++t)
      session.reward[t] *= t % 3 == 0 ? 0.5 : t % 7 == 0 ? -1.0 : 1.0;
    sessions.push_back(std::move(session));
  }
  return sessions;
}

Configuration settings(const Kind& kind) {
  Configuration c;
  c.network.hidden = kind.hidden;
  c.evaluation.cross_validate = "leave_one_out";
  c.evaluation.shuffles = 1;
  c.evaluation.predictive_draws = 0;
  c.data.held_out = 0.0;
  kind.change(c);
  return c;
}

RunResult fitted(const Configuration& c, const std::vector<Session>& sessions) {
  return fit_sessions(resolved_for(resolved(c, DataOrigin::recorded), sessions), sessions, {}, {}).result;
}

void expect_same_scores(const RunResult& one, const RunResult& other) {
  for (const auto& [null, percent] : one.in_sample->percent_deviance) {
    const std::vector<double>& there = other.in_sample->percent_deviance.at(null).sessions;
    for (std::size_t s = 0; s < there.size(); ++s) EXPECT_NEAR(percent.sessions[s], there[s], 1e-3) << null;
  }
  ASSERT_EQ(one.cross_validation.has_value(), other.cross_validation.has_value());
  if (!one.cross_validation) return;
  ASSERT_EQ(one.cross_validation->models, other.cross_validation->models);
  ASSERT_EQ(one.cross_validation->scores.size(), other.cross_validation->scores.size());
  for (std::size_t n = 0; n < one.cross_validation->scores.size(); ++n) {
    const HeldOutScore& score = one.cross_validation->scores[n];
    for (const auto& [model, nll] : score.nll) {
      const double there = other.cross_validation->scores[n].nll.at(model);
      if (nll == there) continue;  // lost, perhaps, in both
      EXPECT_NEAR(nll, there, 1e-6 * static_cast<double>(score.choices)) << model << " " << score.session;
    }
  }
}

void expect_same_rule(const RunResult& one, const RunResult& other, const Unit& unit) {
  EXPECT_EQ(one.state, other.state);
  EXPECT_NEAR(one.loss, other.loss, 1e-6);
  ASSERT_EQ(one.estimates.size(), other.estimates.size());
  for (std::size_t p = 0; p < one.estimates.size() && one.rule_kind == "taylor"; ++p) {
    const Estimate& here = one.estimates[p];
    const Estimate& there = other.estimates[p];
    ASSERT_EQ(here.name, there.name);
    EXPECT_EQ(here.status, there.status) << here.name;
    const double ratio = expected_ratio(parse_term(here.name), unit);
    const bool certain = std::isfinite(here.standard_error);
    const double error = certain ? here.standard_error : std::abs(here.value);
    EXPECT_NEAR(here.value, there.value / ratio, 1e-4 * error) << here.name;
    if (here.value != 0.0) {
      EXPECT_NEAR(there.effect / here.effect, 1.0, 1e-4 * error / std::abs(here.value) + 1e-9) << here.name;
    }
    if (!certain) continue;
    EXPECT_NEAR(there.standard_error / ratio / here.standard_error, 1.0, 1e-4) << here.name;
  }
}

class Units : public testing::TestWithParam<Kind> {};

TEST_P(Units, ChangeNothingButTheScaleOfCoefficients) {
  const Configuration c = settings(GetParam());
  const std::vector<Session> sessions = animals(GetParam());
  const RunResult plain = fitted(c, sessions);
  EXPECT_GT(plain.in_sample->percent_deviance.at("coin_flip").median, 5.0);
  for (const Unit& unit : kUnits) {
    SCOPED_TRACE(in_words(unit));
    const RunResult found = fitted(c, in_unit(sessions, unit));
    expect_same_rule(plain, found, unit);
    expect_same_scores(plain, found);
  }
}

void given_terms(Configuration& c) { c.rule.terms = {"x*r", "w", "x*w"}; }
void selected_terms(Configuration& c) {
  c.selection.most_terms = 3;
  c.evaluation.rivals = {"history_only"};
}
void evidence(Configuration& c) {
  c.rule.terms = {"x*r", "w", "x", "x^2*r^2"};
  c.fit.method = "evidence";
  c.evaluation.cross_validate = "none";
}
void mlp(Configuration& c) {
  c.rule.kind = "mlp";
  c.rule.hidden = {3};
  c.fit.starts = 4;
  c.evaluation.cross_validate = "none";
}
void penalised(Configuration& c) {
  c.rule.terms = {"x*r", "w", "x"};
  c.fit.method = "lbfgs";
  c.evaluation.cross_validate = "none";
}

INSTANTIATE_TEST_SUITE_P(
    All, Units,
    testing::Values(Kind{"FisherOneOffer", 1, 0, given_terms}, Kind{"FisherTwoOffers", 2, 0, given_terms},
                    Kind{"FisherHidden", 1, 3, given_terms}, Kind{"FisherTwoOffersHidden", 2, 3, given_terms},
                    Kind{"SelectedOneOffer", 1, 0, selected_terms},
                    Kind{"SelectedTwoOffers", 2, 0, selected_terms}, Kind{"EvidenceOneOffer", 1, 0, evidence},
                    Kind{"EvidenceTwoOffers", 2, 0, evidence}, Kind{"MlpOneOffer", 1, 0, mlp},
                    Kind{"LbfgsWithL1", 2, 0, penalised}),
    [](const auto& each) { return each.param.name; });

// What is set in a unit is changed with it.
TEST(Units, ChangeNothingWhereWeightsAreLatentAndWalk) {
  const Kind kind{"filtered", 2, 0, [](Configuration& c) {
                    c.rule.terms = {"x*r", "w"};
                    c.stimulus.in_fit = "filtered";
                    c.belief.estimate_walk_sd = c.belief.estimate_initial_sd = true;
                    c.evaluation.rivals = {"drift_only"};
                  }};
  const std::vector<Session> sessions = animals(kind);
  const auto in = [&](const Unit& unit) {
    Configuration c = settings(kind);
    c.stimulus.noise_sd = 0.1 * unit.input;
    c.belief.walk_sd = 0.3 / unit.input;
    return fitted(c, in_unit(sessions, unit));
  };
  const RunResult plain = in({});
  ASSERT_EQ(plain.others.size(), 2u);
  for (const Unit& unit : kUnits) {
    SCOPED_TRACE(in_words(unit));
    const RunResult found = in(unit);
    expect_same_rule(plain, found, unit);
    expect_same_scores(plain, found);
    for (std::size_t n = 0; n < plain.others.size(); ++n) {
      EXPECT_NEAR(found.others[n].value * unit.input / plain.others[n].value, 1.0, 1e-3)
          << plain.others[n].name;
      EXPECT_EQ(found.others[n].status, plain.others[n].status);
    }
  }
}

TEST(Units, OfBoundsThatAreGivenAreThoseOfTheData) {
  const Kind kind{"given", 2, 0, [](Configuration& c) {
                    c.rule.terms = {"x*r", "w"};
                    c.evaluation.cross_validate = "none";
                  }};
  const std::vector<Session> sessions = animals(kind);
  Configuration c = settings(kind);
  const double half = 0.5 * fitted(c, sessions).estimates[0].value;
  const auto bounded = [&](const Unit& unit) {
    c.rule.bounds = {fmt::format("x*r in [0, {}]", half * weight_change_rate(c) / unit.reward)};
    return fitted(c, in_unit(sessions, unit)).estimates[0];
  };
  for (const double reward : {1.0, 40.0}) {
    const Estimate found = bounded({1.0, reward});
    EXPECT_EQ(found.status, "at bound");
    EXPECT_NEAR(found.value * reward, half, 1e-9 * half);
  }
}

// Files that differ in the unit of one column alone.
void expect_same_results(const std::string& folder, const std::vector<std::pair<std::string, Unit>>& files) {
  const std::string path = for_test::kSourceFolder + "/../shared/cases/" + folder + "/";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the cases are not here";
  Configuration c;
  c.network.hidden = 0;
  c.rule.terms = {"x*r", "w"};
  c.evaluation.predictive_draws = 0;
  c.evaluation.shuffles = 1;
  const RunResult plain = fitted(c, read_sessions({path + files.front().first}));
  EXPECT_TRUE(plain.cross_validation.has_value());
  EXPECT_LT(plain.loss, std::log(2.0));
  for (const auto& [name, unit] : std::span(files).subspan(1)) {
    SCOPED_TRACE(name);
    const RunResult found = fitted(c, read_sessions({path + name}));
    expect_same_rule(plain, found, unit);
    expect_same_scores(plain, found);
  }
}

TEST(Units, OfRewardsInFilesChangeNothing) {
  expect_same_results("reward-units", {{"bin_unit.csv", {}},
                                       {"bin_ml.csv", {1.0, 0.004}},
                                       {"bin_ul.csv", {1.0, 4.0}},
                                       {"bin_pct.csv", {1.0, 100.0}}});
}

TEST(Units, OfInputsInFilesChangeNothing) {
  expect_same_results("input-scale", {{"x1.csv", {}},
                                      {"x0.001.csv", {0.001, 1.0}},
                                      {"x100.csv", {100.0, 1.0}},
                                      {"x4000.csv", {4000.0, 1.0}}});
}

}  // namespace
}  // namespace synfer
