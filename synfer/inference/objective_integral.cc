// Initial weights of sessions integrated out of an objective, by Laplace's approximation.
//
// Maximised together with the rule, weights that the data say little of draw the rule with them: a rule under
// which they are well known is no better for it. Integrated over their prior N(0, sd^2), to second order
// about where they stand, a session's likelihood gains
//
//   log det(sd^2 H) / 2 nats,      H = I_choices + I_recordings / sigma^2 + 1 / sd^2,
//
// I the expected information on its C weights. Weights stay parameters: they come to rest where the whole is
// least, off the mode of the likelihood by less than this approximation knows.

#include <Eigen/Cholesky>
#include <cmath>

#include "synfer/base/parallel.h"
#include "synfer/inference/objective.h"
#include "synfer/replay/weight_information.h"

namespace synfer {
namespace {

// Of one session.
struct Integral {
  double nats = 0.0;
  double by_precision = 0.0;  // slope in 1 / sigma^2
  Vector slopes;              // by its lanes, sigma held
};

}  // namespace

bool Objective::integrates_weights() const {
  return options_.integrate_initial_weights && std::isfinite(options_.initial_weights_sd) &&
         options_.initial_weights == ObjectiveOptions::InitialWeights::kEstimatedPerSession &&
         model_.rule.curved();
}

void Objective::add_integral(std::span<const double> parameters, std::span<const double> weights,
                             std::span<const SessionCurvature> parts, const LossSlopes& slope,
                             Curvature& curvature) const {
  const Eigen::Index cells = initial_.front().size();
  const double variance = options_.initial_weights_sd * options_.initial_weights_sd;
  // forward: recordings = slope squared_error, slope = 1 / (2 sigma^2)
  const double precision = 2.0 * slope.squared_error;
  std::vector<Integral> integrals(sessions());
  for_each_index(sessions(), [&](std::size_t s) {
    if (!weights.empty() && weights[s] == 0.0) return;
    const Matrix recordings = parts[s].squared_error_information.bottomRightCorner(cells, cells);
    Matrix h = slope.choice_nll * parts[s].choice_information.bottomRightCorner(cells, cells) +
               precision * recordings;
    h.diagonal().array() += 1.0 / variance;
    const Eigen::LLT<Matrix> factor(variance * h);
    const Matrix inverse = variance * factor.solve(Matrix::Identity(cells, cells));
    const Matrix initial = initial_weights(parameters, s);
    const LogitOffsets added = offsets(parameters, s);
    const std::span<const double> theta = parameters.first(rule_parameters());
    integrals[s] = {factor.matrixLLT().diagonal().array().log().sum(),
                    0.5 * inverse.cwiseProduct(recordings).sum(),
                    weight_information_slopes({model_, theta, data()[s], initial, belief(parameters), &added},
                                              offset_lanes(), 0.5 * slope.choice_nll * inverse,
                                              0.5 * precision * inverse)};
  });

  double by_precision = 0.0;
  double recorded = 0.0;
  for (std::size_t s = 0; s < sessions(); ++s) {
    const double weight = weights.empty() ? 1.0 : weights[s];
    by_precision += weight * integrals[s].by_precision;
    recorded += weight * static_cast<double>(parts[s].loss.recorded);
  }
  // forward: 1 / sigma^2 = weight_of_recordings / (squared_error / recorded), of all sessions
  const double weight_of_recordings = options_.observe == Observe::kBoth ? options_.recording_weight : 1.0;
  const double by_error = options_.sigma || recorded == 0.0
                              ? 0.0
                              : -by_precision * precision * precision / (weight_of_recordings * recorded);
  for (std::size_t s = 0; s < sessions(); ++s) {
    const double weight = weights.empty() ? 1.0 : weights[s];
    if (weight == 0.0) continue;
    const auto row = static_cast<Eigen::Index>(s);
    const Vector slopes = integrals[s].slopes + by_error * parts[s].squared_error_gradient;
    const std::vector<std::size_t> places = places_of(s);
    for (std::size_t lane = 0; lane < places.size(); ++lane) {
      const auto p = static_cast<Eigen::Index>(places[lane]);
      curvature.session_gradients(row, p) += slopes[static_cast<Eigen::Index>(lane)];
      curvature.gradient[p] += weight * slopes[static_cast<Eigen::Index>(lane)];
    }
    curvature.session_nll[row] += integrals[s].nats;
    curvature.nll += weight * integrals[s].nats;
  }
}

}  // namespace synfer
