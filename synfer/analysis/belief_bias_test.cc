// Is the filter right on average? At the truth the slope of its likelihood, over many simulated sessions, is
// 0 but for chance: what it is beyond that, in standard errors, is the bias of the estimate.
#include "synfer/analysis/belief_bias.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

struct AtTheTruth {
  Objective objective;
  std::vector<double> parameters;
};

AtTheTruth at_the_truth(int sessions, const std::function<void(Configuration&)>& change) {
  Configuration c;
  c.truth.rule = "x*r";
  change(c);
  const TrueRule truth = true_rule(c);
  ReplayData data = as_in_fit(
      c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, sessions, "session"));
  Objective objective({fitted_network(c, DataOrigin::simulated), truth.rule}, std::move(data.sessions),
                      std::move(data.initial), objective_options(c, DataOrigin::simulated));
  std::vector<double> parameters = objective.start_from(truth.theta);
  return {std::move(objective), std::move(parameters)};
}

// Of the first coefficient of the true rule, in units of what chance makes.
double slope_at_the_truth(int sessions, const std::function<void(Configuration&)>& change) {
  const auto [objective, at] = at_the_truth(sessions, change);
  const Curvature at_truth = objective.curvature(at, {});
  return -at_truth.gradient[0] / std::sqrt(at_truth.information(0, 0));
}

TEST(BeliefBias, StrongNoiseBiasesTheFirstOrderAndNotTheSecond) {
  const auto strong = [](const char* order) {
    return slope_at_the_truth(200, [order](Configuration& c) {
      c.stimulus.noise_sd = 0.2;
      c.belief.order = order;
    });
  };
  EXPECT_LT(strong("first"), -2.0);
  EXPECT_LT(std::abs(strong("second")), 2.5);
}

TEST(BeliefBias, NoTaskAndNoNetworkBiasesTheSecondOrder) {
  const std::pair<const char*, std::function<void(Configuration&)>> changes[] = {
      {"weak stimuli", [](Configuration& c) { c.stimulus.mean = 0.25; }},
      {"linear neurons", [](Configuration& c) { c.network.activation = "linear"; }},
      {"two offers", [](Configuration& c) { c.task.kind = "choice"; }},
      {"neurons that start apart", [](Configuration& c) { c.network.initial_weights.sd = 0.5; }},
      {"neurons that drift apart", [](Configuration& c) { c.truth.walk_sd = c.belief.walk_sd = 0.1; }},
      {"two terms", [](Configuration& c) { c.truth.rule = "0.5*x*r + 0.3*y*r"; }}};
  for (const auto& [name, change] : changes) {
    EXPECT_LT(std::abs(slope_at_the_truth(100, change)), 2.5) << name;
  }
}

// The check that every fit is given, at the truth.
BeliefBias checked_at_the_truth(int sessions, const std::function<void(Configuration&)>& change) {
  const auto [objective, at] = at_the_truth(sessions, change);
  return belief_bias(objective, at, scaled_information(objective.curvature(at, {}).information, {}), {});
}

TEST(BeliefBias, IsMeasuredInStandardErrorsByTheCheck) {
  const auto strong = [](const char* order) {
    return checked_at_the_truth(40, [order](Configuration& c) {
      c.stimulus.noise_sd = 0.2;
      c.belief.order = order;
    });
  };
  const BeliefBias first = strong("first");
  EXPECT_EQ(first.sessions, 20u);
  EXPECT_LT(first.parameters.front().bias, -0.5);
  EXPECT_LT(first.parameters.front().error, 0.3);
  EXPECT_EQ(verdict_of(first), BiasVerdict::kBiased);
  const BeliefBias second = strong("second");
  EXPECT_EQ(verdict_of(second), BiasVerdict::kPassed);
}

TEST(BeliefBias, OfNeuronsThatOneStandsForIsThatOfTheWholeNetwork) {
  const BeliefBias drifting = checked_at_the_truth(40, [](Configuration& c) {
    c.truth.walk_sd = c.belief.walk_sd = 0.1;
    c.belief.order = "first";
  });
  EXPECT_EQ(verdict_of(drifting), BiasVerdict::kBiased);
}

TEST(BeliefBias, IsNotResolvedWhereNothingCouldBeLookedAt) {
  EXPECT_EQ(verdict_of({}), BiasVerdict::kNotResolved);
  EXPECT_EQ(verdict_of({5, {{"x*r", 0.2, 0.4}}}), BiasVerdict::kNotResolved);
  EXPECT_EQ(verdict_of({5, {{"x*r", 0.2, 0.1}, {"w", -0.9, 0.4}}}), BiasVerdict::kBiased);
  EXPECT_EQ(most_biased({5, {{"x*r", 0.7, 0.4}, {"w", -0.6, 0.1}}}).parameter, "w");
}

}  // namespace
}  // namespace synfer
