// What one Newton step from a fit gains where the data are weighted anew: with slopes g at the fit,
//
//   gain = -min_d (g'd + d'I d / 2)   within the bounds of the parameters.
//
// Cheap enough for hundreds of bootstrap draws; exact where the loss is quadratic.
#pragma once

#include <Eigen/Cholesky>
#include <span>
#include <vector>

#include "synfer/inference/box_lasso.h"
#include "synfer/inference/optimiser.h"

namespace synfer {

class NewtonStep {
 public:
  /// @param information  P x P, at the fit
  /// @param from         P, the fit
  /// @param bounds       of the first so many parameters
  NewtonStep(const Matrix& information, std::span<const double> from, const std::vector<Bounds>& bounds);

  /// @param g  P
  [[nodiscard]] double gain(const Vector& g) const;

 private:
  BoxLasso box_;
  Eigen::LDLT<Matrix> factor_;
  bool bounded_ = false;
};

}  // namespace synfer
