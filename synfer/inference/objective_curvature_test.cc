#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "synfer/inference/objective.h"
#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kTheta;
using for_test::objective_over;
using for_test::random_session;
using for_test::random_sessions;
using InitialWeights = ObjectiveOptions::InitialWeights;
using Stimuli = BeliefOptions::Stimuli;

struct Case {
  std::string name;
  ObjectiveOptions options;
};

std::vector<Case> cases() {
  const BeliefOptions filtered = {Stimuli::kFiltered, 0.2, 0.1, 0.05};
  const BeliefOptions dense = {Stimuli::kFiltered, 0.2, 0.1, 0.05, BeliefOptions::Covariance::kDense};
  return {{"known", {}},
          {"resampled", {.resampling_sd = 0.2}},
          {"averaged", {.belief = {Stimuli::kAveraged, 0.2}}},
          {"filtered", {.belief = filtered}},
          {"sds estimated",
           {.belief = filtered,
            .estimate_noise_sd = true,
            .estimate_walk_sd = true,
            .estimate_initial_sd = true}},
          {"shared weights", {.initial_weights = InitialWeights::kEstimatedShared}},
          {"filtered, weights of each session",
           {.initial_weights = InitialWeights::kEstimatedPerSession,
            .belief = filtered,
            .estimate_walk_sd = true}},
          {"densely filtered, by the adjoint",
           {.initial_weights = InitialWeights::kEstimatedPerSession,
            .belief = dense,
            .estimate_noise_sd = true,
            .estimate_walk_sd = true,
            .estimate_initial_sd = true}},
          {"recordings", {.observe = Observe::kNeural}},
          {"recordings of known sd", {.observe = Observe::kNeural, .sigma = 0.3}},
          {"recordings, weights of each session under a prior",
           {.observe = Observe::kNeural,
            .initial_weights = InitialWeights::kEstimatedPerSession,
            .initial_weights_sd = 0.2}},
          {"both", {.observe = Observe::kBoth, .recording_weight = 0.7}},
          {"both, shared weights",
           {.observe = Observe::kBoth, .initial_weights = InitialWeights::kEstimatedShared}}};
}

class ObjectiveCurvature : public testing::TestWithParam<Case> {};

TEST_P(ObjectiveCurvature, HasTheValueAndSlopesOfTheFirstOrder) {
  const Objective objective = objective_over(random_sessions(), GetParam().options);
  const std::vector<double> at = objective.start_from(kTheta);
  ASSERT_EQ(objective.parameter_names().size(), at.size());
  std::vector<double> gradient(at.size());
  const double mean = objective.loss_and_gradient(at, 0, gradient);
  const Curvature curvature = objective.curvature(at, {});
  const auto n = static_cast<double>(objective.observations());
  EXPECT_NEAR(curvature.nll, mean * n, 1e-10 * std::abs(curvature.nll));
  EXPECT_NEAR(objective.nll(at, {}), curvature.nll, 1e-10 * std::abs(curvature.nll));
  const double scale = curvature.gradient.cwiseAbs().maxCoeff();
  for (std::size_t p = 0; p < at.size(); ++p) {
    EXPECT_NEAR(curvature.gradient[static_cast<Eigen::Index>(p)], n * gradient[p], 1e-9 * scale) << p;
    EXPECT_NEAR(curvature.session_gradients.col(static_cast<Eigen::Index>(p)).sum(), n * gradient[p],
                1e-9 * scale);
  }
}

TEST_P(ObjectiveCurvature, GrowsAlongADirectionAsItsInformationSays) {
  // At an expected information I, the mean of the squared slope over data drawn from the model is d'I d.
  // Here only what holds for any data: I is symmetric and never negative.
  const Objective objective = objective_over(random_sessions(), GetParam().options);
  const Curvature curvature = objective.curvature(objective.start_from(kTheta), {});
  EXPECT_FALSE(curvature.sampled);
  EXPECT_EQ(curvature.information, curvature.information.transpose());
  for (Eigen::Index p = 0; p < curvature.information.rows(); ++p) {
    EXPECT_GE(curvature.information(p, p), 0.0);
    for (Eigen::Index q = 0; q < p; ++q) {
      const double bound = curvature.information(p, p) * curvature.information(q, q);
      EXPECT_LE(std::pow(curvature.information(p, q), 2), bound * (1 + 1e-9) + 1e-12);
    }
  }
}

