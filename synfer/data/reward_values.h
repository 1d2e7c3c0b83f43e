// What a task pays, as its rewards show it: the values that choices earned, and which of them is none.
//
// Rewards are coded as people like: 0 and 1, -1 and 1, .5 and 1, 0 and 40 points. "Not zero" is therefore no
// test of a reward. Of two values the lower one is none; a single value stands beside 0. Of more than two 0
// is none where it is the lowest; otherwise (gains and losses, points) nothing says which value is none.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

struct RewardValues {
  std::vector<double> values;          // ascending, each once
  std::optional<double> nothing = {};  // what is paid where there is no reward; empty where none is told

  /// Whether so much is a reward, and not what is paid where there is none; of gains and losses, where
  /// nothing tells what none is, whether it is a gain.
  [[nodiscard]] bool is_reward(double reward) const { return reward > nothing.value_or(0.0); }

  /// A reward on the way from the lowest value to the highest one, 0 to 1; of two values 0 or 1.
  [[nodiscard]] double share(double reward) const;
};

/// Whether the step took an offer: accepted it, or chose it among several.
bool took_an_offer(const Session& session, std::size_t step);

/// Of these values, each once.
RewardValues values_of(std::set<double> paid);

/// Of the offers that were taken. Free rewards (without a choice) and those of rejections are no part of it.
RewardValues reward_values(const std::vector<Session>& sessions);

}  // namespace synfer
