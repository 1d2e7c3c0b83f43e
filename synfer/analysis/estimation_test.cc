#include "synfer/analysis/estimation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

Objective objective_of(const Configuration& c, int sessions) {
  const TrueRule truth = true_rule(c);
  ReplayData data = as_in_fit(
      c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, sessions, "session"));
  return {{fitted_network(c, DataOrigin::simulated), fitted_rule(c)},
          std::move(data.sessions),
          std::move(data.initial),
          objective_options(c, DataOrigin::simulated)};
}

Configuration of_rule(const std::string& rule, const Strings& terms, std::uint64_t seed) {
  Configuration c;
  c.seed = seed;
  c.truth.rule = rule;
  c.rule.terms = terms;
  return c;
}

double nats(const Estimation& e) { return e.fit.best.loss * static_cast<double>(e.objective.observations()); }

// From 0 a first step along a term of w or y, which has no slope there, leaps into a false optimum, hundreds
// to thousands of nats above.
TEST(Estimation, FindsTheOptimumNearTheTruthFromNowhere) {
  const std::vector<std::pair<std::string, Strings>> rules = {{"x*r - 0.05*w", {"x*r", "w"}},
                                                              {"x*r - 0.05*y", {"x*r", "y"}},
                                                              {"x*r - 0.1*x*w", {"x*r", "x*w"}},
                                                              {"x*r - 0.2*y^2*w", {"x*r", "y^2*w"}}};
  for (const auto& [rule, terms] : rules) {
    for (const std::uint64_t seed : {1, 12}) {
      SCOPED_TRACE(rule + ", seed " + std::to_string(seed));
      Configuration c = of_rule(rule, terms, seed);
      const Objective objective = objective_of(c, 18);
      const Estimation found = estimate(c, DataOrigin::simulated, objective, {}, {});
      EXPECT_GT(found.fit.reached, 0U);
      c.fit.start = rule;
      const Estimation at_truth = estimate(c, DataOrigin::simulated, objective, {}, {});
      EXPECT_LT(nats(found), nats(at_truth) + 0.01);
    }
  }
}

// Without noise weights are all but known, and the likelihood of whole sessions is rugged.
TEST(Estimation, SelectsTheTrueTermsWithoutNoise) {
  for (const std::uint64_t seed : {1, 2}) {
    Configuration c = of_rule("0.89*x*r - 0.24*x*w", {}, seed);
    c.rule.terms.reset();
    c.stimulus.noise_sd = 0.0;
    const Estimation found = estimate(c, DataOrigin::simulated, objective_of(c, 18), {}, {});
    EXPECT_THAT(found.search->near.front().terms,
                testing::UnorderedElementsAre(parse_term("x*w"), parse_term("x*r")));
  }
}

TEST(Estimation, AFitThatIsCutShortGoesOnToTheSameEnd) {
  const Configuration c = of_rule("x*r - 0.05*w", {"x*r", "w"}, 3);
  const Objective objective = objective_of(c, 4);
  const Estimation straight = estimate(c, DataOrigin::simulated, objective, {}, {});
  for (const int asks : {3, 20, 60, 100}) {
    int asked = 0;
    EstimationHooks stop;
    stop.interrupted = [&] { return asked++ >= asks; };
    const Estimation cut = estimate(c, DataOrigin::simulated, objective, {}, stop);
    const Estimation resumed = estimate(c, DataOrigin::simulated, objective, cut.fit.progress, {});
    EXPECT_EQ(resumed.fit.best.parameters, straight.fit.best.parameters);
    EXPECT_EQ(resumed.fit.start_losses, straight.fit.start_losses);
  }
}

TEST(Estimation, ASearchThatIsCutShortIsInterruptedEvenWhereItsBestSetNeedsNoStep) {
  const Configuration c;
  bool one_size_done = false;
  EstimationHooks hooks;
  hooks.after_size = [&](std::size_t, int, double) { one_size_done = true; };
  hooks.interrupted = [&] { return one_size_done; };
  const Estimation cut = estimate(c, DataOrigin::simulated, objective_of(c, 3), {}, hooks);
  EXPECT_EQ(cut.fit.state, FitState::kInterrupted);
  EXPECT_EQ(cut.fit.progress.start, 0u);
  EXPECT_FALSE(cut.fit.progress.current);
}

