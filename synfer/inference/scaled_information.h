// Information in scaled coefficients: D^-1 I D^-1 with D^2 the diagonal of I, so that units and the
// size of a term's values drop out.
//
// A scaled coefficient is one in units of the standard error that it would have if all others were
// known. Its diagonal is 1, its eigenvalues sum to their number. An eigenvalue is the share of the
// information that overlap leaves to its direction: 1 where terms do not overlap, 0 where a
// combination of them does nothing.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"

namespace synfer {

/// Eigenvalues below this share of the largest are those of a singular matrix. Sensitivities summed over
/// thousands of steps are good to about 1e-12; its root, 1e-5, is the accuracy of an eigenvector there.
inline constexpr double kSingular = 1e-10;

/// F parameters that are free and have information.
struct ScaledInformation {
  std::vector<std::size_t> parameters;    // F, ascending
  std::vector<std::size_t> never_varied;  // free, but without information
  Vector scale;                           // F; the diagonal of D
  Vector eigenvalues;                     // F, descending; those of singular directions exactly 0
  Matrix directions;                      // F x F, an eigenvector each column, in scaled coefficients

  /// The inverse of the information over `parameters` (F x F), singular directions left out.
  [[nodiscard]] Matrix covariance() const;

  /// F; whether a coefficient takes part in a singular direction, so that its value is anyone's guess.
  [[nodiscard]] std::vector<char> unidentified() const;
};

/// @param information  P x P
/// @param fixed        P; parameters that are held. Empty: none
ScaledInformation scaled_information(const Matrix& information, std::span<const char> fixed);

}  // namespace synfer
