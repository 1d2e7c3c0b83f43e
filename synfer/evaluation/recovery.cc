#include "synfer/evaluation/recovery.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace synfer {
namespace {

// Deviations are taken from the first value before the mean, so that equal values give exactly 0.
double sum_of_squares_about_mean(const Vector& values) {
  const Vector shifted = values.array() - values[0];
  return (shifted.array() - shifted.mean()).square().sum();
}

bool is_constant(const Vector& values, double sum_of_squares) {
  const double rounding = 1e-12 * values.cwiseAbs().maxCoeff();
  return sum_of_squares <= rounding * rounding * static_cast<double>(values.size());
}

}  // namespace

R2 r2(const Matrix& reference, const Matrix& candidate) {
  if (reference.rows() != candidate.rows() || reference.cols() != candidate.cols()) {
    throw std::invalid_argument(
        fmt::format("the reference is {} x {}, the candidate {} x {}: R2 needs the same "
                    "times and variables in both",
                    reference.rows(), reference.cols(), candidate.rows(), candidate.cols()));
  }
  if (reference.rows() == 0) {
    return {std::numeric_limits<double>::quiet_NaN(), 0, static_cast<std::size_t>(reference.cols())};
  }
  R2 result;
  double sum = 0.0;
  for (Eigen::Index j = 0; j < reference.cols(); ++j) {
    const Vector values = reference.col(j);
    const double total = sum_of_squares_about_mean(values);
    if (is_constant(values, total)) {
      ++result.constant;
      continue;
    }
    sum += 1.0 - (values - candidate.col(j)).squaredNorm() / total;
    ++result.columns;
  }
  result.mean = result.columns == 0 ? std::numeric_limits<double>::quiet_NaN()
                                    : sum / static_cast<double>(result.columns);
  return result;
}

Recovery recovery(const Model& truth, std::span<const double> true_theta, const Model& fitted,
                  std::span<const double> theta, const EncodedSession& session, const Matrix& initial) {
  if (truth.network.inputs != fitted.network.inputs || truth.network.neurons != fitted.network.neurons) {
    throw std::invalid_argument(fmt::format(
        "the true layer is {} x {}, the fitted one {} x {}: weights are compared "
        "one by one, so fit a layer of the true size",
        truth.network.inputs, truth.network.neurons, fitted.network.inputs, fitted.network.neurons));
  }
  const Trajectory reference = replay(truth, true_theta, session, initial);
  const Trajectory candidate = replay(fitted, theta, session, initial);
  return {r2(reference.weights, candidate.weights), r2(reference.activity, candidate.activity)};
}

}  // namespace synfer
