// Initial weights integrated out: of a linear layer exactly, with slopes that are those of the value.
#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "synfer/inference/objective.h"
#include "synfer/inference/problem_for_test.h"

namespace synfer {
namespace {

using for_test::kTheta;
using for_test::objective_over;
using InitialWeights = ObjectiveOptions::InitialWeights;

ObjectiveOptions integrated(Observe observe, std::optional<double> sigma) {
  return {.observe = observe,
          .sigma = sigma,
          .recording_weight = observe == Observe::kBoth ? 0.7 : 1.0,
          .initial_weights = InitialWeights::kEstimatedPerSession,
          .initial_weights_sd = 0.4,
          .integrate_initial_weights = true};
}

// log N(recordings; 0, sd^2 X X' + sigma^2) of one neuron whose weights stay as they start.
double log_marginal(const Matrix& x, const Vector& recordings, double sd, double sigma) {
  Matrix covariance = sd * sd * x * x.transpose();
  covariance.diagonal().array() += sigma * sigma;
  const Eigen::LLT<Matrix> factor(covariance);
  return -factor.matrixLLT().diagonal().array().log().sum() - 0.5 * recordings.dot(factor.solve(recordings));
}

TEST(IntegratedWeights, OfALinearLayerThatLearnsNothingLeaveTheExactMarginalLikelihood) {
  const double sigma = 0.3;
  const ObjectiveOptions options = integrated(Observe::kNeural, sigma);
  const EncodedSession session = for_test::random_session("a");
  Model model = for_test::small_model();
  model.network.activation = {Activation::Kind::kLinear};
  const Matrix all_x = Eigen::Map<const Matrix>(session.x.data(), 30, for_test::kInputs);
  Matrix mode = Matrix::Zero(for_test::kInputs, for_test::kNeurons);
  double expected = 0.0;
  for (Eigen::Index n = 0; n < 2; ++n) {
    std::vector<Eigen::Index> seen;
    for (Eigen::Index t = 0; t < 30; ++t) {
      if (!std::isnan(session.recordings[static_cast<std::size_t>(2 * t + n)])) seen.push_back(t);
    }
    const Matrix x = all_x(seen, Eigen::all);
    const Vector recordings = Eigen::Map<const Matrix>(session.recordings.data(), 30, 2)(seen, n);
    expected -= log_marginal(x, recordings, options.initial_weights_sd, sigma);
    Matrix h = x.transpose() * x;
    h.diagonal().array() += std::pow(sigma / options.initial_weights_sd, 2);
    mode.col(2 * n) = h.llt().solve(x.transpose() * recordings);
  }
  const Objective objective(model, {session}, {mode}, options);
  const std::vector<double> at = objective.start_from(std::vector<double>(4, 0.0));
  EXPECT_NEAR(objective.nll(at, {}), expected, 1e-9 * std::abs(expected));
  const Vector slopes = objective.curvature(at, {}).gradient;
  EXPECT_LT(slopes.tail(mode.size()).norm(), 1e-9);  // the mode is where the integral is least, too
}

class IntegratedWeightsOf : public testing::TestWithParam<ObjectiveOptions> {};

TEST_P(IntegratedWeightsOf, HaveTheSlopesOfTheirValue) {
  const Objective objective = objective_over(for_test::random_sessions(), GetParam());
  std::vector<double> at = objective.start_from(kTheta);
  for (const std::vector<double>& weights : {std::vector<double>{}, std::vector<double>{2.0, 0.0, 0.5}}) {
    const Curvature curvature = objective.curvature(at, weights);
    EXPECT_NEAR(objective.nll(at, weights), curvature.nll, 1e-12 * std::abs(curvature.nll));
    for (std::size_t p = 0; p < at.size(); ++p) {
      constexpr double kStep = 1e-4;
      const double kept = at[p];
      const auto nll = [&](double step) {
        at[p] = kept + step;
        return objective.nll(at, weights);
      };
      const double slope =
          (8 * (nll(kStep) - nll(-kStep)) - (nll(2 * kStep) - nll(-2 * kStep))) / (12 * kStep);
      at[p] = kept;
      EXPECT_NEAR(curvature.gradient[static_cast<Eigen::Index>(p)], slope,
                  1e-7 * curvature.gradient.cwiseAbs().maxCoeff())
          << p;
    }
    if (!weights.empty()) continue;
    const Vector summed = curvature.session_gradients.colwise().sum();
    EXPECT_TRUE(summed.isApprox(curvature.gradient, 1e-9));
  }
}

INSTANTIATE_TEST_SUITE_P(Each, IntegratedWeightsOf,
                         testing::Values(integrated(Observe::kNeural, 0.3),
                                         integrated(Observe::kNeural, std::nullopt),
                                         integrated(Observe::kBoth, 0.3),
                                         integrated(Observe::kBoth, std::nullopt)));

}  // namespace
}  // namespace synfer
