#include "synfer/analysis/structures.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "synfer/analysis/analysis.h"
#include "synfer/analysis/structure_scores.h"
#include "synfer/base/random.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Choices between two arms by values that are learned with one rate and forgotten with none, or by a bias
// alone.
struct Animal {
  double alpha = 0.4;
  double beta = 4.0;
  double bias = 0.0;  // of the second arm
};

Session session_of(const Animal& animal, const std::string& name, int number) {
  const RandomStream stream(7, "test of structures", name, std::to_string(number));
  Session session;
  session.animal = name;
  session.name = std::to_string(number);
  session.offers = 2;
  session.stimuli = {"left", "right"};
  double value[2] = {0.0, 0.0};
  for (std::uint64_t t = 0; t < 200; ++t) {
    const double logit = animal.beta * (value[1] - value[0]) + animal.bias;
    const int choice = stream.uniform({.step = t}) < 1.0 / (1.0 + std::exp(-logit)) ? 1 : 0;
    const bool better = choice == static_cast<int>(t / 40) % 2;
    const double reward = stream.uniform({.step = t, .index = 1}) < (better ? 0.8 : 0.2) ? 1.0 : 0.0;
    value[choice] += animal.alpha * (reward - value[choice]);
    session.stimulus.insert(session.stimulus.end(), {0, 1});
    session.trial.push_back(static_cast<int>(t));
    session.block.push_back(static_cast<int>(t / 40));
    session.choice.push_back(choice);
    session.reward.push_back(reward);
    session.learns.push_back(true);
  }
  return session;
}

std::vector<Session> animals(const Animal& animal, int count, int sessions) {
  std::vector<Session> all;
  for (int a = 0; a < count; ++a) {
    for (int s = 0; s < sessions; ++s)
      all.push_back(session_of(animal, std::string(1, static_cast<char>('a' + a)), s));
  }
  return all;
}

Configuration plain() {
  Configuration c;
  c.network.hidden = 0;
  c.evaluation.predictive_draws = 0;
  c.evaluation.rivals = {};
  return c;
}

const SetKeys kNoHidden = {"network.hidden"};

std::vector<std::string> names_of(const std::vector<StructureChoice>& choices) {
  std::vector<std::string> names;
  for (const StructureChoice& choice : choices) names.push_back(choice.of);
  return names;
}

TEST(StructureChoices, AreOpenUnlessASettingOfThemIsGiven) {
  const std::vector<Session> sessions = animals({}, 3, 2);
  EXPECT_THAT(names_of(structure_choices({}, {}, sessions)),
              ElementsAre("expected_reward", "covariates", "drift", "carry", "hidden"));
  EXPECT_THAT(names_of(structure_choices({}, {"reward_term.window", "history.covariates", "network.hidden"},
                                         sessions)),
              ElementsAre("drift", "carry"));
  // What says nothing of them closes none, and animals of one session carry nothing.
  EXPECT_THAT(names_of(structure_choices({}, {"rule.variables", "reward_term.start"}, animals({}, 3, 1))),
              ElementsAre("expected_reward", "covariates", "drift", "hidden"));
}

TEST(StructureChoices, AreNoneForOtherFitsThanOfARuleToChoices) {
  const std::vector<Session> sessions = animals({}, 3, 1);
  Configuration quick;
  quick.structures.search = "none";
  EXPECT_THAT(structure_choices(quick, {}, sessions), IsEmpty());
  Configuration named;  // a hypothesis has its setting
  named.rule.terms = Strings{"x*r"};
  EXPECT_THAT(structure_choices(named, {"rule.terms"}, sessions), IsEmpty());
  named.structures.search = "always";
  EXPECT_THAT(structure_choices(named, {"rule.terms"}, sessions), Not(IsEmpty()));
  Configuration mlp;
  mlp.rule.kind = "mlp";
  EXPECT_THAT(structure_choices(mlp, {}, sessions), IsEmpty());
  Configuration published;
  published.fit.method = "adam";
  EXPECT_THAT(structure_choices(published, {}, sessions), IsEmpty());
}

TEST(PairedLoss, IsOfSumsOverChoicesWithTheLargerOfTwoErrors) {
  // Differences of 1, 3 and 5 nats in sessions, of 4 and 5 in animals.
  const std::vector<PartScore> one = {{"a", "1", 10, 11.0}, {"a", "2", 10, 13.0}, {"b", "3", 20, 25.0}};
  const std::vector<PartScore> other = {{"a", "1", 10, 10.0}, {"a", "2", 10, 10.0}, {"b", "3", 20, 20.0}};
  const PairedLoss loss = paired_loss(one, other);
  EXPECT_DOUBLE_EQ(loss.mean, 9.0 / 40);
  EXPECT_DOUBLE_EQ(loss.error, std::sqrt(3.0 / 2.0 * 8.0) / 40);  // animals alone: 1 / 40
  EXPECT_TRUE(loss.worse());
}

