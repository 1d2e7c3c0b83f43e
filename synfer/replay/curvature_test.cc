// Forward sensitivities and the belief, over the same table of rules, likelihoods and networks as the
// adjoint: slopes against central differences, special cases against one another.
#include "synfer/replay/curvature.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/replay/belief_adjoint.h"
#include "synfer/replay/cases_for_test.h"

namespace synfer {
namespace {

using for_test::Case;
using for_test::difference;
using for_test::Offsets;
using for_test::Problem;
using Stimuli = BeliefOptions::Stimuli;
using Covariance = BeliefOptions::Covariance;
using Order = BeliefOptions::Order;

constexpr double kNeuronsInOne = 4.0;  // where a network has one

class Sensitivities : public testing::TestWithParam<Case> {};

TEST_P(Sensitivities, OfKnownStimuliAgreeWithTheAdjoint) {
  const Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  const SessionCurvature forward =
      session_curvature({model, theta, session, initial}, {.initial = initial.size() < 100});
  std::vector<double> choice_bar(theta.size());
  std::vector<double> recording_bar(theta.size());
  std::vector<double> initial_bar(static_cast<std::size_t>(initial.size()));
  const SessionLoss loss =
      session_loss_and_gradient(model, theta, session, initial, {1.0, 0.0}, choice_bar, initial_bar);
  session_loss_and_gradient(model, theta, session, initial, {0.0, 1.0}, recording_bar);
  EXPECT_NEAR(forward.loss.choice_nll, loss.choice_nll, 1e-12 * (1.0 + loss.choice_nll));
  EXPECT_NEAR(forward.loss.squared_error, loss.squared_error, 1e-12 * (1.0 + loss.squared_error));
  EXPECT_EQ(forward.loss.choices, loss.choices);
  EXPECT_EQ(forward.loss.recorded, loss.recorded);
  const auto near = [](double a, double b, double scale) { EXPECT_NEAR(a, b, 1e-9 * (1.0 + scale)); };
  const auto p = static_cast<Eigen::Index>(theta.size());
  for (Eigen::Index n = 0; n < p; ++n) {
    near(forward.choice_gradient[n], choice_bar[static_cast<std::size_t>(n)],
         forward.choice_gradient.cwiseAbs().maxCoeff());
    near(forward.squared_error_gradient[n], recording_bar[static_cast<std::size_t>(n)],
         forward.squared_error_gradient.cwiseAbs().maxCoeff());
  }
  if (initial.size() >= 100) return;
  for (Eigen::Index n = 0; n < initial.size(); ++n) {
    near(forward.choice_gradient[p + n], initial_bar[static_cast<std::size_t>(n)],
         forward.choice_gradient.cwiseAbs().maxCoeff());
  }
}

// Slopes in theta, the logs of the three sds, two coefficients of an offset and the initial weights.
void expect_central_differences(const Case& c, Stimuli stimuli, Covariance covariance,
                                Order order = Order::kSecond) {
  Problem problem(c);
  auto& [model, session, theta, initial] = problem;
  if (initial.size() > 40) GTEST_SKIP() << "too large for differences";
  double log_noise = std::log(0.3);
  double log_walk = std::log(0.05);
  double log_initial = std::log(0.2);
  Offsets offsets;
  const auto with = [&] {
    offsets.make(session);
    return BeliefSession{model,
                         theta,
                         session,
                         initial,
                         {stimuli, std::exp(log_noise), std::exp(log_initial), std::exp(log_walk), covariance,
                          order, kNeuronsInOne},
                         &offsets.offsets};
  };
  const auto nll = [&] { return session_loss(with()).choice_nll; };
  const SessionCurvature curvature = session_curvature(
      with(), {.noise_sd = true, .walk_sd = true, .initial_sd = true, .offset = 2, .initial = true});
  const Vector& gradient = curvature.choice_gradient;
  ASSERT_TRUE(gradient.allFinite());
  EXPECT_NEAR(curvature.loss.choice_nll, nll(), 1e-12 * (1.0 + nll()));
  const double tolerance = 1e-6 * std::max(1e-2, gradient.cwiseAbs().maxCoeff());
  std::vector<double*> variables;
  std::vector<double> steps;
  const auto add = [&](double& variable, double h) {
    variables.push_back(&variable);
    steps.push_back(h * c.step_scale);
  };
  for (double& value : theta) add(value, 1e-4 * std::max(c.theta_scale, 1e-3));
  for (double* value : {&log_noise, &log_walk, &log_initial}) add(*value, 1e-5);
  for (double& value : offsets.coefficients) add(value, 1e-3);
  for (Eigen::Index n = 0; n < initial.size(); ++n) add(initial.data()[n], 1e-4);
  ASSERT_EQ(gradient.size(), static_cast<Eigen::Index>(variables.size()));
  for (std::size_t n = 0; n < variables.size(); ++n) {
    EXPECT_NEAR(gradient[static_cast<Eigen::Index>(n)], difference(*variables[n], steps[n], nll), tolerance)
        << "variable " << n << " of " << variables.size();
  }
  // The information is that of the choices' probabilities: never indefinite.
  const Eigen::VectorXcd spectrum = Eigen::MatrixXd(curvature.choice_information).eigenvalues();
  EXPECT_GE(spectrum.real().minCoeff(), -1e-9 * (1.0 + spectrum.real().maxCoeff()));
}

TEST_P(Sensitivities, OfAveragedChoicesAgreeWithCentralDifferences) {
  expect_central_differences(GetParam(), Stimuli::kAveraged, Covariance::kCommon);
}

TEST_P(Sensitivities, OfTheCommonModeFilterAgreeWithCentralDifferences) {
  if (!GetParam().rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  expect_central_differences(GetParam(), Stimuli::kFiltered, Covariance::kCommon);
}

TEST_P(Sensitivities, OfTheDenseFilterAgreeWithCentralDifferences) {
  if (!GetParam().rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  expect_central_differences(GetParam(), Stimuli::kFiltered, Covariance::kDense);
}

// A gradient forward and backward: in all lanes, and in the rule's alone where there are too many.
void expect_adjoint(const Case& c, Stimuli stimuli, Covariance covariance, Order order = Order::kSecond) {
  if (stimuli == Stimuli::kFiltered && !c.rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  Problem problem(c);
  auto& [model, session, theta, initial] = problem;
  if (covariance == Covariance::kDense && initial.size() > 40) GTEST_SKIP() << "too large for forward slopes";
  Offsets offsets;
  offsets.make(session);
  const BeliefSession of = {
      model,           theta, session, initial, {stimuli, 0.3, 0.2, 0.05, covariance, order, kNeuronsInOne},
      &offsets.offsets};
  const BeliefLanes lanes = {
      .noise_sd = true, .walk_sd = true, .initial_sd = true, .offset = 2, .initial = initial.size() < 100};
  const SessionCurvature forward = session_curvature(of, lanes);
  std::vector<double> backward(static_cast<std::size_t>(forward.choice_gradient.size()), NAN);
  const SessionLoss loss = session_loss_and_gradient(of, lanes, backward);
  EXPECT_DOUBLE_EQ(loss.choice_nll, forward.loss.choice_nll);
  EXPECT_EQ(loss.choices, forward.loss.choices);
  const double tolerance = 1e-9 * forward.choice_gradient.cwiseAbs().maxCoeff();
  for (std::size_t n = 0; n < backward.size(); ++n) {
    EXPECT_NEAR(backward[n], forward.choice_gradient[static_cast<Eigen::Index>(n)], tolerance)
        << "lane " << n << " of " << backward.size();
  }
}

TEST_P(Sensitivities, OfKnownStimuliAgreeWithTheAdjointOfTheBelief) {
  expect_adjoint(GetParam(), Stimuli::kKnown, Covariance::kCommon);
}

TEST_P(Sensitivities, OfAveragedChoicesAgreeWithTheAdjoint) {
  expect_adjoint(GetParam(), Stimuli::kAveraged, Covariance::kCommon);
}

TEST_P(Sensitivities, OfTheCommonModeFilterAgreeWithTheAdjoint) {
  expect_adjoint(GetParam(), Stimuli::kFiltered, Covariance::kCommon);
}

TEST_P(Sensitivities, OfTheDenseFilterAgreeWithTheAdjoint) {
  expect_adjoint(GetParam(), Stimuli::kFiltered, Covariance::kDense);
}

TEST_P(Sensitivities, OfTheFirstOrderFilterAgreeWithCentralDifferences) {
  if (!GetParam().rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  for (const Covariance covariance : {Covariance::kCommon, Covariance::kDense})
    expect_central_differences(GetParam(), Stimuli::kFiltered, covariance, Order::kFirst);
}

TEST_P(Sensitivities, OfTheFirstOrderFilterAgreeWithTheAdjoint) {
  for (const Covariance covariance : {Covariance::kCommon, Covariance::kDense})
    expect_adjoint(GetParam(), Stimuli::kFiltered, covariance, Order::kFirst);
}

TEST_P(Sensitivities, WithoutNoiseTheBeliefIsThePlainReplay) {
  if (!GetParam().rule.curved()) GTEST_SKIP() << "a rule without second slopes";
  const Problem problem(GetParam());
  const auto& [model, session, theta, initial] = problem;
  const SessionLoss plain = session_loss(model, theta, session, initial);
  for (const Stimuli stimuli : {Stimuli::kKnown, Stimuli::kAveraged, Stimuli::kFiltered}) {
    const SessionLoss belief =
        session_loss({model, theta, session, initial, {.stimuli = stimuli, .neurons_in_one = kNeuronsInOne}});
    EXPECT_NEAR(belief.choice_nll, plain.choice_nll, 1e-13 * (1.0 + plain.choice_nll));
    EXPECT_NEAR(belief.squared_error, plain.squared_error, 1e-13 * (1.0 + plain.squared_error));
  }
}

INSTANTIATE_TEST_SUITE_P(EveryRuleLikelihoodAndNetwork, Sensitivities, testing::ValuesIn(for_test::cases()),
                         for_test::name_of);

TEST(Belief, OfThreeOffersReadByABentLayerHasExactSlopes) {
  for (const int offers : {3, 4}) {
    for (const int neurons : {1, 3}) {
      const Case c = {
          .name = "many offers", .rule = for_test::dense_taylor(), .neurons = neurons, .offers = offers};
      expect_central_differences(c, Stimuli::kAveraged, Covariance::kCommon);
      expect_adjoint(c, Stimuli::kAveraged, Covariance::kCommon);
      for (const Covariance covariance : {Covariance::kCommon, Covariance::kDense}) {
        expect_central_differences(c, Stimuli::kFiltered, covariance);
        expect_adjoint(c, Stimuli::kFiltered, covariance);
      }
    }
  }
}

// Neurons that start alike and are read out alike stay alike: their common mode says it all, and one
// neuron with all the readout stands for them.
TEST(Belief, OfNeuronsThatStayAlikeIsThatOfOneNeuron) {
  const Case c = {.name = "alike", .rule = for_test::dense_taylor(), .inputs = 2, .neurons = 6};
  Problem many(c);
  many.initial.setConstant(0.1);
  many.initial.row(1).setConstant(-0.2);
  Order order = Order::kFirst;
  const auto loss = [&](const Model& model, const Matrix& initial, double sd, Covariance covariance) {
    const double in_one = 6.0 / model.network.neurons;
    const BeliefOptions options = {Stimuli::kFiltered, 0.2, sd, 0.0, covariance, order, in_one};
    return session_loss({model, many.theta, many.session, initial, options}).choice_nll;
  };
  Model one = many.model;
  one.network.neurons = 1;
  one.network.readout = {5.0};
  for (const Order of : {Order::kFirst, Order::kSecond}) {
    order = of;
    const double dense = loss(many.model, many.initial, 0.3, Covariance::kDense);
    EXPECT_NEAR(loss(many.model, many.initial, 0.3, Covariance::kCommon), dense, 1e-10);
    EXPECT_NEAR(loss(one, many.initial.leftCols(1), 0.3 / std::sqrt(6.0), Covariance::kDense), dense, 1e-10);
  }
}

TEST(Belief, HoldsWeightsThatGrowOutOfReachAndSaysSo) {
  const Case c = {.name = "explosive", .rule = TaylorRule({{0, 0, 2, 0}, {0, 0, 0, 0}}), .steps = 200};
  Problem problem(c);
  problem.theta = {50.0, 1.0};
  const SessionCurvature curvature = session_curvature(
      {problem.model, problem.theta, problem.session, problem.initial, {Stimuli::kFiltered, 0.1, 0.1}}, {});
  EXPECT_TRUE(curvature.held);
  EXPECT_TRUE(std::isfinite(curvature.loss.choice_nll));
}

// Inputs u times as large have weights of 1/u; 26-fold at each change, they are out of reach soon.
TEST(Belief, HoldsWeightsAtTheSamePlaceInAnyUnitOfTheInputs) {
  const Case c = {.name = "explosive", .rule = TaylorRule({{0, 0, 1, 0}}), .steps = 200};
  const auto curvature_in = [&](double unit) {
    Problem problem(c);
    problem.theta = {50.0};
    for (double& x : problem.session.x) x *= unit;
    problem.initial /= unit;
    return session_curvature({problem.model,
                              problem.theta,
                              problem.session,
                              problem.initial,
                              {Stimuli::kFiltered, 0.1 * unit, 0.1 / unit}},
                             {});
  };
  const SessionCurvature plain = curvature_in(1.0);
  ASSERT_TRUE(plain.held);
  for (const double unit : {1e-3, 40.0, 1e4}) {
    const SessionCurvature found = curvature_in(unit);
    EXPECT_TRUE(found.held);
    EXPECT_NEAR(found.loss.choice_nll / plain.loss.choice_nll, 1.0, 1e-6) << unit;
  }
}

TEST(BeliefAdjoint, IsTheForwardGradientWhereWeightsAreHeld) {
  const Case c = {.name = "explosive", .rule = TaylorRule({{0, 0, 2, 0}, {1, 0, 0, 1}}), .steps = 60};
  Problem problem(c);
  problem.theta = {3.0, 0.1};
  const auto& [model, session, theta, initial] = problem;
  for (const Stimuli stimuli : {Stimuli::kKnown, Stimuli::kFiltered}) {
    const BeliefSession of = {model, theta, session, initial, {stimuli, 0.1, 0.1, 0.1, Covariance::kDense}};
    const BeliefLanes lanes = {.noise_sd = true, .walk_sd = true, .initial_sd = true, .initial = true};
    const SessionCurvature forward = session_curvature(of, lanes);
    ASSERT_TRUE(forward.held);
    ASSERT_GT(forward.choice_gradient.cwiseAbs().maxCoeff(), 1e-3);
    std::vector<double> backward(static_cast<std::size_t>(forward.choice_gradient.size()));
    session_loss_and_gradient(of, lanes, backward);
    const double tolerance = 1e-9 * forward.choice_gradient.cwiseAbs().maxCoeff();
    for (std::size_t n = 0; n < backward.size(); ++n) {
      EXPECT_NEAR(backward[n], forward.choice_gradient[static_cast<Eigen::Index>(n)], tolerance);
    }
  }
}

TEST(Belief, IsRefusedForARuleWithoutSecondSlopes) {
  const Problem problem(Case{.name = "own", .rule = for_test::SaturatingHebb{}});
  EXPECT_THROW(session_loss({problem.model,
                             problem.theta,
                             problem.session,
                             problem.initial,
                             {.stimuli = Stimuli::kFiltered, .noise_sd = 0.1}}),
               ConfigurationError);
}

}  // namespace
}  // namespace synfer
