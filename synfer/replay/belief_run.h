// One step of a session as a belief takes it, and what is refused at the end: shared by all that run a
// belief through a session.
#pragma once

#include "synfer/replay/curvature.h"

namespace synfer {

/// observe() at step t.
double observe_step(Belief& belief, const BeliefSession& of, std::size_t t, std::size_t offset_lanes);

/// advance() after it, where the step says so.
void advance_step(Belief& belief, const BeliefSession& of, std::size_t t);

/// Whether step t has a choice that counts.
[[nodiscard]] bool scored(const EncodedSession& session, std::size_t t);

/// What is added to the logits of step t.
[[nodiscard]] LogitOffset offset_at(const BeliefSession& of, std::size_t t, std::size_t offset_lanes);

/// @throws NonFiniteError where the belief at the session's end is not finite.
void refuse_non_finite_belief(bool finite, const BeliefSession& of);

/// @throws NonFiniteError where slopes are not.
void refuse_non_finite_slopes(const BeliefSession& of, bool finite);

}  // namespace synfer
