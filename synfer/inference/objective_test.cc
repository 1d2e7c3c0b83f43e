#include "synfer/inference/objective.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kTheta;
using for_test::objective_over;
using for_test::random_session;
using for_test::random_sessions;
using Weights = ObjectiveOptions::InitialWeights;

struct Case {
  std::string name;
  ObjectiveOptions options;
};

class ObjectiveGradient : public testing::TestWithParam<Case> {};

TEST_P(ObjectiveGradient, AgreesWithCentralDifferencesOverAllSessionsAndOverOne) {
  const Objective objective = objective_over(random_sessions(), GetParam().options);
  std::vector<double> parameters = objective.start_from(kTheta);
  ASSERT_EQ(parameters.size(), objective.parameters());
  std::vector<double> all(parameters.size());
  std::vector<double> one(parameters.size());
  objective.loss_and_gradient(parameters, 0, all);
  objective.loss_and_gradient_of(1, parameters, 0, one);
  std::vector<double> unused(parameters.size());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const double kept = parameters[p];
    const double h = 1e-5;
    parameters[p] = kept + h;
    const double all_above = objective.loss_and_gradient(parameters, 0, unused);
    const double one_above = objective.loss_and_gradient_of(1, parameters, 0, unused);
    parameters[p] = kept - h;
    const double all_below = objective.loss_and_gradient(parameters, 0, unused);
    const double one_below = objective.loss_and_gradient_of(1, parameters, 0, unused);
    parameters[p] = kept;
    EXPECT_NEAR(all[p], (all_above - all_below) / (2 * h), 1e-7) << "parameter " << p;
    EXPECT_NEAR(one[p], (one_above - one_below) / (2 * h), 1e-7) << "parameter " << p << " of one session";
  }
}

INSTANTIATE_TEST_SUITE_P(
    WhateverIsObserved, ObjectiveGradient,
    testing::Values(
        Case{"Behavior", {}}, Case{"NeuralSigmaEstimated", {.observe = Observe::kNeural}},
        Case{"NeuralSigmaGiven", {.observe = Observe::kNeural, .sigma = 0.4}},
        Case{"BothSigmaEstimated", {.observe = Observe::kBoth, .recording_weight = 0.3}},
        Case{"BothSigmaGiven", {.observe = Observe::kBoth, .sigma = 0.4, .recording_weight = 0.3}},
        Case{"ResampledStimuli", {.resampling_sd = 0.2}},
        Case{"SharedWeights", {.observe = Observe::kBoth, .initial_weights = Weights::kEstimatedShared}},
        Case{"WeightsPerSession",
             {.observe = Observe::kNeural, .initial_weights = Weights::kEstimatedPerSession}},
        Case{"WeightsPerSessionUnderAPrior",
             {.observe = Observe::kNeural,
              .initial_weights = Weights::kEstimatedPerSession,
              .initial_weights_sd = 0.2}}),
    [](const auto& one) { return one.param.name; });

double loss_of(const Objective& objective, std::uint64_t replicate = 0) {
  std::vector<double> gradient(objective.parameters());
  return objective.loss_and_gradient(objective.start_from(kTheta), replicate, gradient);
}

TEST(Objective, IsTheMeanOverObservationsAndNotOverSessions) {
  const Objective objective = objective_over(random_sessions());
  const std::vector<std::size_t> choices = {30, 20, 25};
  double sum = 0.0;
  std::vector<double> gradient(kTheta.size());
  std::vector<double> gradients(kTheta.size());
  for (std::size_t s = 0; s < 3; ++s) {
    sum += static_cast<double>(choices[s]) * objective.loss_and_gradient_of(s, kTheta, 0, gradient);
    for (std::size_t p = 0; p < kTheta.size(); ++p)
      gradients[p] += static_cast<double>(choices[s]) * gradient[p];
  }
  EXPECT_EQ(objective.observations(), 75u);
  EXPECT_NEAR(loss_of(objective), sum / 75, 1e-12);
  objective.loss_and_gradient(kTheta, 0, gradient);
  for (std::size_t p = 0; p < kTheta.size(); ++p) EXPECT_NEAR(gradient[p], gradients[p] / 75, 1e-12);
}

TEST(Objective, WeighsRecordingsBesideChoices) {
  const auto nats = [](Observe observe, double weight) {
    const Objective objective =
        objective_over(random_sessions(), {.observe = observe, .sigma = 0.4, .recording_weight = weight});
    return loss_of(objective) * static_cast<double>(objective.observations());
  };
  // The weight has no meaning where recordings are alone.
  EXPECT_NEAR(nats(Observe::kBoth, 0.3), nats(Observe::kBehavior, 1.0) + 0.3 * nats(Observe::kNeural, 0.3),
              1e-9);
}

TEST(Objective, EstimatedSigmaIsTheRootMeanSquaredError) {
  const Objective objective = objective_over(random_sessions(), {.observe = Observe::kNeural});
  double squared_error = 0.0;
  std::size_t recorded = 0;
  for (const EncodedSession& session : random_sessions()) {
    const SessionLoss loss =
        session_loss(for_test::small_model(), kTheta, session, for_test::random_weights(session.name));
    squared_error += loss.squared_error;
    recorded += loss.recorded;
  }
  EXPECT_EQ(objective.observations(), recorded);  // gaps are no observations
  EXPECT_NEAR(objective.sigma(kTheta), std::sqrt(squared_error / static_cast<double>(recorded)), 1e-12);
  EXPECT_NEAR(loss_of(objective), std::log(objective.sigma(kTheta)), 1e-10);
}

