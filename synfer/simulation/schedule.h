// The reward schedule behind a recording: how likely each stimulus was baited in each block, from what was
// collected of it.
//
// With baiting a bait stays until it is collected, so that a reward says that one or more of the draws since
// the last collection came up, and its absence that none did. With n_b such draws in block b,
//   P(reward) = 1 - prod_b (1 - p_b)^n_b,
// whose likelihood EM climbs: in a rewarded interval a draw came up with probability p_b / P(reward). Draws
// that nobody collected say nothing. One draw more in every block, at the rate of all collections, keeps
// blocks in which a stimulus was hardly taken in reason.
#pragma once

#include <vector>

#include "synfer/simulation/baits.h"

namespace synfer {

/// A stimulus was taken.
struct Collection {
  int trial = 0;
  int stimulus = 0;
  bool rewarded = false;
};

/// @param block        of each trial, counted from 0
/// @param stimuli      their number
/// @param collections  in the order of trials
/// @param baiting      whether a bait stays; otherwise a trial's draw is all there is
RewardProbabilities estimated_schedule(const std::vector<int>& block, int stimuli,
                                       const std::vector<Collection>& collections, bool baiting);

/// Nats by which the collections are likelier where baits stay than where each trial is drawn anew, each at
/// the probabilities of its own largest likelihood (as many on both sides); 0 where they do not tell.
double nats_for_baiting(const std::vector<int>& block, int stimuli,
                        const std::vector<Collection>& collections);

}  // namespace synfer
