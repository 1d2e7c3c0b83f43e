// What is read from an MLP, in its place in the replay of the sessions.
#include "synfer/analysis/mlp_reading.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/analysis/analysis.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/result_table.h"

namespace synfer {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Configuration small_mlp() {
  Configuration c;
  c.rule.kind = "mlp";
  c.rule.hidden = {2};
  c.truth.rule = "x*r";
  c.data.sessions = 4;
  c.data.evaluation_sessions = 2;
  c.task.trials_per_block = 30;
  c.fit.max_iterations = 3;
  c.fit.starts = 1;
  return resolved(c, DataOrigin::simulated);
}

ReplayData sessions_of(const Configuration& c, const std::string& prefix) {
  return as_in_fit(c, simulate_sessions(c, prefix).sessions);
}

bool says(const RunResult& result, std::string_view id) {
  return std::ranges::any_of(result.notes, [&](const Note& note) { return note.id == id; });
}

TEST(MlpReading, IsOfAFitThatComesToItsEnd) {
  Configuration c;
  c.rule.kind = "mlp";
  c.truth.rule = "x*r";
  c.data.sessions = 6;
  c.data.evaluation_sessions = 3;
  const RunResult result = recover_rule(resolved(c, DataOrigin::simulated), {}, {}).result;
  EXPECT_EQ(result.state, "converged");
  EXPECT_GT(result.simulated->r2_weights->median, 0.9);
  ASSERT_TRUE(result.reading && result.reading->of_choices);
  EXPECT_EQ(result.reading->of_choices->terms, std::vector{parse_term("x*r")});
  EXPECT_GT(result.reading->of_choices->r2_of_truth->median, 0.95);
}

// A sample of studies/mlp-reading: near g is not near the animal.
TEST(MlpReading, SaysThatTermsExplainTheAnimalBetterThanAPolynomialNearG) {
  Configuration c;
  c.rule.kind = "mlp";
  c.truth.rule = "x*r - 0.3*x*w*r";
  c.data.sessions = 10;
  c.data.evaluation_sessions = 3;
  const RunResult result = recover_rule(resolved(c, DataOrigin::simulated), {}, {}).result;
  ASSERT_TRUE(result.reading && result.reading->of_choices);
  const MlpReading& reading = *result.reading;
  EXPECT_GT(reading.projection.short_one.r2, 0.95);
  EXPECT_LT(reading.of_surface.r2_of_truth->median, 0.95);
  EXPECT_TRUE(says(result, "better_polynomial"));
  EXPECT_EQ(reading.better().terms, (std::vector{parse_term("x*r"), parse_term("x*w*r")}));
  EXPECT_GT(reading.better().r2_of_truth->median, 0.98);
}

TEST(MlpReading, LosesWhatThePolynomialsOwnReplayLoses) {
  const Configuration c = small_mlp();
  RunResult result = recover_rule(c, {}, {}).result;
  ASSERT_TRUE(result.reading.has_value());
  result.reading->of_surface = {.terms = {parse_term("x*r"), parse_term("w")},
                                .coefficients = {0.9, -0.1},
                                .scores = {},
                                .r2_of_truth = {}};
  const ReplayData data = sessions_of(c, "training");
  judge_reading(c, DataOrigin::simulated, data, kFittedSample, true, result);
  const Objective objective = objective_of(c, DataOrigin::simulated, data);
  const Objective polynomial = objective.with_rule(TaylorRule({parse_term("x*r"), parse_term("w")}));
  std::vector<double> mlp;
  for (const Estimate& e : result.estimates) mlp.push_back(e.value);
  const std::vector<double> coefficients = {0.9, -0.1};
  const PolynomialScores& scores = result.reading->of_surface.scores.front();
  EXPECT_EQ(scores.choices, objective.observations());
  EXPECT_NEAR(scores.nats, polynomial.data_nll(coefficients, {}) - objective.data_nll(mlp, {}), 1e-8);
  EXPECT_EQ(scores.r2_weights.sessions.size(), 4u);
  EXPECT_NEAR(scores.by_chance, std::max(0.0, result.reading->determined - 2.0), 1e-12);
  EXPECT_GT(result.reading->determined, 0.0);
  EXPECT_LT(result.reading->determined, static_cast<double>(mlp.size()));
}

TEST(MlpReading, OfARuleThatIsThePolynomialFollowsTheTruthExactly) {
  const Configuration c = small_mlp();
  RunResult result = recover_rule(c, {}, {}).result;
  result.reading->of_surface.terms = {parse_term("x*r")};
  result.reading->of_surface.coefficients = {1.0};
  const Simulation fresh = simulate_sessions(c, "fresh");
  judge_reading(c, fresh.truth, as_simulated(c, fresh.sessions), result);
  EXPECT_NEAR(result.reading->of_surface.r2_of_truth->median, 1.0, 1e-12);
}

TEST(MlpReading, IsTheRuleZeroWhereNoTermWasTaken) {
  const Configuration c = small_mlp();
  RunResult result = recover_rule(c, {}, {}).result;
  result.reading->of_surface = {};
  judge_reading(c, DataOrigin::simulated, sessions_of(c, "training"), kFittedSample, true, result);
  EXPECT_EQ(result.reading->of_surface.text(), "0");
  EXPECT_TRUE(std::isfinite(result.reading->of_surface.scores.front().nats));
}

TEST(MlpReading, LosesWhatNeitherChanceNorTheSessionsThatWereDrawnExplain) {
  PolynomialScores scores{.sample = kFittedSample, .choices = 1000, .nats = 3.0, .r2_weights = {}};
  EXPECT_TRUE(scores.loses());  // of one session there is no error
  scores.error = 1.6;
  EXPECT_FALSE(scores.loses());
  scores.error = 1.0;
  EXPECT_TRUE(scores.loses());
  scores.by_chance = 2.0;  // the MLP's gain on what it was fitted to
  EXPECT_FALSE(scores.loses());
  scores.nats = INFINITY;
  EXPECT_TRUE(scores.loses());
}

TEST(MlpReading, IsOfTheChoicesWhereTermsExplainThoseBetterThatNoFitSaw) {
  MlpReading reading;
  reading.of_surface.terms = {parse_term("x*r")};
  reading.of_surface.scores = {{.sample = kFittedSample, .choices = 1000, .nats = -1.0, .r2_weights = {}},
                               {.sample = "fresh", .choices = 500, .nats = 4.0, .r2_weights = {}}};
  reading.of_choices = reading.of_surface;
  reading.of_choices->terms = {parse_term("x*w*r")};
  reading.of_choices->scores[1].nats = 1.0;
  EXPECT_EQ(reading.better().terms.front(), parse_term("x*w*r"));
  EXPECT_TRUE(reading.better().explains());
  EXPECT_FALSE(reading.of_surface.explains());
  reading.of_choices->scores[1].nats = 5.0;
  EXPECT_EQ(reading.better().terms.front(), parse_term("x*r"));
}

TEST(MlpReading, SaysWhichVariablesOfTheRuleTheMlpWasNotGiven) {
  Configuration c = small_mlp();
  const std::string as_published = table_of(recover_rule(c, {}, {}).result);
  EXPECT_THAT(as_published, HasSubstr("the MLP was not given y"));
  EXPECT_THAT(as_published, HasSubstr("nats lost"));
  c.rule.inputs = {"x", "y", "w", "r"};
  EXPECT_FALSE(says(recover_rule(c, {}, {}).result, "mlp_not_given"));
  c.rule.inputs = {"x", "r"};
  EXPECT_THAT(table_of(recover_rule(c, {}, {}).result), HasSubstr("the MLP was not given y, w"));
}

}  // namespace
}  // namespace synfer
