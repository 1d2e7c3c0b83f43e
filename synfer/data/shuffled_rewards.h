// The control for rewards: a copy of a session in which each reward is kept but comes at another moment.
//
// Rewards change places among the steps after which weights change and a reward is known (accept or reject:
// the accepted steps), so that how often and how much was paid stays as it was, and so do choices, stimuli
// and trials. A rule that gains as much on such data learned nothing from when rewards came. What rewards
// follow from is lost with their order: after blocks or baits, gains over this control mix "rewards matter"
// with "the animal acts on what rewards go along with". Expected rewards are of the new order, since
// encoding.h computes them from the rewards that it finds.
#pragma once

#include <cstdint>
#include <span>

#include "synfer/data/session.h"

namespace synfer {

/// A uniform permutation within each piece of the session, a function of (seed, animal, session, draw).
/// @param cuts  steps at which a new piece begins, ascending: no reward crosses one, so that what is fitted
///              before a cut holds nothing of what is scored behind it. Empty: the session is one piece
Session shuffled_rewards(const Session& session, std::uint64_t seed, std::uint64_t draw,
                         std::span<const std::size_t> cuts = {});

}  // namespace synfer
