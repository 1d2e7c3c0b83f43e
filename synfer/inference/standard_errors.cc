// Standard errors from the information alone, and from the sandwich clustered by animal.

#include <algorithm>

#include "synfer/inference/quantiles.h"
#include "synfer/inference/uncertainty_methods.h"

namespace synfer {
namespace {

// estimate -+ quantile times standard error.
void symmetric_intervals(const AtEstimate& at, const Vector& variances, double quantile,
                         Uncertainty& result) {
  for (Eigen::Index n = 0; n < variances.size(); ++n) {
    Interval& interval = result.intervals[at.parameter(n)];
    if (interval.status != IntervalStatus::kEstimated) continue;
    interval.standard_error = std::sqrt(variances[n]);
    interval.low = interval.estimate - quantile * interval.standard_error;
    interval.high = interval.estimate + quantile * interval.standard_error;
  }
}

}  // namespace

void information_intervals(const AtEstimate& at, Uncertainty& result) {
  symmetric_intervals(at, at.covariance.diagonal(), normal_quantile(0.5 + at.options.level / 2), result);
}

void clustered_intervals(const AtEstimate& at, Uncertainty& result) {
  const Clusters animals = clusters(at.fitted);
  const auto count = static_cast<Eigen::Index>(animals.count);
  // G x F
  Matrix gradients = Matrix::Zero(count, at.covariance.rows());
  for (std::size_t s = 0; s < animals.of_session.size(); ++s) {
    gradients.row(static_cast<Eigen::Index>(animals.of_session[s])) +=
        at.curvature.session_gradients(static_cast<Eigen::Index>(s), at.information.parameters);
  }
  const double freedom = static_cast<double>(animals.count) - 1;
  const Matrix half = gradients * at.covariance;
  const Vector robust = half.colwise().squaredNorm() * (static_cast<double>(animals.count) / freedom);
  result.degrees_of_freedom = freedom;
  symmetric_intervals(at, robust.cwiseMax(at.covariance.diagonal()),
                      student_t_quantile(0.5 + at.options.level / 2, freedom), result);
}

}  // namespace synfer
