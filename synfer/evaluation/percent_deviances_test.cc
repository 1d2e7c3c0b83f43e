#include "synfer/evaluation/percent_deviances.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/random.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::IsNan;
using ::testing::Key;

EncodedSession random_session(const std::string& name, double accept_rate = 0.3) {
  EncodedSession s;
  s.animal = s.name = name;
  s.inputs = 2;
  s.x.resize(80);
  RandomStream(5, "x", name).normals({}, 80, s.x.data());
  s.r.assign(40, 0.5);
  for (std::size_t t = 0; t < 40; ++t) {
    s.choice.push_back(static_cast<int>(RandomStream(5, "choices", name).uniform({.step = t}) < accept_rate));
    s.learns.push_back(static_cast<char>(s.choice.back() == 1));
  }
  return s;
}

const Model kModel = {network_with_hidden_layer(2, 3, {}), TaylorRule({{1, 0, 0, 1}, {0, 0, 4, 0}})};
const Matrix kWeights = Matrix::Constant(2, 3, 0.1);

std::map<std::string, SessionScores> scores(const std::vector<double>& theta,
                                            const std::vector<EncodedSession>& sessions,
                                            const Matrix& initial = kWeights) {
  return percent_deviances({kModel, theta}, sessions, std::vector<Matrix>(sessions.size(), initial),
                           choice_shares({random_session("training")}));
}

TEST(PercentDeviances, NameEveryNull) {
  EXPECT_THAT(
      scores({0.1, 0.0}, {random_session("a")}),
      ElementsAre(Key("coin_flip"), Key("own_rate"), Key("training_rate"), Key("without_plasticity")));
}

TEST(PercentDeviances, OffsetsArePartOfTheModelAndNotOfConstantWeights) {
  const std::vector<EncodedSession> sessions = {random_session("a"), random_session("b")};
  const std::vector<Matrix> initial(2, Matrix::Zero(2, 3));
  const std::vector<double> theta = {0.0, 0.0};
  Prediction prediction{kModel, theta};
  for (const EncodedSession& s : sessions) {
    const double share = choice_shares({s}).probability.front();
    prediction.offsets.push_back({std::vector<double>(s.steps(), std::log(share / (1.0 - share))), {}});
  }
  prediction.history_only = {{std::vector<double>(40, 0.0), {}}, {std::vector<double>(40, 0.0), {}}};
  const auto found = percent_deviances(prediction, sessions, initial, choice_shares(sessions));
  EXPECT_THAT(found.at("own_rate").sessions, Each(DoubleNear(0.0, 1e-9)));
  EXPECT_EQ(found.at("without_plasticity").sessions, found.at("coin_flip").sessions);
  EXPECT_GT(found.at("history_only").median, 1.0);
  EXPECT_NEAR(found.at("history_only").median, found.at("coin_flip").median, 1e-9);
}

TEST(PercentDeviances, OfAModelThatFlipsACoinAreZeroAgainstCoinFlip) {
  const auto found = scores({0.0, 0.0}, {random_session("a"), random_session("b")}, Matrix::Zero(2, 3));
  EXPECT_THAT(found.at("coin_flip").sessions, Each(DoubleNear(0.0, 1e-12)));
  EXPECT_LT(found.at("own_rate").median, 0.0);
}

TEST(PercentDeviances, OfARuleThatIsZeroAreZeroAgainstConstantWeights) {
  const auto found = scores({0.0, 0.0}, {random_session("a"), random_session("b")});
  EXPECT_THAT(found.at("without_plasticity").sessions, Each(DoubleNear(0.0, 1e-12)));
  EXPECT_GT(std::abs(scores({0.3, 0.0}, {random_session("a")}).at("without_plasticity").median), 0.1);
}

TEST(PercentDeviances, OwnRateIsTheHarderNullSinceItKnowsTheScoredChoices) {
  for (const double rate : {0.1, 0.3, 0.5, 0.9}) {
    const auto found = scores({0.1, 0.0}, {random_session("a", rate)});
    EXPECT_LE(found.at("own_rate").median, found.at("training_rate").median) << rate;
    EXPECT_LE(found.at("own_rate").median, found.at("coin_flip").median) << rate;
  }
}

TEST(PercentDeviances, ASessionInWhichTheRuleOverflowsPullsTheMedianDown) {
  EncodedSession still = random_session("b");
  std::ranges::fill(still.learns, 0);
  const auto found = scores({0.1, 1e9}, {random_session("a"), still, random_session("c")});
  for (const auto& [null, score] : found) {
    EXPECT_THAT(score.sessions, ElementsAre(-INFINITY, Gt(-1e9), -INFINITY)) << null;
    EXPECT_EQ(score.median, -INFINITY) << null;
  }
}

TEST(PercentDeviances, ASessionWithoutChoicesHasNoneAndADataSetWithoutHasNoNulls) {
  EncodedSession silent = random_session("b");
  std::ranges::fill(silent.choice, kNoChoice);
  std::ranges::fill(silent.learns, 0);
  EXPECT_THAT(scores({0.1, 0.0}, {random_session("a"), silent}).at("coin_flip").sessions,
              ElementsAre(Not(IsNan()), IsNan()));
  EXPECT_THAT(scores({0.1, 0.0}, {silent}), IsEmpty());
}

TEST(PercentDeviances, OfResampledStimuliAreAMeanOverDrawsNamedByTheSeed) {
  const std::vector<EncodedSession> sessions = {random_session("a")};
  const std::vector<double> theta = {0.3, 0.0};
  const auto median = [&](double sd, std::uint64_t seed) {
    const Prediction prediction{.model = kModel, .theta = theta, .resampling_sd = sd, .seed = seed};
    return percent_deviances(prediction, sessions, {kWeights}, coin_flip(1)).at("coin_flip").median;
  };
  EXPECT_EQ(median(0.1, 1), median(0.1, 1));
  EXPECT_NE(median(0.1, 1), median(0.1, 2));
  EXPECT_NEAR(median(1e-9, 1), median(0.0, 1), 1e-5);
}

}  // namespace
}  // namespace synfer
