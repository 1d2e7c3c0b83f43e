#include "synfer/analysis/cross_validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <sstream>

#include "synfer/analysis/conclusions.h"
#include "synfer/analysis/rivals.h"
#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/result.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

// Two synapses, no noise: a fit to the mean stimulus knows what the animal saw.
Configuration plain(const Strings& terms) {
  Configuration c;
  c.network.hidden = 0;
  c.stimulus.noise_sd = 0.0;
  c.rule.terms = terms;
  c.evaluation.shuffles = 2;
  return c;
}

std::vector<Session> animals_of_rule(Configuration c, const std::string& rule, int animals) {
  c.truth.rule = rule;
  const TrueRule truth = true_rule(c);
  std::vector<Session> sessions;
  for (const SimulatedSession& one :
       simulate(simulation_options(c), {network_of(c), truth.rule}, truth.theta, animals, "animal")) {
    sessions.push_back(one.session);
  }
  return sessions;
}

PairedComparison over(const CrossValidation& found, const std::string& rival) {
  return compare(found.scores, kFit, rival);
}

// Choices and rewards of these steps are others than they were.
void poison(Session& session, std::size_t from) {
  for (std::size_t t = from; t < session.steps(); ++t) {
    if (session.learns[t]) session.reward[t] = 1.0 - session.reward[t];
    std::swap(session.stimulus[t], session.stimulus[session.steps() - 1 - (t - from) / 2]);
  }
}

TEST(CrossValidate, WithoutPlasticityARuleGainsNothing) {
  Configuration c = plain({"1", "x", "w", "r", "x*r"});
  const CrossValidation found = cross_validate(c, animals_of_rule(c, "0*x", 12));
  EXPECT_EQ(found.scheme, "leave_one_out");
  for (const char* rival : {"coin_flip", "training_rate", "shuffled_rewards"}) {
    SCOPED_TRACE(rival);
    const PairedComparison paired = over(found, rival);
    EXPECT_EQ(paired.lost_by_model + paired.lost_by_rival, 0U);
    EXPECT_LT(std::abs(paired.mean), 2 * paired.standard_error);
    EXPECT_LT(paired.standard_error, 0.002);  // nats a step
  }
}

// The size of the gain is that of the true rule on the same sessions.
TEST(CrossValidate, ALearningRuleIsFoundAndItsGainIsRight) {
  Configuration c = plain({"x*r", "w"});
  const std::vector<Session> sessions = animals_of_rule(c, "x*r - 0.05*w", 10);
  const CrossValidation found = cross_validate(c, sessions);
  const PairedComparison paired = over(found, "coin_flip");
  EXPECT_GT(paired.mean, 5 * paired.standard_error);
  EXPECT_GT(over(found, "shuffled_rewards").mean, 2 * over(found, "shuffled_rewards").standard_error);
  EXPECT_GT(over(found, "without_plasticity").above_zero, 8U);

  c.truth.rule = "x*r - 0.05*w";
  const TrueRule truth = true_rule(c);
  const std::vector<EncodedSession> replayed = replayed_sessions(c, sessions);
  const Objective of_truth({network_of(c), truth.rule}, replayed, assumed_weights(c, replayed),
                           objective_options(c, DataOrigin::recorded));
  const double nats = of_truth.nll(truth.theta, {}) / static_cast<double>(of_truth.observations());
  EXPECT_NEAR(paired.model_nats, nats, 0.01);
}

TEST(CrossValidate, AnAnimalLeftOutDoesNotTouchItsFit) {
  const Configuration c = plain({"1", "x", "w", "r", "x*r"});
  std::vector<Session> sessions = animals_of_rule(c, "x*r", 4);
  const CrossValidation before = cross_validate(c, sessions);
  poison(sessions[2], 0);
  const CrossValidation after = cross_validate(c, sessions);
  EXPECT_EQ(after.rules[2], before.rules[2]);
  EXPECT_NE(after.scores[2].nll.at(kFit), before.scores[2].nll.at(kFit));
  for (const std::size_t other : {0, 1, 3}) EXPECT_NE(after.rules[other], before.rules[other]);
}