TEST(PairedLoss, OfNextToNothingIsNotWorseHoweverSureItIs) {
  const std::vector<PartScore> one = {{"a", "1", 1000, 500.001}, {"b", "2", 1000, 500.001}};
  const std::vector<PartScore> other = {{"a", "1", 1000, 500.0}, {"b", "2", 1000, 500.0}};
  EXPECT_FALSE(paired_loss(one, other).worse());
}

TEST(PairedLoss, OfWeightsThatOverflowIsWorseThanAny) {
  const PairedLoss loss = paired_loss({{"a", "1", 10, INFINITY}, {"b", "2", 10, 9.0}},
                                      {{"a", "1", 10, 10.0}, {"b", "2", 10, 10.0}});
  EXPECT_TRUE(loss.worse());
}

TEST(SimplestAllowed, TakesTheSimplestWithinTwoErrorsOfTheBest) {
  const auto scores = [](double a, double b, double c) {
    return std::vector<PartScore>{{"a", "1", 10, a}, {"b", "2", 10, b}, {"c", "3", 10, c}};
  };
  // The best gains 1 +- .7 nats on the first and 6 +- .1 on the second.
  EXPECT_EQ(
      simplest_allowed({scores(10.0, 10.2, 10.8), scores(12.0, 12.1, 11.9), scores(10, 10, 10)}, {1, 0, 5}),
      0U);
  EXPECT_EQ(simplest_allowed({scores(INFINITY, 1, 1), scores(10, 10, 10)}, {0, 5}), 1U);
}

TEST(Structures, LeaveALearnerOfValuesWithoutAnythingBeside) {
  const std::vector<Session> sessions = animals({}, 4, 1);
  const StructureSearch search = search_structures(plain(), kNoHidden, sessions);
  ASSERT_TRUE(search.found);
  EXPECT_EQ(search.found->tried[search.found->chosen].name, "simplest");
  EXPECT_EQ(search.settings.reward_term.baseline, "none");
  EXPECT_THAT(*search.settings.history.covariates, IsEmpty());
  EXPECT_EQ(search.settings.data.held_out, 0.0);  // animals are left out whole
  const Configuration c = resolved_for(resolved(search.settings, DataOrigin::recorded), sessions);
  const RunResult result = fit_sessions(c, sessions, {}, {}, search.found).result;
  ASSERT_TRUE(result.structures);
  std::vector<std::string> hold;
  for (const StructureConclusion& one : result.structures->conclusions) {
    if (one.otherwise.empty()) hold.push_back(one.of + " " + one.as_chosen);
  }
  EXPECT_THAT(hold, Contains("x*r above 0"));
  EXPECT_THAT(hold, Contains("x*w below 0"));
  EXPECT_THAT(said(result, SentenceKind::kFinding), Contains(HasSubstr("whichever structure is assumed")));
  const auto json = nlohmann::json::parse(to_json(*result.structures));
  EXPECT_EQ(json["chosen"], "simplest");
  EXPECT_EQ(json["tried"].size(), result.structures->tried.size());
}

TEST(Structures, OfAnimalsThatLeanAndLearnNothingHoldNoTermInR) {
  const std::vector<Session> sessions = animals({.alpha = 0.0, .bias = 1.5}, 4, 1);
  const StructureSearch search = search_structures(plain(), kNoHidden, sessions);
  const Configuration c = resolved_for(resolved(search.settings, DataOrigin::recorded), sessions);
  const RunResult result = fit_sessions(c, sessions, {}, {}, search.found).result;
  for (const StructureConclusion& one : result.structures->conclusions)
    EXPECT_THAT(one.of, Not(HasSubstr("r")));
}

TEST(Structures, OfOneAnimalAreComparedOnLaterSessionsOrTrials) {
  EXPECT_EQ(search_structures(plain(), kNoHidden, animals({}, 1, 4)).found->scheme, "later sessions");
  const StructureSearch search = search_structures(plain(), kNoHidden, animals({}, 1, 1));
  EXPECT_EQ(search.found->scheme, "later trials");
  EXPECT_EQ(search.settings.data.held_out, plain().data.held_out);
}

TEST(Structures, AreNotSearchedWhereNothingIsOpenAndNothingIsKeptOfAnInterruptedSearch) {
  Configuration quick = plain();
  quick.structures.search = "none";
  const std::vector<Session> sessions = animals({}, 3, 1);
  EXPECT_FALSE(search_structures(quick, {}, sessions).found);
  StructureHooks hooks;
  hooks.interrupted = [] { return true; };
  const StructureSearch cut = search_structures(plain(), {}, sessions, hooks);
  EXPECT_TRUE(cut.interrupted);
  EXPECT_FALSE(cut.found);
}

TEST(Structures, GiveThreeArmsThreeInputsUnlessToldOtherwise) {
  std::vector<Session> sessions = animals({}, 3, 1);
  for (Session& session : sessions) session.stimuli.emplace_back("middle");
  EXPECT_EQ(search_structures(plain(), kNoHidden, sessions).settings.network.inputs, 3);
}

}  // namespace
}  // namespace synfer
