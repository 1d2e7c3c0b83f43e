// History covariates and session biases as parameters of an objective.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/inference/fisher_scoring.h"
#include "synfer/inference/problem_for_test.h"
#include "synfer/inference/session_bias.h"
#include "synfer/model/likelihood.h"

namespace synfer {
namespace {

using namespace for_test;
using ::testing::Field;
using ::testing::Throws;

// The sessions of problem_for_test.h as trials that end with an acceptance, with two stimuli.
std::vector<EncodedSession> with_history(std::vector<EncodedSession> sessions) {
  for (EncodedSession& s : sessions) {
    int trial = 0;
    for (std::size_t t = 0; t < s.steps(); ++t) {
      s.stimulus.push_back(s.x[t * kInputs] > 0 ? 0 : 1);
      s.trial.push_back(trial);
      if (s.choice[t] == 1) ++trial;
    }
  }
  return sessions;
}

ObjectiveOptions all_of_it() {
  ObjectiveOptions options;
  options.covariates = usual_covariates(1, true);
  options.session_bias = true;
  options.session_bias_sd = 0.7;
  return options;
}

// Covariates fitted beside a rule that stays 0.
FisherSummary fitted_alone(const Objective& alone) {
  return minimise_curved(alone, {.frozen = {1}}, {},
                         {.parameters = alone.start_from(std::vector<double>{0.0})});
}

std::vector<double> somewhere(const Objective& objective) {
  std::vector<double> at = objective.start_from(kTheta);
  const std::vector<double> moved = normals("somewhere", at.size(), 0.3);
  for (std::size_t p = 0; p < at.size(); ++p) at[p] += moved[p];
  return at;
}

void expect_gradient_of_differences(const Objective& objective) {
  const std::vector<double> at = somewhere(objective);
  const Curvature curvature = objective.curvature(at, {});
  std::vector<double> first_order(at.size());
  const double loss = objective.loss_and_gradient(at, 0, first_order);
  const auto n = static_cast<double>(objective.observations());
  EXPECT_NEAR(n * loss, curvature.nll, 1e-9);
  EXPECT_NEAR(objective.nll(at, {}), curvature.nll, 1e-9);
  for (std::size_t p = 0; p < at.size(); ++p) {
    const auto moved = [&](double by) {
      std::vector<double> there = at;
      there[p] += by;
      return objective.nll(there, {});
    };
    const double slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
    EXPECT_NEAR(curvature.gradient[static_cast<Eigen::Index>(p)], slope, 1e-6) << p;
    EXPECT_NEAR(n * first_order[p], slope, 1e-6) << p;
  }
}

TEST(ObjectiveHistory, SlopesAreThoseOfCentralDifferences) {
  ObjectiveOptions options = all_of_it();
  expect_gradient_of_differences(objective_over(with_history(random_sessions()), options));
  options.initial_weights = ObjectiveOptions::InitialWeights::kEstimatedPerSession;
  expect_gradient_of_differences(objective_over(with_history(random_sessions()), options));
}

TEST(ObjectiveHistory, SlopesThroughTheFilterAreThoseOfCentralDifferences) {
  ObjectiveOptions options = all_of_it();
  options.belief = {
      .stimuli = BeliefOptions::Stimuli::kFiltered, .noise_sd = 0.2, .initial_sd = 0.1, .walk_sd = 0.05};
  options.estimate_walk_sd = true;
  expect_gradient_of_differences(objective_over(with_history(random_sessions()), options));
  options.belief.covariance = BeliefOptions::Covariance::kDense;
  expect_gradient_of_differences(objective_over(with_history(random_sessions()), options));
}

TEST(ObjectiveHistory, StandsBetweenTheSdsAndTheInitialWeights) {
  ObjectiveOptions options = all_of_it();
  options.covariates = {"bias", "choice_kernel"};
  options.initial_weights = ObjectiveOptions::InitialWeights::kEstimatedShared;
  const Objective objective = objective_over(with_history(random_sessions()), options);
  const std::vector<std::string> names = objective.parameter_names();
  EXPECT_EQ(names[4], "history.bias");
  EXPECT_EQ(names[6], "logit history.choice_kernel rate");
  EXPECT_EQ(names[7], "history.session_bias_0");
  EXPECT_EQ(names[10], "w0_0");
  EXPECT_EQ(names.size(), objective.parameters());
}

TEST(ObjectiveHistory, AloneIsALogisticRegression) {
  ObjectiveOptions options;
  options.covariates = {"bias"};
  const std::vector<EncodedSession> sessions = with_history(random_sessions());
  const Objective alone = objective_over(sessions, options).history_only();
  const FisherSummary end = fitted_alone(alone);
  double accepted = 0.0;
  for (const EncodedSession& s : sessions) accepted += static_cast<double>(std::ranges::count(s.choice, 1));
  const double rate = accepted / static_cast<double>(alone.observations());
  EXPECT_EQ(end.state, FitState::kConverged);
  EXPECT_NEAR(sigmoid(end.at.parameters[1]), rate, 1e-4);  // but for its weak prior
}

TEST(ObjectiveHistory, OfAConstantAnimalIsKeptFiniteByItsPriors) {
  std::vector<EncodedSession> sessions = with_history({random_session("always", 60)});
  std::ranges::fill(sessions[0].choice, 1);
  std::ranges::fill(sessions[0].learns, 1);
  ObjectiveOptions options;
  options.covariates = usual_covariates(1, true);
  const Objective alone = objective_over(sessions, options).history_only();
  const FisherSummary end = fitted_alone(alone);
  EXPECT_EQ(end.state, FitState::kConverged);
  for (const double p : end.at.parameters) EXPECT_LT(std::abs(p), 30.0);
}

// Animals without plasticity whose choices follow their own history.
TEST(ObjectiveHistory, OfSimulatedAnimalsIsRecoveredWithinTwoStandardErrors) {
  const History history(usual_covariates(1, true), 1);
  // bias, rejections, a, logit rate, a by stimulus, logit rate, kernel, logit rate
  const std::vector<double> truth = {-0.5, 0.4, 2.0, -2.0, 3.0, -1.2, -1.5, -1.0};
  std::vector<EncodedSession> sessions;
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    EncodedSession s;
    s.animal = s.name = name;
    s.inputs = kInputs;
    const RandomStream stream(11, "history alone", name);
    HistoryState state(history, truth);
    int trial = 0;
    for (std::size_t t = 0; t < 1500; ++t) {
      s.stimulus.push_back(stream.uniform({.step = t, .index = 0}) < 0.5 ? 0 : 1);
      s.trial.push_back(trial);
      const HistoryStep step{trial, std::span(s.stimulus).last(1)};
      s.choice.push_back(
          static_cast<int>(stream.uniform({.step = t, .index = 1}) < sigmoid(state.offset(step).value[0])));
      state.observe(step, s.choice.back());
      trial += s.choice.back();
    }
    s.x.assign(s.steps() * kInputs, 0.0);
    s.r.assign(s.steps(), 0.0);
    s.learns.assign(s.steps(), 0);
    sessions.push_back(std::move(s));
  }
  ObjectiveOptions options;
  options.covariates = usual_covariates(1, true);
  const Objective alone = objective_over(sessions, options).history_only();
  const FisherSummary end = fitted_alone(alone);
  EXPECT_EQ(end.state, FitState::kConverged);
  const Matrix covariance = end.curvature.information.bottomRightCorner(8, 8).inverse();
  for (Eigen::Index h = 0; h < 8; ++h) {
    const double z =
        (end.at.parameters[static_cast<std::size_t>(h) + 1] - truth[static_cast<std::size_t>(h)]) /
        std::sqrt(covariance(h, h));
    EXPECT_LT(std::abs(z), 2.0) << history.parameters()[static_cast<std::size_t>(h)].name;
  }
}

// 40 sessions of 200 choices whose biases have an sd of .8.
TEST(SessionBias, HasTheSdOfTheSessionsAndShrinksTowardsZero) {
  std::vector<EncodedSession> sessions;
  const RandomStream biases(5, "biases");
  std::vector<double> bias(40);
  biases.normals({}, 40, bias.data());
  double squares = 0.0;
  for (std::size_t n = 0; n < 40; ++n) {
    bias[n] *= 0.8;
    squares += bias[n] * bias[n] / 40;
    EncodedSession s;
    s.animal = s.name = std::to_string(n);
    s.inputs = kInputs;
    const RandomStream stream(11, "choices of", s.name);
    for (std::size_t t = 0; t < 200; ++t) {
      s.choice.push_back(static_cast<int>(stream.uniform({.step = t}) < sigmoid(bias[n])));
      s.trial.push_back(static_cast<int>(t));
    }
    s.x.assign(s.steps() * kInputs, 0.0);
    s.r.assign(s.steps(), 0.0);
    s.learns.assign(s.steps(), 0);
    sessions.push_back(std::move(s));
  }
  ObjectiveOptions options;
  options.session_bias = true;
  const HistoryOnly found = fit_history_only(objective_over(sessions, options));
  EXPECT_NEAR(found.objective.session_bias_sd(), std::sqrt(squares), 0.1);
  double shrunk = 0.0;
  for (std::size_t n = 0; n < 40; ++n) {
    const double b = found.parameters[found.objective.session_bias_offset() + n];
    const auto accepted = static_cast<double>(std::ranges::count(sessions[n].choice, 1));
    const double alone = std::log(accepted / (200.0 - accepted));
    EXPECT_LE(std::abs(b), std::abs(alone) + 1e-4);
    shrunk = std::max(shrunk, std::abs(alone) - std::abs(b));
  }
  EXPECT_GT(shrunk, 0.02);
}

TEST(ObjectiveHistory, OfStimuliWithoutNamesIsRefused) {
  EXPECT_THAT([] { objective_over(random_sessions(), all_of_it()); },
              Throws<ConfigurationError>(Field(&ConfigurationError::key, "history.covariates")));
}

}  // namespace
}  // namespace synfer
