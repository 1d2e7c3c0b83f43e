// Baits: whether choosing an odour pays, now.
//
// At the start of each trial each odour is baited with the probability of its block. With baiting a
// bait stays until it is collected, across trials and blocks, so that an odour long left alone is
// likely to pay; without, the draw of the trial is all there is.
#pragma once

#include <vector>

#include "synfer/base/random.h"

namespace synfer {

/// Block x odour.
using RewardProbabilities = std::vector<std::vector<double>>;

/// How many odours the blocks speak of.
/// @throws ConfigurationError (task.reward_probabilities) where blocks differ in that, or there are
/// fewer than `least`.
int count_odours(const RewardProbabilities& probabilities, int least);

class Baits {
 public:
  Baits(RewardProbabilities probabilities, bool stay, RandomStream draws);

  void begin_trial(int trial, int block);

  /// The reward of choosing `odour`: its bait, 1 or 0, which is then gone.
  double collect(int odour);

 private:
  RewardProbabilities probabilities_;
  bool stay_;
  RandomStream draws_;
  std::vector<char> baited_;  // one an odour
};

}  // namespace synfer
