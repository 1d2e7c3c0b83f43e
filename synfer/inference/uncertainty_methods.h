// The methods of uncertainty.h. Each fills in the intervals that the information says are estimated.
#pragma once

#include <span>

#include "synfer/inference/scaled_information.h"
#include "synfer/inference/uncertainty.h"

namespace synfer {

/// Animals as numbers, in the order in which they first appear.
struct Clusters {
  std::vector<std::size_t> of_session;  // S
  std::size_t count = 0;
};
Clusters clusters(const FittedLikelihood& fitted);

/// What every method starts from.
struct AtEstimate {
  const FittedLikelihood& fitted;
  const UncertaintyOptions& options;
  const Curvature& curvature;
  const ScaledInformation& information;
  const Matrix& covariance;  // F x F, of information.parameters

  /// The parameter of row n of `covariance`.
  [[nodiscard]] std::size_t parameter(Eigen::Index n) const {
    return information.parameters[static_cast<std::size_t>(n)];
  }
};

void information_intervals(const AtEstimate& at, Uncertainty& result);
void clustered_intervals(const AtEstimate& at, Uncertainty& result);
void profile_intervals(const AtEstimate& at, Uncertainty& result);
/// In place of intervals that are there, of the first options.checked parameters.
void profile_where_it_differs(const AtEstimate& at, Uncertainty& result);
void session_bootstrap_intervals(const AtEstimate& at, Uncertainty& result);
void parametric_bootstrap_intervals(const AtEstimate& at, Uncertainty& result);

}  // namespace synfer
