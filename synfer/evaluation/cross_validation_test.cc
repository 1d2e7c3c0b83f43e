#include "synfer/evaluation/cross_validation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <stdexcept>

#include "synfer/base/random.h"

namespace synfer {
namespace {

using testing::ElementsAre;
using Names = std::vector<std::string>;
using Counts = std::vector<std::size_t>;

EncodedSession session_of(const std::string& animal, const std::string& name, std::size_t steps) {
  EncodedSession session;
  session.animal = animal;
  session.name = name;
  session.inputs = 1;
  for (std::size_t t = 0; t < steps; ++t) {
    session.x.push_back(static_cast<double>(t));
    session.choice.push_back(static_cast<int>(t % 2));
    session.r.push_back(static_cast<double>(100 + t));
    session.learns.push_back(1);
  }
  return session;
}

TEST(LeaveOneOut, ScoresAllSessionsOfAnAnimalThatNoFitSaw) {
  const Names animals = {"b", "a", "b"};
  const Counts steps = {10, 20, 30};
  const std::vector<Fold> folds = leave_one_out(animals, steps);
  ASSERT_EQ(folds.size(), 2U);
  EXPECT_THAT(folds[0].fitted, ElementsAre(0U, 20U, 0U));
  EXPECT_THAT(folds[0].scored, ElementsAre(StepRange{0, 10}, StepRange{}, StepRange{0, 30}));
  EXPECT_THAT(folds[1].fitted, ElementsAre(10U, 0U, 30U));
  EXPECT_THROW(leave_one_out(Names{"a", "a"}, Counts{1, 1}), std::invalid_argument);
}

TEST(GroupedFolds, ScoreEachAnimalOnceInGroupsOfEqualSize) {
  Names animals;
  for (int a = 0; a < 23; ++a) animals.insert(animals.end(), 2, "animal" + std::to_string(a));
  const Counts steps(animals.size(), 5);
  const std::vector<Fold> folds = grouped_folds(animals, steps, 10, 1);
  ASSERT_EQ(folds.size(), 10U);
  Counts scored(animals.size());
  for (const Fold& fold : folds) {
    std::set<std::string> group;
    for (std::size_t s = 0; s < animals.size(); ++s) {
      const bool is_scored = fold.scored[s].to > 0;
      EXPECT_EQ(fold.fitted[s], is_scored ? 0U : 5U);
      scored[s] += is_scored ? 1 : 0;
      if (is_scored) group.insert(animals[s]);
    }
    EXPECT_TRUE(group.size() == 2 || group.size() == 3);
  }
  EXPECT_THAT(scored, testing::Each(1U));
  EXPECT_EQ(grouped_folds(animals, steps, 10, 1)[3].scored, folds[3].scored);
  EXPECT_NE(grouped_folds(animals, steps, 10, 2)[3].scored, folds[3].scored);
  EXPECT_EQ(grouped_folds(Names{"a", "b"}, Counts{1, 1}, 10, 1).size(), 2U);
}

TEST(ForwardChaining, ScoresTheTrialsBehindWhatItFits) {
  // Ten trials of two steps, and one session of a single trial, which has no head.
  const std::vector<std::vector<std::size_t>> starts = {{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}, {0}};
  const std::vector<double> cuts = {0.5, 0.75};
  const std::vector<Fold> folds = forward_chaining(starts, Counts{20, 7}, cuts);
  ASSERT_EQ(folds.size(), 2U);
  EXPECT_THAT(folds[0].fitted, ElementsAre(10U, 0U));
  EXPECT_EQ(folds[0].scored[0], (StepRange{10, 14}));
  EXPECT_THAT(folds[1].fitted, ElementsAre(14U, 0U));
  EXPECT_EQ(folds[1].scored[0], (StepRange{14, 20}));
}

// A fit and a score are whatever they want; what they are given holds nothing of what they may not see.
TEST(CrossValidation, GivesAFitNothingOfWhatIsScored) {
  const std::vector<EncodedSession> sessions = {session_of("a", "1", 20), session_of("b", "1", 12)};
  const std::vector<std::vector<std::size_t>> starts = {{0, 10, 15}, {0, 6, 9}};
  const std::vector<double> cuts = {0.4};
  const std::vector<Fold> folds = forward_chaining(starts, Counts{20, 12}, cuts);
  std::vector<EncodedSession> poisoned = sessions;
  for (std::size_t s = 0; s < 2; ++s) {
    for (std::size_t t = folds[0].scored[s].from; t < poisoned[s].steps(); ++t) {
      poisoned[s].x[t] = poisoned[s].r[t] = NAN;
      poisoned[s].choice[t] = 1;
    }
  }
  const auto whole = fitted_part(folds[0], sessions);
  const auto of_poisoned = fitted_part(folds[0], poisoned);
  ASSERT_EQ(whole.size(), 2U);
  for (std::size_t s = 0; s < 2; ++s) {
    EXPECT_EQ(whole[s].steps(), folds[0].scored[s].from);
    EXPECT_EQ(whole[s].x, of_poisoned[s].x);
    EXPECT_EQ(whole[s].r, of_poisoned[s].r);
    EXPECT_EQ(whole[s].choice, of_poisoned[s].choice);
  }
  const auto scored = scored_part(folds[0], sessions);
  EXPECT_EQ(scored[0].scored_from, 10U);
  EXPECT_EQ(scored[0].steps(), 20U);
}

TEST(CrossValidation, KeepsScoresInOrderAndCountsTheChoicesScored) {
  std::vector<EncodedSession> sessions;
  Names animals;
  Counts steps;
  for (const char* animal : {"a", "b", "c"}) {
    animals.emplace_back(animal);
    steps.push_back(4 + steps.size());
    sessions.push_back(session_of(animal, "s", steps.back()));
  }
  std::fill(sessions[1].choice.begin(), sessions[1].choice.end(), kNoChoice);  // nothing to score
  const auto scores = cross_validate(
      leave_one_out(animals, steps), sessions, [](std::size_t n, const auto& fitted, const auto& scored) {
        EXPECT_EQ(fitted.size(), 2U);
        return std::map<std::string, std::vector<double>>{
            {"one", std::vector<double>(scored.size(), 1.0 + static_cast<double>(n))}};
      });
  ASSERT_EQ(scores.size(), 2U);
  EXPECT_EQ(scores[0].animal, "a");
  EXPECT_EQ(scores[0].choices, 4U);
  EXPECT_EQ(scores[1].animal, "c");
  EXPECT_EQ(scores[1].choices, 6U);
  EXPECT_EQ(scores[1].nll.at("one"), 3.0);
}

HeldOutScore score(const std::string& animal, std::size_t choices, double model, double rival) {
  return {"fold", animal, "s", choices, {{"model", model}, {"rival", rival}}};
}

TEST(Comparison, IsOfNatsAStepOfTheSameChoices) {
  const std::vector<HeldOutScore> scores = {score("a", 10, 5, 6), score("b", 100, 50, 45),
                                            score("c", 10, 4, 8)};
  const PairedComparison found = compare(scores, "model", "rival");
  EXPECT_NEAR(found.gain[0], 0.1, 1e-15);
  EXPECT_NEAR(found.gain[1], -0.05, 1e-15);
  EXPECT_NEAR(found.gain[2], 0.4, 1e-15);
  EXPECT_EQ(found.above_zero, 2U);
  EXPECT_NEAR(found.mean, 0.15, 1e-15);
  EXPECT_NEAR(found.median, 0.1, 1e-15);
  // By hand: deviations -.05, -.2, .25; squares .105; over 3 * 2.
  EXPECT_NEAR(found.standard_error, std::sqrt(0.105 / 6), 1e-15);
  EXPECT_NEAR(found.percent[0], 100.0 / 6, 1e-12);
  EXPECT_NEAR(found.percent_median, 100.0 / 6, 1e-12);
  EXPECT_NEAR(found.model_nats, (0.5 + 0.5 + 0.4) / 3, 1e-15);
  const PairedComparison other_way = compare(scores, "rival", "model");
  EXPECT_EQ(other_way.above_zero, 1U);
  EXPECT_NEAR(other_way.mean, -found.mean, 1e-15);
  EXPECT_FALSE(found.better());  // .15 is no more than twice .13
  EXPECT_THROW(compare(scores, "model", "another"), std::invalid_argument);
}

// A model that cannot predict one session of four does not win by the other three.
TEST(Comparison, ASessionThatAModelCannotPredictIsLostAndNoMeanLeavesItOut) {
  const std::vector<HeldOutScore> scores = {score("a", 10, 1, 6), score("b", 10, 1, 6), score("c", 10, 1, 6),
                                            score("d", 10, INFINITY, 8)};
  const PairedComparison found = compare(scores, "model", "rival");
  EXPECT_EQ(found.lost_by_model, 1U);
  EXPECT_EQ(found.lost_by_rival, 0U);
  EXPECT_EQ(found.gain[3], -INFINITY);
  EXPECT_EQ(found.percent[3], -INFINITY);
  EXPECT_EQ(found.model_nats, INFINITY);
  EXPECT_NEAR(found.rival_nats, 0.65, 1e-15);
  EXPECT_EQ(found.mean, -INFINITY);
  EXPECT_NEAR(found.median, 0.5, 1e-15);  // of .5, .5, .5 and minus infinity
  EXPECT_TRUE(std::isnan(found.standard_error));
  EXPECT_FALSE(found.better());
  EXPECT_EQ(found.above_zero, 3U);
  const PairedComparison other_way = compare(scores, "rival", "model");
  EXPECT_EQ(other_way.mean, INFINITY);
  EXPECT_EQ(other_way.percent[3], 100.0);
  EXPECT_FALSE(other_way.better());  // there is no error to be beyond
}

TEST(Comparison, OfTwoModelsThatBothLoseSessionsNothingIsSaid) {
  const std::vector<HeldOutScore> scores = {score("a", 10, 1, INFINITY), score("b", 10, INFINITY, INFINITY)};
  const PairedComparison found = compare(scores, "model", "rival");
  EXPECT_EQ(found.lost_by_model, 1U);
  EXPECT_EQ(found.lost_by_rival, 2U);
  EXPECT_TRUE(std::isnan(found.mean));
  EXPECT_FALSE(found.better());
  EXPECT_FALSE(found.worse());
}

// Two sessions of one animal that always agree count as one: over many data sets the standard error
// meets the spread of the mean, and that of unclustered values is too small by sqrt 2.
TEST(Comparison, StandardErrorIsClusteredByAnimal) {
  constexpr int kSets = 400;
  constexpr int kAnimals = 30;
  const RandomStream stream(1, "test of clusters");
  double mean_squared_error = 0.0;
  for (std::uint64_t set = 0; set < kSets; ++set) {
    std::vector<double> values;
    Names animals;
    for (std::uint64_t a = 0; a < kAnimals; ++a) {
      values.insert(values.end(), 2, stream.normal({.step = a, .replicate = set}));
      animals.insert(animals.end(), 2, std::to_string(a));
    }
    const double error = clustered_standard_error(values, animals);
    mean_squared_error += error * error / kSets;
  }
  // sd of the mean of thirty standard normals
  EXPECT_NEAR(std::sqrt(mean_squared_error), 1 / std::sqrt(30.0), 0.01);
  EXPECT_TRUE(std::isnan(clustered_standard_error(std::vector{1.0, 2.0}, Names{"a", "a"})));
}

}  // namespace
}  // namespace synfer
