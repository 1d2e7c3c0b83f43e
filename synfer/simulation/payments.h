// What choices paid in a recorded session, block by block, so that a simulated one pays the same.
//
// A payer is what rewards go by: the stimulus that was taken, or the place, where places tell the rewards of
// this session much better. Where one value is no reward (data/reward_values.h) a payer has a probability of
// a reward in each block (schedule.h), and the values of those that it paid; where none is, it pays one of
// the values that it paid in that block.
#pragma once

#include <optional>
#include <vector>

#include "synfer/data/reward_values.h"
#include "synfer/simulation/baits.h"

namespace synfer {

/// B blocks, P payers.
struct Payments {
  bool by_place = false;              // otherwise by stimulus
  std::vector<int> payer;             // T x K, of each offer
  std::optional<double> nothing;      // paid where there is no reward; empty: every choice pays one of `paid`
  RewardProbabilities probabilities;  // B x P; 1 where nothing is no reward
  double nats_for_baiting = 0.0;      // as in schedule.h; 0 where nothing is no reward
  std::vector<std::vector<std::vector<double>>> paid;  // B x P: values, as often as they were paid
};

/// @param trial   T, counted from 0
/// @param block   of each trial, counted from 0
/// @param values  of all sessions of the data
Payments payments_of(const Session& session, const std::vector<int>& trial, const std::vector<int>& block,
                     const RewardValues& values, bool baiting);

}  // namespace synfer
