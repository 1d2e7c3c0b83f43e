#include "synfer/inference/q_learning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <optional>
#include <tuple>

#include "synfer/base/random.h"

namespace synfer {
namespace {

double logistic(double a) { return 1 / (1 + std::exp(-a)); }

struct Truth {
  double alpha, forgetting, beta, phi, tau;
  std::vector<double> bias;
  std::optional<double> gamma = {};  // of an associability

  LearningRate rate() const { return gamma ? LearningRate::kAssociability : LearningRate::kConstant; }

  std::vector<double> parameters() const {
    const auto logit = [](double p) { return std::log(p / (1 - p)); };
    std::vector<double> all = {logit(alpha), logit(forgetting), std::log(beta), phi, logit(tau)};
    if (gamma) all.push_back(logit(*gamma));
    all.insert(all.end(), bias.begin(), bias.end());
    return all;
  }
};

// Written apart from the code under test: a bandit of two stimuli at places that swap at random, whose
// reward probabilities change every 50 trials. One offer: each step offers one of the two.
ValueSession learner_session(const Truth& truth, int offers, std::size_t steps, std::uint64_t seed) {
  const RandomStream stream(seed, "test of Q-learning");
  ValueSession session;
  session.offers = offers;
  session.stimuli = 2;
  double q[2] = {0, 0};
  double c[2] = {0, 0};
  double associability[2] = {1, 1};
  for (std::size_t t = 0; t < steps; ++t) {
    const auto u = [&](std::uint64_t index) { return stream.uniform({.step = t, .index = index}); };
    const int first = u(0) < 0.5 ? 0 : 1;
    const double rich[2] = {t / 50 % 2 == 0 ? 0.8 : 0.2, t / 50 % 2 == 0 ? 0.1 : 0.9};
    const auto worth = [&](int s) { return truth.beta * q[s] + truth.phi * c[s]; };
    int chosen = -1;
    session.stimulus.push_back(first);
    if (offers == 1) {
      const bool accepted = u(1) < logistic(worth(first) + truth.bias[0]);
      session.choice.push_back(accepted ? 1 : 0);
      if (accepted) chosen = first;
      c[first] += truth.tau * ((accepted ? 1 : 0) - c[first]);
    } else {
      session.stimulus.push_back(1 - first);
      const bool second = u(1) < logistic(worth(1 - first) + truth.bias[0] - worth(first));
      session.choice.push_back(second ? 1 : 0);
      chosen = second ? 1 - first : first;
      c[chosen] += truth.tau * (1 - c[chosen]);
      c[1 - chosen] -= truth.tau * c[1 - chosen];
    }
    session.learns.push_back(chosen >= 0);
    session.reward.push_back(chosen < 0 ? NAN : u(2) < rich[chosen] ? 1.0 : 0.0);
    if (chosen < 0) continue;
    const double error = session.reward.back() - q[chosen];
    q[chosen] += truth.alpha * associability[chosen] * error;
    if (truth.gamma) associability[chosen] += *truth.gamma * (std::abs(error) - associability[chosen]);
    q[1 - chosen] *= 1 - truth.forgetting;
  }
  return session;
}

QLearning learners(const Truth& truth, int offers, std::size_t sessions, std::size_t steps) {
  std::vector<ValueSession> all;
  for (std::size_t s = 0; s < sessions; ++s) all.push_back(learner_session(truth, offers, steps, 7 + s));
  return QLearning(std::move(all), truth.rate());
}

const Truth kTruth{0.3, 0.1, 3.0, 0.8, 0.3, {-0.4}};
const Truth kSurprised{0.6, 0.1, 3.0, 0.8, 0.3, {-0.4}, 0.3};

// Offers, and who learns.
class QLearningOf : public testing::TestWithParam<std::tuple<int, const Truth*>> {
 protected:
  int offers = std::get<0>(GetParam());
  const Truth& truth = *std::get<1>(GetParam());
};

TEST_P(QLearningOf, SlopesAreThoseOfCentralDifferences) {
  QLearning likelihood = learners(truth, offers, 3, 60);
  std::vector<double> at = {-0.5, -1.0, 0.4, -0.7, 0.3, 0.2};
  if (truth.gamma) at.push_back(-0.3);
  ASSERT_EQ(likelihood.parameters(), at.size());
  ASSERT_EQ(likelihood.parameter_names().size(), at.size());
  const std::vector<double> weights = {1.0, 2.0, 0.0};
  const Curvature found = likelihood.curvature(at, weights);
  EXPECT_NEAR(found.nll, likelihood.nll(at, weights), 1e-10);
  EXPECT_NEAR(found.nll, found.session_nll[0] + 2 * found.session_nll[1], 1e-10);
  constexpr double kStep = 1e-5;
  for (std::size_t p = 0; p < at.size(); ++p) {
    SCOPED_TRACE(likelihood.parameter_names()[p]);
    std::vector<double> above = at;
    std::vector<double> below = at;
    above[p] += kStep;
    below[p] -= kStep;
    const double slope = (likelihood.nll(above, weights) - likelihood.nll(below, weights)) / (2 * kStep);
    EXPECT_NEAR(found.gradient[static_cast<Eigen::Index>(p)], slope, 1e-6 * (1 + std::abs(slope)));
  }
}

// The expected information is the variance of the slopes over data of the same parameters: 600 sessions,
// whose scatter leaves a variance uncertain by 6 %.
TEST_P(QLearningOf, InformationIsTheVarianceOfSlopes) {
  const QLearning likelihood = learners(truth, offers, 600, 100);
  const Curvature found = likelihood.curvature(truth.parameters(), {});
  const Matrix scatter = found.session_gradients.transpose() * found.session_gradients;
  for (Eigen::Index p = 0; p < scatter.rows(); ++p) {
    EXPECT_NEAR(scatter(p, p) / found.information(p, p), 1.0, 0.25)
        << likelihood.parameter_names()[static_cast<std::size_t>(p)];
  }
}

TEST_P(QLearningOf, FindsTheParametersOfASimulatedLearner) {
  const QLearning likelihood = learners(truth, offers, 40, 500);
  const FisherSummary fit = fit_q_learning(likelihood);
  ASSERT_EQ(fit.state, FitState::kConverged) << fit.advice;
  const Matrix variance = fit.curvature.information.inverse();
  const std::vector<double> parameters = truth.parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const double error = std::sqrt(variance(static_cast<Eigen::Index>(p), static_cast<Eigen::Index>(p)));
    EXPECT_NEAR(fit.at.parameters[p], parameters[p], (truth.gamma ? 2.5 : 2) * error)
        << likelihood.parameter_names()[p];
    EXPECT_LT(error, 0.5) << likelihood.parameter_names()[p];
  }
}

// A beta of other rewards is as many times smaller as these are larger.
TEST_P(QLearningOf, FitsTheSameInEveryUnitOfRewards) {
  std::vector<ValueSession> sessions;
  for (std::uint64_t s = 0; s < 3; ++s) sessions.push_back(learner_session(truth, offers, 200, 7 + s));
  const FisherSummary plain = fit_q_learning(QLearning(sessions, truth.rate()));
  for (const double unit : {1e-6, 0.004, 100.0, 1e4}) {
    std::vector<ValueSession> paid = sessions;
    for (ValueSession& session : paid) {
      for (double& reward : session.reward) reward *= unit;
    }
    const FisherSummary found = fit_q_learning(QLearning(std::move(paid), truth.rate()));
    EXPECT_NEAR(found.curvature.nll, plain.curvature.nll, 1e-6) << unit;
    EXPECT_NEAR(found.at.parameters[2], plain.at.parameters[2] - std::log(unit), 1e-4) << unit;
  }
}

INSTANTIATE_TEST_SUITE_P(Offers, QLearningOf,
                         testing::Combine(testing::Values(1, 2), testing::Values(&kTruth, &kSurprised)));

TEST(QLearning, OfASurpriseThatIsNeverLearntFromHasAConstantRate) {
  const QLearning constant({learner_session(kSurprised, 2, 100, 1)});
  const QLearning changing({learner_session(kSurprised, 2, 100, 1)}, LearningRate::kAssociability);
  std::vector<double> at = kTruth.parameters();
  const double expected = constant.nll(at, {});
  at.insert(at.end() - 1, -40.0);  // logit gamma
  EXPECT_NEAR(changing.nll(at, {}), expected, 1e-9);
}

TEST(QLearning, AnAnimalThatLearnsFromSurpriseIsPredictedBetterWithAnAssociability) {
  std::vector<ValueSession> sessions;
  for (std::uint64_t s = 0; s < 15; ++s) sessions.push_back(learner_session(kSurprised, 2, 300, 7 + s));
  const double constant = fit_q_learning(QLearning(sessions)).curvature.nll;
  const double changing = fit_q_learning(QLearning(sessions, LearningRate::kAssociability)).curvature.nll;
  EXPECT_LT(changing, constant - 5.0);
}

TEST(QLearning, LearnsFromStepsThatAreNotScored) {
  ValueSession session = learner_session(kTruth, 2, 50, 1);
  const double whole = QLearning({session}).nll(kTruth.parameters(), {});
  ValueSession head = session;
  head.choice.resize(20);
  session.scored_from = 20;
  const double tail = QLearning({session}).nll(kTruth.parameters(), {});
  EXPECT_NEAR(tail, whole - QLearning({head}).nll(kTruth.parameters(), {}), 1e-10);
  EXPECT_EQ(QLearning({session}).observations(), 30U);
}

TEST(QLearning, KnowsStimuliByNameByVectorOrByPlace) {
  Session session;
  session.offers = 2;
  session.choice = {0, 1};
  session.stimulus = {1, 0, 0, 1};
  EXPECT_THAT(value_session(session).stimulus, testing::ElementsAre(1, 0, 0, 1));
  session.stimulus.clear();
  session.inputs = 2;
  session.x = {1, 0, 0, 1, 0, 1, 1, 0};
  EXPECT_THAT(value_session(session).stimulus, testing::ElementsAre(0, 1, 1, 0));
  EXPECT_EQ(value_session(truncated(session, 0)).stimuli, 0);
  session.choice.assign(20, 0);
  session.x.clear();
  for (int n = 0; n < 80; ++n) session.x.push_back(n);  // no vector returns
  EXPECT_EQ(value_session(session).stimuli, 2);
  EXPECT_THAT(value_session(session).stimulus, testing::Contains(1).Times(20));
}

}  // namespace
}  // namespace synfer