TEST(Estimation, NoiseOfKnownSizeTellsAliasesApartAndThatOfRecordedAnimalsDoesNot) {
  // Of two stimulus levels x^2*r is a multiple of x*r.
  Configuration c;
  c.truth.rule = "x^2*r";
  c.rule.degree = 2;
  c.rule.variables = {"x", "r"};
  const auto chosen = [&](DataOrigin origin) {
    const Estimation found = estimate(c, origin, objective_of(c, 8), {}, {});
    return std::pair(found.search->near.front().terms, found.search->aliases_told_apart);
  };
  EXPECT_EQ(chosen(DataOrigin::simulated), std::pair(std::vector{parse_term("x^2*r")}, true));
  EXPECT_EQ(chosen(DataOrigin::recorded), std::pair(std::vector{parse_term("x*r")}, false));
}

// Two offers without a hidden layer: terms without x and w, which move both logits alike, are no candidates.
TEST(Estimation, TermsThatChoicesCannotSeeAreNoCandidates) {
  Configuration c;
  c.truth.rule = "2*x*r";
  c.task.kind = "choice";
  c.network.hidden = 0;
  c.stimulus.in_fit = "mean";
  c.stimulus.noise_sd = 0.0;
  c.rule.variables = {"x", "r"};
  c.rule.degree = 1;
  const Estimation found = estimate(c, DataOrigin::simulated, objective_of(c, 4), {}, {});
  EXPECT_EQ(found.unseen, (std::vector{parse_term("1"), parse_term("r")}));
  EXPECT_EQ(found.search->candidates, 2U);  // x and x*r
  EXPECT_EQ(found.search->near.front().terms, std::vector{parse_term("x*r")});
  c.rule.variables = {"r"};  // none is left: the empty rule
  const Estimation none = estimate(c, DataOrigin::simulated, objective_of(c, 4), {}, {});
  EXPECT_TRUE(none.search->near.front().terms.empty());
  EXPECT_TRUE(std::isfinite(none.search->near.front().criterion));
}

// Recordings so noisy that 27 nearly collinear terms are hardly told apart: without priors their coefficients
// explain noise.
TEST(Estimation, PriorsAsWideAsTheEvidenceSaysKeepCollinearTermsSmall) {
  Configuration c;
  c.task.kind = "neural";
  c.task.steps = 30;
  c.network.inputs = 20;
  c.network.hidden = 30;
  c.network.activation = "sigmoid";
  c.network.initial_weights.kind = "given";
  c.truth.rule = "x*y - y^2*w";
  c.rule.variables = {"x", "y", "w"};
  c.fit.observe = "neural";
  c.recording.noise_sd = 0.5;
  const Objective objective = objective_of(c, 5);
  const auto largest = [&](const char* method) {
    c.fit.method = method;
    c.fit.starts = 1;
    const Estimation found = estimate(c, DataOrigin::simulated, objective, {}, {});
    EXPECT_NE(found.fit.state, FitState::kDiverged) << method;
    const std::span theta(found.fit.best.parameters);
    return std::ranges::max(theta.first(objective.rule_parameters()), {},
                            [](double t) { return std::abs(t); });
  };
  EXPECT_GT(std::abs(largest("fisher")), 100.0);
  EXPECT_LT(std::abs(largest("evidence")), 10.0);
}

TEST(Estimation, AnimalsAreNumberedInTheOrderInWhichTheyCome) {
  std::vector<EncodedSession> sessions(4);
  sessions[0].animal = sessions[2].animal = "wren";
  sessions[1].animal = "owl";
  sessions[3].animal = "jay";
  EXPECT_EQ(animals_of(sessions), (std::vector<std::size_t>{0, 1, 0, 2}));
}

}  // namespace
}  // namespace synfer