TEST(CrossValidate, ForwardChainingFitsNothingOfWhatItScores) {
  Configuration c = plain({"1", "x", "w", "r", "x*r"});
  c.evaluation.cross_validate = "forward";
  c.evaluation.cuts = {0.5, 0.75};
  std::vector<Session> sessions = animals_of_rule(c, "x*r", 3);
  const CrossValidation before = cross_validate(c, sessions);
  ASSERT_EQ(groups_of(before).size(), 2U);
  ASSERT_EQ(before.scores.size(), 6U);
  const std::vector<std::vector<std::size_t>> starts = trial_starts(c, sessions);
  for (std::size_t s = 0; s < 3; ++s) poison(sessions[s], starts[s][starts[s].size() / 2]);
  const CrossValidation after = cross_validate(c, sessions);
  EXPECT_EQ(after.rules[0], before.rules[0]);
  EXPECT_NE(after.rules[1], before.rules[1]);
  EXPECT_NE(after.scores[0].nll.at(kFit), before.scores[0].nll.at(kFit));
  for (const char* model : {"coin_flip", "training_rate"}) {
    EXPECT_EQ(after.scores[0].nll.at(model), before.scores[0].nll.at(model));  // choices are as they were
  }
}

TEST(CrossValidate, IsTheSameWithOneAndTwoThreads) {
  const Configuration c = plain({"x*r", "w"});
  const std::vector<Session> sessions = animals_of_rule(c, "x*r", 4);
  const auto with_threads = [&](std::size_t threads) {
    const ThreadLimit limit(threads);
    return to_json(cross_validate(c, sessions));
  };
  EXPECT_EQ(with_threads(1), with_threads(2));
}

TEST(CrossValidate, ChoicesAmongOffersHaveQLearningAsRivalAndCarriedWeightsAreOneReplay) {
  Configuration c = plain({"x*r", "w"});
  c.task.kind = "choice";
  c.data.carry_weights = true;
  std::vector<Session> sessions = animals_of_rule(c, "x*r", 6);
  for (std::size_t s = 0; s < sessions.size(); ++s) sessions[s].animal = "animal " + std::to_string(s / 2);
  const CrossValidation found = cross_validate(c, sessions);
  EXPECT_THAT(found.models, Contains("q_learning"));
  ASSERT_EQ(found.scores.size(), 3U);
  EXPECT_EQ(found.scores[0].choices, sessions[0].steps() + sessions[1].steps());
  EXPECT_EQ(over(found, "q_learning").lost_by_rival, 0U);
  EXPECT_GT(over(found, "coin_flip").mean, over(found, "q_learning").mean);  // it learns, too
}

// Animals that learn, and accept the more rarely the longer a trial: the covariates alone are beaten by
// what the rule adds, and the fit with covariates scores no prior.
TEST(CrossValidate, CovariatesAloneAreARivalWhereThereAreCovariates) {
  Configuration c = plain({"x*r", "w"});
  c.history.covariates = Strings{"bias", "rejections"};
  c.evaluation.rivals = {"history_only"};
  for (const bool session_bias : {false, true}) {
    c.history.session_bias = session_bias;
    const CrossValidation found = cross_validate(c, animals_of_rule(c, "x*r - 0.05*w", 8));
    EXPECT_THAT(found.models, ElementsAre(kFit, "coin_flip", "training_rate", "own_rate",
                                          "without_plasticity", "history_only"));
    const PairedComparison paired = over(found, "history_only");
    EXPECT_EQ(paired.lost_by_model + paired.lost_by_rival, 0U);
    EXPECT_GT(paired.mean, 2 * paired.standard_error);
    EXPECT_LT(std::abs(over(found, "history_only").rival_nats - over(found, "training_rate").rival_nats),
              0.01);
  }
}

