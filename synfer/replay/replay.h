// The replay of a session under a rule: what it costs, and the exact slopes of that cost.
//
//   for each step t, with the recorded choices and rewards given,
//     y_kj = f(sum_i x_ki W_ij)                     every offer k
//     logit_k = sum_j b_j y_kj                      scored against the choice
//     W_ij += eta g(x_i, y_j, W_ij, r; theta)       of the chosen offer, where the step says so
//
// Given the data the columns of W are independent of one another but for the logit, so replay and
// adjoint run over blocks of columns, all steps at a time. Source: Mehta et al. (NeurIPS 2024),
// section 2; the adjoint is ours.
#pragma once

#include <span>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"
#include "synfer/replay/precision.h"

namespace synfer {

/// What a session costs under a model, summed over its scored steps.
struct SessionLoss {
  double choice_nll = 0.0;     // nats
  double squared_error = 0.0;  // sum over recorded values, no half and no sigma
  std::size_t choices = 0;     // scored choices
  std::size_t recorded = 0;    // recorded values that are not missing

  SessionLoss& operator+=(const SessionLoss& other);
};

/// The slopes of the total loss in the two parts of a session's loss.
struct LossSlopes {
  double choice_nll = 1.0;
  double squared_error = 1.0;
};

/// @param theta      P, the rule's parameters
/// @param initial    N x M, weights before the first step
/// @param offsets    added to the logits
/// @param precision  of activities, weights and their adjoints within a block of columns. Relative errors of
///                   the loss and of the gradient's largest entry: double about 1e-14, single about 1e-6,
///                   times what the trajectory itself amplifies
/// @throws NonFiniteError where a weight overflows: it names session, step and term.
/// @throws ConfigurationError (run.precision) where the rule's family has no kernels in single precision.
SessionLoss session_loss(const Model& model, std::span<const double> theta, const EncodedSession& session,
                         const Matrix& initial, const LogitOffsets& offsets = {},
                         Precision precision = Precision::kDouble);

/// Adds the gradient of slopes.choice_nll * choice_nll + slopes.squared_error * squared_error to
/// `theta_bar` (P), to `initial_bar` (N M, row-major) unless it is empty, and to `offset_bar` (H, the lanes
/// of the offsets' slopes).
/// @throws NonFiniteError also where the gradient overflows.
SessionLoss session_loss_and_gradient(const Model& model, std::span<const double> theta,
                                      const EncodedSession& session, const Matrix& initial, LossSlopes slopes,
                                      std::span<double> theta_bar, std::span<double> initial_bar = {},
                                      const LogitOffsets& offsets = {}, std::span<double> offset_bar = {},
                                      Precision precision = Precision::kDouble);

/// A replay that keeps everything: for evaluation and pictures.
struct Trajectory {
  Matrix logits;                     // T x K, of the weights alone
  Matrix activity;                   // (T K) x M, offer by offer
  std::vector<std::size_t> learned;  // the steps after which the weights changed: L
  Matrix weights;                    // L x (N M), after each of them
  Matrix final_weights;              // N x M
};

/// @throws NonFiniteError as session_loss does.
Trajectory replay(const Model& model, std::span<const double> theta, const EncodedSession& session,
                  const Matrix& initial);

}  // namespace synfer
