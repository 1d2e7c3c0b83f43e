// The gradient of a session's choices under a belief, by the adjoint of its recursion: forward once
// with the belief kept before each step, then backward, each step run again from there by the same code.
// It gives no expected information, which forward sensitivities (curvature.h) do. A parameter of the
// rule costs about the same both ways, since the slopes of g in it at every synapse are the bulk; a
// lane of any other kind costs nothing here. Memory: T (N M + D^2) numbers, D as in belief.h.
//
// Source: reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2008, chapter 3), by hand.
#pragma once

#include <span>

#include "synfer/replay/curvature.h"

namespace synfer {

/// choice_nll over scored steps and its gradient; recordings are not scored.
/// @param gradient  overwritten; lanes in the order of BeliefLanes: theta (P), log noise_sd,
///                  log walk_sd, log initial_sd, offset (H), initial mean (N M, row-major)
/// @throws NonFiniteError as session_curvature does.
SessionLoss session_loss_and_gradient(const BeliefSession& of, const BeliefLanes& lanes,
                                      std::span<double> gradient);

/// Whether the adjoint costs less than session_curvature where a gradient is all that is asked.
[[nodiscard]] bool adjoint_costs_less(const BeliefOptions& options, const BeliefLanes& lanes,
                                      std::size_t initial_weights);

}  // namespace synfer
