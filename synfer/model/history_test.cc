#include "synfer/model/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/random.h"

namespace synfer {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Pointwise;
using ::testing::Throws;

const double kHalf = 0.0;  // logit of a rate of 1/2

// K = 1: trials end with an acceptance. Stimuli 0 and 1, an omission at step 3.
EncodedSession accept_reject() {
  EncodedSession s;
  s.name = "by hand";
  s.stimulus = {0, 0, 1, 1, 1, 0};
  s.choice = {0, 0, 1, kNoChoice, 1, 0};
  s.trial = {0, 0, 0, 1, 1, 2};
  return s;
}

// K = 2: three choices and an omission.
EncodedSession two_offers() {
  EncodedSession s;
  s.name = "two";
  s.offers = 2;
  s.stimulus = {0, 1, 1, 0, 0, 1, 2, 0};
  s.choice = {1, kNoChoice, 0, 1};
  s.trial = {0, 1, 2, 3};
  return s;
}

std::vector<double> offsets_of(const std::string& covariate, std::vector<double> parameters,
                               const EncodedSession& session) {
  const History history({covariate}, session.offers);
  return history_offsets(history, parameters, session, history.lanes()).value;
}

// Choices, stimuli and trials at random, with omissions.
EncodedSession random_session(int offers, std::size_t steps = 40) {
  EncodedSession s;
  s.offers = offers;
  const RandomStream stream(3, "random history");
  int trial = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    const auto draw = [&](std::size_t index, int count) {
      return static_cast<int>(stream.uniform({.step = t, .index = index}) * count);
    };
    s.trial.push_back(trial);
    for (int k = 0; k < offers; ++k) s.stimulus.push_back(draw(static_cast<std::size_t>(k), 3));
    const int choices = std::max(offers, 2);
    const int choice = draw(9, choices + 1);
    s.choice.push_back(choice == choices ? kNoChoice : choice);
    if (offers > 1 || s.choice.back() == 1) ++trial;
  }
  return s;
}

TEST(History, BiasIsAConstantOrOneForEachFurtherPlace) {
  EXPECT_THAT(offsets_of("bias", {-0.7}, accept_reject()), ElementsAre(-0.7, -0.7, -0.7, -0.7, -0.7, -0.7));
  EXPECT_THAT(offsets_of("bias", {0.3}, two_offers()), ElementsAre(0, 0.3, 0, 0.3, 0, 0.3, 0, 0.3));
  EXPECT_EQ(History({"bias"}, 4).lanes(), 3);
}

TEST(History, RejectionsAreCountedWithinATrial) {
  EXPECT_THAT(offsets_of("rejections", {2.0}, accept_reject()),
              Pointwise(DoubleNear(1e-15), {0.0, 2 * std::log(2.0), 2 * std::log(3.0), 0.0, 0.0, 0.0}));
}

TEST(History, AcceptAverageStartsAtOneHalfAndFollowsChoices) {
  // a: 1/2, 1/4, 1/8, 9/16, 9/16 (omission), 25/32
  EXPECT_THAT(offsets_of("accept_average", {1.0, kHalf}, accept_reject()),
              Pointwise(DoubleNear(1e-15), {0.0, -0.25, -0.375, 0.0625, 0.0625, 0.28125}));
}

TEST(History, AcceptAverageByStimulusIsThatOfTheOfferedOne) {
  // stimulus 0: 1/2, 1/4, 1/8; stimulus 1: 1/2, 3/4, 3/4 (omission), 7/8
  EXPECT_THAT(offsets_of("accept_average_by_stimulus", {1.0, kHalf}, accept_reject()),
              Pointwise(DoubleNear(1e-15), {0.0, -0.25, 0.0, 0.25, 0.25, -0.375}));
}

TEST(History, ChoiceKernelMovesAllTracesWhereAnOfferIsTaken) {
  // Taken: 1 at step 2, 1 at step 4.  c_1: 0, 0, 0, 1/2, 1/2, (3/4);  c_0 stays 0.
  EXPECT_THAT(offsets_of("choice_kernel", {4.0, kHalf}, accept_reject()),
              Pointwise(DoubleNear(1e-15), {0.0, 0.0, 0.0, 2.0, 2.0, 0.0}));
  // Taken: 1, none, 0, then 0.  (c_0, c_1) before each step: (0, 0), (0, 1/2), (0, 1/2), (1/2, 1/4).
  EXPECT_THAT(offsets_of("choice_kernel", {4.0, kHalf}, two_offers()),
              Pointwise(DoubleNear(1e-15), {0.0, 0.0, 2.0, 0.0, 0.0, 2.0, 0.0, 2.0}));
}

