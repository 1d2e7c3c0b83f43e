#include "synfer/inference/parameter_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kInputs;
using for_test::kNeurons;
using for_test::normals;
using for_test::random_session;

const DataScale kScale{40.0, 0.01};

Objective objective_with(ObjectiveOptions options) {
  Network network = network_with_hidden_layer(kInputs, kNeurons, {Activation::Kind::kTanh});
  std::vector<EncodedSession> sessions = {random_session("a"), random_session("b")};
  for (EncodedSession& session : sessions) session.trial.assign(session.steps(), 0);
  const Matrix initial = Matrix::Constant(kInputs, kNeurons, 0.1);
  return {{network, TaylorRule({parse_term("x*r"), parse_term("w"), parse_term("x^2*y*w")})},
          std::move(sessions),
          {initial, 2.0 * initial},
          std::move(options)};
}

void expect_same_objective(ObjectiveOptions options) {
  const Objective objective = objective_with(std::move(options));
  const Objective scaled = objective.in_scale(kScale);
  const ParameterScale scale(objective, kScale);
  const std::vector<double> parameters = objective.start_from(std::vector{0.3, -0.1, 0.2});
  const std::vector<double> there = scale.in_scale(parameters);
  EXPECT_NEAR(scaled.nll(there, {}), objective.nll(parameters, {}), 1e-9);
  const std::vector<double> start = scaled.start_from(std::span(there).first(3));
  for (std::size_t p = 0; p < start.size(); ++p) EXPECT_NEAR(start[p], there[p], 1e-9 * std::abs(start[p]));
  const std::vector<double> back = scale.in_unit(there);
  for (std::size_t p = 0; p < back.size(); ++p) EXPECT_NEAR(back[p], parameters[p], 1e-12);
}

TEST(ParameterScale, LeavesTheValueOfKnownStimuli) {
  expect_same_objective(
      {.observe = Observe::kBoth, .initial_weights = ObjectiveOptions::InitialWeights::kEstimatedPerSession});
  expect_same_objective(
      {.resampling_sd = 0.3, .covariates = {"bias", "accept_average"}, .session_bias = true});
}

TEST(ParameterScale, LeavesTheValueOfLatentWeights) {
  expect_same_objective({.belief = {BeliefOptions::Stimuli::kFiltered, 0.2, 0.1, 0.05},
                         .estimate_noise_sd = true,
                         .estimate_walk_sd = true,
                         .estimate_initial_sd = true,
                         .covariates = {"bias"}});
}

TEST(ParameterScale, OfOneChangesNoDigit) {
  const Objective objective = objective_with({});
  const std::vector<double> theta = {1.0 / 3.0, -0.1, 7e-9};
  const ParameterScale scale(objective, {});
  EXPECT_EQ(scale.in_scale(theta), theta);
  EXPECT_EQ(scale.in_unit(theta), theta);
}

}  // namespace
}  // namespace synfer