TEST(CrossValidate, LatentWeightsThatWalkHaveTheWalkAloneAsRival) {
  Configuration c = plain({"x*r"});
  c.stimulus.in_fit = "filtered";
  c.belief.walk_sd = 0.1;
  c.evaluation.rivals = {"drift_only"};
  const CrossValidation found = cross_validate(c, animals_of_rule(c, "x*r", 3));
  EXPECT_EQ(found.prediction, "one step ahead");
  EXPECT_THAT(found.models, ElementsAre(kFit, "coin_flip", "training_rate", "own_rate", "without_plasticity",
                                        "drift_only"));
  EXPECT_GT(over(found, "drift_only").mean, 0);
  // The walk alone follows what it sees; weights that never change do not.
  EXPECT_LT(over(found, "drift_only").rival_nats, over(found, "without_plasticity").rival_nats);
}

// Animals that accept at a rate of their own, whatever was paid: covariates know as much as the rule and
// they.
TEST(CrossValidate, OverTheHistoryARuleGainsNothingWhereNothingIsLearned) {
  Configuration c = plain({"x*r"});
  c.history.covariates = Strings{"bias", "accept_average"};
  c.evaluation.rivals = {"history_only"};
  std::vector<Session> sessions = animals_of_rule(c, "x*r", 8);
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const RandomStream stream(s, "test of own rates");
    for (std::size_t t = 0; t < sessions[s].steps(); ++t) {
      const bool accepts = stream.uniform({.step = t}) < 0.3 + 0.05 * static_cast<double>(s);
      sessions[s].choice[t] = accepts ? 1 : 0;
      sessions[s].learns[t] = accepts;
      sessions[s].reward[t] = !accepts ? NAN : stream.uniform({.step = t, .index = 1}) < 0.5 ? 1.0 : 0.0;
    }
  }
  const CrossValidation found = cross_validate(c, sessions);
  const PairedComparison paired = over(found, "history_only");
  EXPECT_LT(std::abs(paired.mean), 2 * paired.standard_error + 1e-4);
  EXPECT_LT(std::abs(paired.mean), 0.005);
  // A slow average of its own choices tells an unseen animal's rate, nearly as well as the oracle knows it.
  EXPECT_GT(over(found, "coin_flip").mean, 2 * over(found, "coin_flip").standard_error);
  EXPECT_LT(std::abs(over(found, "own_rate").mean), 0.01);
}

TEST(CrossValidate, AnAnimalThatNoFitSawHasNoBiasOfItsOwnAndALaterTrialHas) {
  Configuration c = plain({"x*r"});
  c.history.session_bias = true;
  c.evaluation.rivals = {"history_only"};
  c.evaluation.cross_validate = "leave_one_out";
  std::vector<Session> sessions = animals_of_rule(c, "x*r", 6);
  for (std::size_t s = 0; s < sessions.size(); ++s) {  // half of the animals accept often, half seldom
    const RandomStream stream(s, "test of own biases");
    for (std::size_t t = 0; t < sessions[s].steps(); ++t) {
      const bool accepts = stream.uniform({.step = t}) < (s % 2 == 0 ? 0.8 : 0.2);
      sessions[s].choice[t] = accepts ? 1 : 0;
      sessions[s].learns[t] = accepts;
      sessions[s].reward[t] = accepts ? 1.0 : NAN;
    }
  }
  const double unseen = over(cross_validate(c, sessions), "coin_flip").mean;
  c.evaluation.cross_validate = "forward";
  c.evaluation.cuts = {0.5};
  const CrossValidation later = cross_validate(c, sessions);
  EXPECT_LT(unseen, 0.02);
  EXPECT_GT(over(later, "coin_flip").mean, 0.1);  // log 2 - H(.8) = .193 nats, with an error of .02
  EXPECT_LT(std::abs(over(later, "own_rate").mean), 0.01);
  EXPECT_LT(std::abs(over(later, "history_only").mean), 0.005);
}

