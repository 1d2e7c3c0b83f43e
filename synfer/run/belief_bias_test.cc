// Is the filter right on average? At the truth the slope of its likelihood, over many simulated sessions, is
// 0 but for chance: what it is beyond that, in standard errors, is the bias of the estimate.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "synfer/run/experiment.h"
#include "synfer/run/fit_data.h"

namespace synfer {
namespace {

// Of the first coefficient of the true rule, in units of what chance makes.
double slope_at_the_truth(int sessions, const std::function<void(Configuration&)>& change) {
  Configuration c;
  c.truth.rule = "x*r";
  change(c);
  const TrueRule truth = true_rule(c);
  ReplayData data = as_in_fit(
      c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, sessions, "session"));
  const Objective objective({fitted_network(c, DataOrigin::simulated), truth.rule}, std::move(data.sessions),
                            std::move(data.initial), objective_options(c, DataOrigin::simulated));
  const Curvature at_truth = objective.curvature(objective.start_from(truth.theta), {});
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

}  // namespace
}  // namespace synfer