TEST(Objective, GivenSigmaAtTheRootMeanSquaredErrorIsTheBestOne) {
  const auto given = [](double sigma) {
    return loss_of(objective_over(random_sessions(), {.observe = Observe::kNeural, .sigma = sigma}));
  };
  const double best = objective_over(random_sessions(), {.observe = Observe::kNeural}).sigma(kTheta);
  EXPECT_LT(given(best), given(0.98 * best));
  EXPECT_LT(given(best), given(1.02 * best));
}

TEST(Objective, IsTheSameToTheBitWithOneAndTwoThreads) {
  const Objective objective =
      objective_over(random_sessions(), {.observe = Observe::kBoth, .resampling_sd = 0.1});
  const auto with_threads = [&](std::size_t threads) {
    const ThreadLimit limit(threads);
    std::vector<double> gradient(objective.parameters());
    gradient.push_back(
        objective.loss_and_gradient(kTheta, 3, std::span(gradient).first(objective.parameters())));
    return gradient;
  };
  EXPECT_EQ(with_threads(1), with_threads(2));
}

TEST(Objective, AReplicateNamesOneDrawOfTheStimuli) {
  const Objective objective = objective_over(random_sessions(), {.resampling_sd = 0.2});
  EXPECT_EQ(loss_of(objective, 4), loss_of(objective, 4));
  EXPECT_NE(loss_of(objective, 4), loss_of(objective, 5));
  const Objective mean = objective_over(random_sessions());
  EXPECT_EQ(loss_of(mean, 4), loss_of(mean, 5));
}

TEST(Objective, EstimatedInitialWeightsFollowTheRulesParameters) {
  const auto with = [](Weights kind) { return objective_over(random_sessions(), {.initial_weights = kind}); };
  const Matrix a = for_test::random_weights("a");
  const Matrix b = for_test::random_weights("b");
  const Objective fixed = with(Weights::kFixed);
  EXPECT_EQ(fixed.parameters(), 4u);
  EXPECT_EQ(fixed.initial_weights(fixed.start_from(kTheta), 1), b);
  const Objective shared = with(Weights::kEstimatedShared);
  EXPECT_EQ(shared.parameters(), 4u + 6u);
  EXPECT_EQ(shared.initial_weights(shared.start_from(kTheta), 1), a);
  const Objective own = with(Weights::kEstimatedPerSession);
  EXPECT_EQ(own.parameters(), 4u + 3 * 6u);
  EXPECT_EQ(own.initial_weights(own.start_from(kTheta), 1), b);
}

TEST(Objective, RefusesDataThatHoldNothingToObserve) {
  EncodedSession silent = random_session("a");
  std::ranges::fill(silent.choice, kNoChoice);
  EXPECT_THROW(objective_over({silent}), ConfigurationError);
  EncodedSession unrecorded = random_session("a");
  std::ranges::fill(unrecorded.recordings, NAN);
  EXPECT_THROW(objective_over({unrecorded}, {.observe = Observe::kNeural}), ConfigurationError);
}

TEST(Objective, NamesTheFirstSessionThatOverflows) {
  const Objective objective = for_test::explosive_objective(random_sessions());
  std::vector<double> gradient(2);
  try {
    objective.loss_and_gradient(std::vector{1e6, 0.0}, 0, gradient);
    FAIL() << "expected a NonFiniteError";
  } catch (const NonFiniteError& error) {
    EXPECT_EQ(error.session, "a");
    EXPECT_EQ(error.term, "w^4");
  }
}

TEST(Objective, VisitsSynapsesOfTheStepsThatLearn) {
  const EncodedSession session = random_session("a");
  const Objective objective = objective_over({session});
  const Visits every = objective.visits(kTheta, 0, 1'000'000);
  EXPECT_EQ(every.size(), 6u * static_cast<std::size_t>(std::ranges::count(session.learns, 1)));
  EXPECT_EQ(every.front().w, for_test::random_weights("a")(0, 0));
  EXPECT_LE(objective.visits(kTheta, 0, 12).size(), 20u);
}

TEST(Objective, FirstTrialsAreWholeTrialsOfEachSession) {
  std::vector<EncodedSession> sessions = random_sessions();
  for (EncodedSession& session : sessions) {
    for (std::size_t t = 0; t < session.steps(); ++t) session.trial.push_back(static_cast<int>(t) / 4);
  }
  const Objective objective = objective_over(sessions);
  const Objective half = objective.first_trials(0.5);
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const std::size_t steps = half.data()[s].steps();
    EXPECT_EQ(steps % 4, 0U);
    EXPECT_GE(2 * steps, sessions[s].steps());
    EXPECT_LT(2 * steps, sessions[s].steps() + 8);
  }
  EXPECT_LT(half.observations(), objective.observations());
}

}  // namespace
}  // namespace synfer