TEST_P(ObjectiveCurvature, SessionsAddUpToTheWholeButForConstantsThatNoModelChanges) {
  const Objective objective = objective_over(random_sessions(), GetParam().options);
  const std::vector<double> at = objective.start_from(kTheta);
  std::vector<double> elsewhere = at;
  for (std::size_t p = 0; p < kTheta.size(); ++p) elsewhere[p] = -0.4 * at[p];
  const Curvature a = objective.curvature(at, {});
  const Curvature b = objective.curvature(elsewhere, {});
  ASSERT_GT(std::abs(a.nll - b.nll), 1e-3);
  EXPECT_NEAR(a.session_nll.sum() - b.session_nll.sum(), a.nll - b.nll, 1e-8 * std::abs(a.nll));
}

TEST_P(ObjectiveCurvature, CountsASessionAsOftenAsItsWeightSays) {
  if (GetParam().options.initial_weights == InitialWeights::kEstimatedPerSession) GTEST_SKIP();
  const std::vector<EncodedSession> once = random_sessions();
  const std::vector<EncodedSession> repeated = {once[0], once[2], once[2], once[2]};
  const Objective weighted = objective_over(once, GetParam().options);
  const Objective doubled = objective_over(repeated, GetParam().options);
  const std::vector<double> weights = {1.0, 0.0, 3.0};
  const std::vector<double> at = weighted.start_from(kTheta);
  const Curvature a = weighted.curvature(at, weights);
  const Curvature b = doubled.curvature(at, {});
  EXPECT_NEAR(a.nll, b.nll, 1e-9 * std::abs(b.nll));
  EXPECT_NEAR(weighted.nll(at, weights), b.nll, 1e-9 * std::abs(b.nll));
  EXPECT_TRUE(a.gradient.isApprox(b.gradient, 1e-9));
  EXPECT_TRUE(a.information.isApprox(b.information, 1e-9));
}

INSTANTIATE_TEST_SUITE_P(Each, ObjectiveCurvature, testing::ValuesIn(cases()), [](const auto& one) {
  std::string name = one.param.name;
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
});

TEST(ObjectiveCurvature, OfManyNeuronsIsThatOfASampleScaledUp) {
  // 600 neurons of which every n-th enters: close to the whole, which few steps at a time still give.
  EncodedSession session = random_session("many", 1600);
  Model model = for_test::small_model();
  model.network = network_with_hidden_layer(for_test::kInputs, 600, {});
  session.choice.assign(session.steps(), kNoChoice);
  session.learns.assign(session.steps(), 1);
  session.recorded_neurons.resize(600);
  std::iota(session.recorded_neurons.begin(), session.recorded_neurons.end(), 0);
  session.recordings = for_test::normals("recordings", session.steps() * 600, 0.5);
  const std::vector<double> weights = for_test::normals("weights", for_test::kInputs * 600, 0.3);
  const Matrix initial = Eigen::Map<const Matrix>(weights.data(), for_test::kInputs, 600);
  std::vector<double> theta = kTheta;
  for (double& v : theta) v *= 0.1;
  const Objective objective(model, {session}, {initial}, {.observe = Observe::kNeural, .sigma = 1.0});
  const Curvature curvature = objective.curvature(theta, {});
  EXPECT_TRUE(curvature.sampled);
  const Matrix sampled = curvature.information;
  const Matrix whole = session_curvature({model, theta, session, initial}, {}).squared_error_information;
  EXPECT_LT((sampled - whole).norm(), 0.1 * whole.norm());
}

}  // namespace
}  // namespace synfer
