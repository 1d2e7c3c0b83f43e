// The expected reward E[R], the baseline of the reward term r = R - E[R].
#pragma once

#include <deque>
#include <vector>

namespace synfer {

struct ExpectedReward {
  enum class Kind { kNone, kMovingAverage, kExponential };

  Kind kind = Kind::kMovingAverage;
  int window = 10;     // rewards in the moving average; those before the first count as `start`
  double rate = 0.1;   // exponential: E <- E + rate (R - E)
  double start = 0.0;  // E[R] before the first reward
};

/// E[R] as it goes through a session, reward by reward.
class RewardBaseline {
 public:
  explicit RewardBaseline(const ExpectedReward& options);

  /// E[R] before the next reward.
  [[nodiscard]] double expected() const { return expected_; }

  void receive(double reward);

 private:
  ExpectedReward options_;
  std::deque<double> recent_;  // moving average: the latest rewards, `window` of them at most
  double expected_ = 0.0;
};

/// E[R] before each reward of a session, in order. The reward of a trial enters E[R] of later ones.
/// Source of the moving average: Mehta et al. (NeurIPS 2024), section 4; window 10.
std::vector<double> expected_rewards(const std::vector<double>& rewards, const ExpectedReward& options);

}  // namespace synfer