TEST(History, SlopesAreThoseOfCentralDifferences) {
  for (const int offers : {1, 2, 3}) {
    const EncodedSession session = random_session(offers);
    for (const std::string& name : usual_covariates(offers, true)) {
      const History history({name}, offers);
      std::vector<double> parameters;
      for (std::size_t h = 0; h < history.lanes(); ++h)
        parameters.push_back(history.parameters()[h].is_rate ? -1.3 : 0.8);
      const LogitOffsets at = history_offsets(history, parameters, session, history.lanes());
      double largest = 0.0;
      for (std::size_t h = 0; h < history.lanes(); ++h) {
        const double step = 1e-5;
        const auto moved = [&](double by) {
          std::vector<double> there = parameters;
          there[h] += by;
          return history_offsets(history, there, session, history.lanes()).value;
        };
        const std::vector<double> up = moved(step);
        const std::vector<double> down = moved(-step);
        for (std::size_t n = 0; n < up.size(); ++n) {
          const double slope = at.slopes[n * history.lanes() + h];
          EXPECT_NEAR(slope, (up[n] - down[n]) / (2 * step), 1e-9) << name << ", K = " << offers;
          largest = std::max(largest, std::abs(slope));
        }
      }
      EXPECT_GT(largest, 0.1) << name;
    }
  }
}

TEST(History, OfAWholeSessionIsThatOfTheStateStepByStep) {
  const EncodedSession session = random_session(1);
  const History history(usual_covariates(1, true), 1);
  std::vector<double> parameters;
  for (const HistoryParameter& p : history.parameters()) parameters.push_back(p.mean + 0.4);
  const LogitOffsets whole = history_offsets(history, parameters, session, history.lanes() + 2);
  HistoryState state(history, parameters);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const HistoryStep step{session.trial[t], std::span(session.stimulus).subspan(t, 1)};
    const LogitOffset at = state.offset(step);
    EXPECT_EQ(at.value[0], whole.at(t, 1, history.lanes() + 2).value[0]);
    EXPECT_EQ(whole.at(t, 1, history.lanes() + 2).slopes[history.lanes()], 0.0) << "room for the caller's";
    state.observe(step, session.choice[t]);
  }
}

TEST(History, OfTheHeadOfASessionIsTheHeadOfItsHistory) {
  const EncodedSession session = random_session(2);
  const History history({"choice_kernel"}, 2);
  const std::vector<double> parameters = {1.0, -1.0};
  std::vector<double> whole = history_offsets(history, parameters, session, 2).value;
  whole.resize(std::size_t{2} * 15);
  EXPECT_EQ(history_offsets(history, parameters, truncated(session, 15), 2).value, whole);
}

TEST(History, GoesOnFromOneSessionOfAnAnimalToTheNext) {
  EncodedSession first = accept_reject();
  EncodedSession second = accept_reject();
  for (EncodedSession* s : {&first, &second}) {
    s->inputs = 0;
    s->r.assign(6, 0.0);
    s->learns.assign(6, 0);
  }
  const EncodedSession joined = joined_by_animal({first, second}).front();
  EXPECT_THAT(joined.trial, ElementsAre(0, 0, 0, 1, 1, 2, 3, 3, 3, 4, 4, 5)) << "no trial spans two sessions";
  EXPECT_NE(offsets_of("choice_kernel", {4.0, kHalf}, joined)[8], 0.0) << "the trace is kept";
  EXPECT_EQ(offsets_of("rejections", {1.0}, joined)[6], 0.0);
}

TEST(History, OfStimuliWithoutNamesIsRefusedByStimulusAlone) {
  EncodedSession session = accept_reject();
  session.stimulus.clear();
  const auto refused = Throws<ConfigurationError>(Field(&ConfigurationError::key, "history.covariates"));
  EXPECT_THAT([&] { offsets_of("choice_kernel", {1.0, 0.0}, session); }, refused);
  EXPECT_NO_THROW(offsets_of("accept_average", {1.0, 0.0}, session));
  EXPECT_THAT(usual_covariates(1, false), ElementsAre("bias", "rejections", "accept_average"));
}

TEST(History, OfTrialsWithOneOfferHasNoRejectionsBefore) {
  EXPECT_THAT(usual_covariates(1, false, false), ElementsAre("bias", "accept_average"));
}

TEST(History, RefusesWhatDoesNotSuitTheChoices) {
  const auto refused = Throws<ConfigurationError>(Field(&ConfigurationError::key, "history.covariates"));
  EXPECT_THAT([] { History({"rejections"}, 2); }, refused);
  EXPECT_THAT([] { History({"bias", "bias"}, 1); }, refused);
  EXPECT_THAT([] { History({"choice_kernal"}, 1); },
              Throws<ConfigurationError>(Field(&ConfigurationError::nearest, "choice_kernel")));
}

TEST(EncodedTrials, AreCountedThroughBlocksAndRepeatedLabels) {
  Session session;
  session.inputs = 1;
  session.x = {0, 0, 0, 0, 0};
  session.trial = {0, 0, 0, 1, 0};
  session.block = {0, 0, 1, 1, 1};
  session.choice = {0, 1, 1, 1, 1};
  session.reward.assign(5, NAN);
  session.learns.assign(5, false);
  EXPECT_THAT(encode(session, 1, 1.0, {}).trial, ElementsAre(0, 0, 1, 2, 3));
}

}  // namespace
}  // namespace synfer