TEST(CrossValidate, SchemeGoesByTheNumberOfAnimals) {
  Configuration c = plain({"x*r"});
  const auto scheme = [&](int animals) {
    std::vector<Session> sessions(static_cast<std::size_t>(animals));
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      sessions[s].animal = std::to_string(s);
      sessions[s].choice = {1};
      sessions[s].reward = {1};
      sessions[s].trial = sessions[s].block = {0};
      sessions[s].learns = {true};
    }
    return scheme_of(c, sessions);
  };
  EXPECT_EQ(scheme(2), "none");
  EXPECT_EQ(scheme(3), "leave_one_out");
  EXPECT_EQ(scheme(20), "leave_one_out");
  EXPECT_EQ(scheme(21), "grouped");
  c.fit.method = "adam";
  EXPECT_EQ(scheme(12), "none");
  c.evaluation.cross_validate = "leave_one_out";
  EXPECT_EQ(scheme(12), "leave_one_out");
  EXPECT_THROW(cross_validate(c, animals_of_rule(c, "x*r", 1)), ConfigurationError);
}

// By hand: the second animal is lost, whatever the others say.
TEST(CrossValidate, ALostSessionStandsInEveryTableAndInNoMean) {
  CrossValidation found;
  found.scheme = "leave_one_out";
  found.prediction = "open loop";
  found.models = {kFit, "coin_flip"};
  for (int a = 0; a < 3; ++a) {
    const std::string animal = std::to_string(a);
    found.folds.push_back("without " + animal);
    found.rules.emplace_back("x*r");
    found.scores.push_back(
        {found.folds.back(), animal, "s", 10, {{kFit, a == 1 ? INFINITY : 1.0}, {"coin_flip", 7.0}}});
  }
  const std::string table = table_of(found);
  EXPECT_THAT(table, testing::ContainsRegex("fit +inf\n"));
  EXPECT_THAT(table, testing::ContainsRegex("coin_flip +0\\.7000 .* 2 of 3 +-inf\n"));
  EXPECT_THAT(table, testing::HasSubstr("weights overflow under fit in 1 of 3 sessions"));
  RunResult result;
  result.cross_validation = found;
  conclude_from(found, result);
  EXPECT_THAT(verdict_line(result),
              testing::HasSubstr("overflow in 1 of 3 held-out sessions: it cannot be said"));
  for (const Note& note : result.notes) EXPECT_NE(note.id, "rivals_beaten");
  const auto back = cross_validation_of(to_json(result));
  ASSERT_TRUE(back);
  EXPECT_EQ(compare(back->scores, kFit, "coin_flip").mean, -INFINITY);
}

TEST(CrossValidate, CanBeInterrupted) {
  const Configuration c = plain({"x*r"});
  std::atomic<bool> stop = false;
  CrossValidationHooks hooks;
  hooks.interrupted = [&] { return stop.load(); };
  hooks.after_fold = [&](long, long) { stop = true; };
  const CrossValidation found = cross_validate(c, animals_of_rule(c, "x*r", 8), hooks);
  EXPECT_THAT(found.scores.back().nll, testing::IsEmpty());
}

TEST(CrossValidate, IsWrittenInEightyColumnsAndReadBack) {
  const Configuration c = plain({"x*r"});
  const CrossValidation found = cross_validate(c, animals_of_rule(c, "x*r", 3));
  std::istringstream lines(table_of(found));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  RunResult result;
  EXPECT_FALSE(cross_validation_of(to_json(result)));
  result.cross_validation = found;
  const CrossValidation back = cross_validation_of(to_json(result)).value_or(CrossValidation{});
  EXPECT_EQ(to_json(back), to_json(found));
  EXPECT_EQ(to_csv(back), to_csv(found));
  const std::string csv = to_csv(found);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
}

}  // namespace
}  // namespace synfer
