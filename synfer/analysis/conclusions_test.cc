#include "synfer/analysis/conclusions.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "synfer/analysis/rivals.h"
#include "synfer/results/result.h"

namespace synfer {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Six animals of a thousand choices each. Nats a choice by which each rival is better than the rule, give or
// take a hundredth of that.
std::vector<std::string> said_of(const std::map<std::string, double>& better) {
  CrossValidation found;
  found.scheme = "leave_one_out";
  found.models = {kFit};
  for (const auto& [rival, gain] : better) found.models.push_back(rival);
  for (int n = 0; n < 6; ++n) {
    const std::string animal = std::to_string(n);
    HeldOutScore score{animal, animal, "1", 1000, {{kFit, 600.0}}};
    for (const auto& [rival, gain] : better)
      score.nll[rival] = 600.0 - 1000.0 * gain * (n % 2 == 0 ? 1.01 : 0.99);
    found.scores.push_back(std::move(score));
  }
  RunResult result;
  conclude_from(found, result);
  std::vector<std::string> texts;
  for (const Note& note : result.notes) texts.push_back(note.text);
  return texts;
}

TEST(Conclusions, NameOneRivalOrSeveral) {
  EXPECT_THAT(said_of({{"q_learning", 0.02}}),
              ElementsAre(StartsWith("held-out choices are predicted better by a rival than by the rule: "
                                     "q_learning by 0.02 +- ")));
  EXPECT_THAT(said_of({{"q_learning", 0.02}, {"history_only", 0.01}}),
              ElementsAre(StartsWith("held-out choices are predicted better by rivals than by the rule: ")));
  EXPECT_THAT(said_of({{"q_learning", -0.02}}),
              ElementsAre(AllOf(HasSubstr("better than q_learning"), Not(HasSubstr("each by more")),
                                HasSubstr(", by more than two standard errors"))));
  EXPECT_THAT(said_of({{"q_learning", -0.02}, {"history_only", -0.01}}),
              ElementsAre(HasSubstr(", each by more than two standard errors")));
}

// Half a nat in a thousand choices is sure, and little.
TEST(Conclusions, DoNotPreferARivalForATinyGain) {
  EXPECT_THAT(
      said_of({{"q_learning", 0.0005}}),
      ElementsAre(AllOf(StartsWith("on held-out choices the rule does not clearly predict better than "
                                   "q_learning (-0.0005 +- "),
                        HasSubstr("what this model lacks"))));
}

TEST(Conclusions, WeightsThatForgetAllInAStepAreNoMechanismOfLearning) {
  const auto is_open = [](double decay) {
    RunResult result;
    result.cross_validation.emplace().models = {kFit};
    result.estimates = {{.name = "x*r", .value = 7.0, .effect = 1.0},
                        {.name = "w", .value = -2.0, .effect = decay}};
    add_conclusions(result);
    return std::ranges::find(result.notes, "mechanism_open", &Note::id) != result.notes.end();
  };
  EXPECT_TRUE(is_open(0.97));
  EXPECT_TRUE(is_open(1.1));
  EXPECT_FALSE(is_open(0.5));
}

}  // namespace
}  // namespace synfer
