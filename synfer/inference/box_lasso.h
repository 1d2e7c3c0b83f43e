// The least point of a quadratic with an L1 norm, within a box: the inner problem of Fisher scoring.
//
//   minimise  s'(u - from) + (u - from)' H (u - from) / 2 + sum_p l1_p |u_p|,   low <= u <= high
//
// Sweeps of coordinate descent find which coordinates rest at 0 or at a bound, exactly (Friedman,
// Hastie and Tibshirani 2010); Cholesky on the others ends it, where sweeps alone would crawl along
// directions that H hardly sees. For up to a few hundred coordinates.
#pragma once

#include "synfer/base/matrix.h"

namespace synfer {

struct BoxLasso {
  Matrix H;     // P x P, positive definite among the coordinates that may move
  Vector s;     // P, slope of the quadratic at `from`
  Vector from;  // P, within the box
  Vector l1;    // P, not negative
  Vector low;   // P; a coordinate with low = high stays
  Vector high;  // P
};

/// u (P), with exact zeros and exact bounds.
Vector minimise(const BoxLasso& problem);

}  // namespace synfer
