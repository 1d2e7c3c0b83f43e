#include "synfer/analysis/belief_check.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"

namespace synfer {
namespace {

Objective simulated(const std::string& rule, double noise_sd, int sessions, std::vector<double>& theta) {
  Configuration c;
  c.truth.rule = rule;
  c.stimulus.noise_sd = noise_sd;
  const TrueRule truth = true_rule(c);
  theta = truth.theta;
  ReplayData data = as_in_fit(
      c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, sessions, "session"));
  return {{fitted_network(c, DataOrigin::simulated), truth.rule},
          std::move(data.sessions),
          std::move(data.initial),
          objective_options(c, DataOrigin::simulated)};
}

TEST(BeliefCheck, TheFilterAgreesWithFiveThousandParticlesWithinANatOverTenSessions) {
  for (const double noise_sd : {0.05, 0.1225}) {
    for (const char* rule : {"x*r", "x*r - 0.05*w"}) {
      std::vector<double> theta;
      const Objective objective = simulated(rule, noise_sd, 10, theta);
      const BeliefCheck check = check_belief(objective, theta, {.particles = 5000});
      EXPECT_EQ(check.sessions, 10u);
      EXPECT_EQ(check.two_humped, 0u);
      EXPECT_LT(std::abs(10 * check.nats_apart), 1.0) << rule << ", noise sd " << noise_sd;
    }
  }
}

TEST(BeliefCheck, OfOneSessionHasNoStandardError) {
  std::vector<double> theta;
  const Objective objective = simulated("x*r", 0.1, 1, theta);
  const BeliefCheck check = check_belief(objective, theta, {.particles = 100});
  EXPECT_EQ(check.sessions, 1u);
  EXPECT_TRUE(std::isnan(check.nats_error));
}

TEST(BeliefCheck, ABistableRuleHasBeliefsOfTwoHumps) {
  std::vector<double> theta;
  Configuration c;
  c.network.initial_weights.sd = 0.1;
  c.truth.rule = "x*y*r";
  const TrueRule truth = true_rule(c);
  ReplayData data =
      as_in_fit(c, simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, 6, "session"));
  const Objective objective({fitted_network(c, DataOrigin::simulated), truth.rule}, std::move(data.sessions),
                            std::move(data.initial), objective_options(c, DataOrigin::simulated));
  EXPECT_GT(check_belief(objective, truth.theta, {.particles = 5000}).two_humped, 0u);
}

}  // namespace
}  // namespace synfer
