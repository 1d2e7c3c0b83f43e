// Where a trajectory left the finite numbers: the step and the term to name in the error.
//
// The replay itself only looks at the end, since what is once infinite or NaN stays so; the search
// for the step is made when there is something to find.
#pragma once

#include <limits>
#include <span>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"

namespace synfer {

/// Replays step by step and throws NonFiniteError at the first step at which an activity, a logit
/// or a weight is not finite. The term is the one with the largest share in the weight change.
/// Returns where all stays finite: at most `largest`, which is lower for a replay in single precision.
void refuse_non_finite_replay(const Model& model, std::span<const double> theta,
                              const EncodedSession& session, const Matrix& initial,
                              double largest = std::numeric_limits<double>::max());

/// Throws NonFiniteError at step t where the adjoint of weights or parameters is not finite.
void refuse_non_finite_adjoint(const Model& model, const EncodedSession& session, std::size_t t,
                               std::span<const double> w_bar, std::span<const double> theta_bar);

}  // namespace synfer
