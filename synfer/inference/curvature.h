// A likelihood with curvature: its value, its slopes, and how much the data say about each direction.
//
// The expected information I = sum over observations of J' V^-1 J, J the slopes of what was observed
// (a choice's probability, an activity) in the parameters and V its variance, takes the place of the
// Hessian: never indefinite, no second derivatives, and what standard errors are made of.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"

namespace synfer {

/// P parameters, S sessions. Sums over sessions in nats, not means over observations.
struct Curvature {
  double nll = 0.0;
  Vector gradient;           // P, of nll
  Matrix information;        // P x P, expected
  Matrix session_gradients;  // S x P, of each session's nll, unweighted: for errors clustered by animal
  bool held = false;         // whether weights went out of reach and were held there (synfer/replay/belief.h)
  bool sampled = false;      // whether the information is that of some recorded neurons, scaled up
  Vector session_nll = {};   // S, of each session, unweighted, but for constants that no model changes; an
                             // estimated sd of recordings is that of all sessions
};

class CurvedLikelihood {
 public:
  CurvedLikelihood() = default;
  CurvedLikelihood(const CurvedLikelihood&) = default;
  CurvedLikelihood& operator=(const CurvedLikelihood&) = default;
  virtual ~CurvedLikelihood() = default;

  [[nodiscard]] virtual std::size_t parameters() const = 0;    // P
  [[nodiscard]] virtual std::size_t sessions() const = 0;      // S
  [[nodiscard]] virtual std::size_t observations() const = 0;  // scored choices and recorded values

  /// Infinite where a trajectory overflows.
  /// @param weights  how often each session counts (S), as in a bootstrap; empty: once each
  [[nodiscard]] virtual double nll(std::span<const double> parameters,
                                   std::span<const double> weights) const = 0;

  /// @throws NonFiniteError where a trajectory overflows.
  [[nodiscard]] virtual Curvature curvature(std::span<const double> parameters,
                                            std::span<const double> weights) const = 0;
};

}  // namespace synfer
