// The filter over latent weights in eight sessions side by side: the recursion of belief.h with a session a
// lane. One session is a chain in which each number waits for the one before it; eight chains wait together,
// and cost little more than one.
//
// All go step by step. A lane whose step has no choice, or whose session is over, learns nothing there; one
// that does not change its weights changes them at a rate of 0. For one offer a step (K = 1) under a curved
// rule, and for slopes in few parameters: of many a session keeps eight in its lanes (curvature.h).
#pragma once

#include <span>
#include <vector>

#include "synfer/replay/curvature.h"

namespace synfer {

/// How many sessions are best given at once to what follows: kLanes, or 1 where nothing is gained by more.
/// lanes: slopes, or values alone where it has none.
[[nodiscard]] std::size_t sessions_at_once(const BeliefSession& of, const BeliefLanes& lanes);

/// session_loss() of each of at most sessions_at_once() sessions, which share model, theta and options.
/// @throws NonFiniteError of the first one where a weight overflows.
std::vector<SessionLoss> session_losses(std::span<const BeliefSession> of);

/// session_curvature(), likewise.
std::vector<SessionCurvature> session_curvatures(std::span<const BeliefSession> of, const BeliefLanes& lanes);

}  // namespace synfer
