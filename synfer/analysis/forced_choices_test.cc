// Forced choices teach and are not scored, from a simulation to the coefficient of a fit.
#include <gtest/gtest.h>

#include <algorithm>

#include "synfer/analysis/animal_model.h"
#include "synfer/analysis/certainty.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/plan/recorded_design.h"

namespace synfer {
namespace {

// A bandit whose animal knows no noise.
Configuration bandit() {
  Configuration c;
  c.task.kind = "choice";
  c.task.trials_per_block = 100;
  c.task.baiting = false;
  c.network.hidden = 0;
  c.network.initial_weights.sd = 0.0;
  c.stimulus.noise_sd = 0.0;
  c.truth.rule = "4*x*r - 0.2*w";
  c.rule.terms = {"x*r", "w"};
  c.history.covariates = Strings{};
  c.data.held_out = 0.0;
  return c;
}

// The same task with every third choice forced, done by the animal of the settings.
std::vector<Session> a_third_forced(const Configuration& c) {
  std::vector<Session> design;
  const AnimalModel animal = named_animal(c);
  for (const SimulatedSession& one : simulate(animal.options, animal.model, animal.theta, 8, "design ")) {
    design.push_back(one.session);
    Session& session = design.back();
    const RandomStream instructed(1, "instructed", session.animal);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      session.scored.push_back(t % 3 != 0);
      if (t % 3 == 0) session.choice[t] = static_cast<int>(instructed.uniform({.step = t}) < 0.5);
    }
  }
  std::vector<Session> done;
  const std::vector<RecordedTask> tasks = recorded_design(c, design).tasks;
  for (std::size_t s = 0; s < tasks.size(); ++s) {
    SimulationOptions options = animal.options;
    options.task = tasks[s];
    const std::string name = "mouse " + std::to_string(s);
    done.push_back(simulate_session(options, animal.model, animal.theta, name, name).session);
  }
  return done;
}

Estimate coefficient_of_xr(const Configuration& c, const std::vector<Session>& sessions) {
  const Objective objective = objective_of(c, DataOrigin::recorded, split_recorded(c, sessions).training);
  const Estimation estimation = estimate(c, DataOrigin::recorded, objective, {}, {});
  return rule_estimates(c, DataOrigin::recorded, estimation).front();
}

TEST(ForcedChoices, TeachAndGiveBackTheCoefficientWhereTheyAreNotScored) {
  const Configuration c = bandit();
  std::vector<Session> sessions = a_third_forced(c);
  ASSERT_EQ(std::ranges::count(sessions.front().scored, false), 100);
  const Estimate found = coefficient_of_xr(c, sessions);
  EXPECT_NEAR(found.value, 4.0, 4.0 * found.standard_error);
  EXPECT_LT(found.standard_error, 0.5);
  for (Session& session : sessions) session.scored.clear();
  EXPECT_LT(coefficient_of_xr(c, sessions).value, 0.75 * found.value);
}

TEST(RewardTerm, StartsWhereTheSettingsSayInSimulationsToo) {
  Configuration c = bandit();
  c.reward_term.start = 0.25;
  EXPECT_EQ(named_animal(c).options.expected_reward.start, 0.25);
  EXPECT_EQ(simulation_options(c).expected_reward.start, 0.25);
  // By hand: the first change of an animal without weights is eta x (R - 1/4).
  c.truth.rule = "x*r";
  const AnimalModel animal = named_animal(c);
  const Session session = simulate(animal.options, animal.model, animal.theta, 1, "mouse ").front().session;
  const std::vector<Session> sessions = {session};
  const EncodedSession seen = split_recorded(c, sessions).training.sessions.front();
  EXPECT_EQ(seen.r.front(), session.reward.front() - 0.25);
}

}  // namespace
}  // namespace synfer
