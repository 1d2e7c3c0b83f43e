#include "synfer/model/expected_reward.h"

#include <cstddef>
#include <numeric>

namespace synfer {

RewardBaseline::RewardBaseline(const ExpectedReward& options)
    : options_(options), expected_(options.kind == ExpectedReward::Kind::kNone ? 0.0 : options.start) {}

void RewardBaseline::receive(double reward) {
  switch (options_.kind) {
    case ExpectedReward::Kind::kNone:
      break;
    case ExpectedReward::Kind::kExponential:
      expected_ += options_.rate * (reward - expected_);
      break;
    case ExpectedReward::Kind::kMovingAverage:
      // Summed anew each time: a running sum would gather rounding errors.
      recent_.push_back(reward);
      if (recent_.size() > static_cast<std::size_t>(options_.window)) recent_.pop_front();
      expected_ = std::accumulate(recent_.begin(), recent_.end(),
                                  options_.start * (options_.window - static_cast<int>(recent_.size()))) /
                  options_.window;
      break;
  }
}

std::vector<double> expected_rewards(const std::vector<double>& rewards, const ExpectedReward& options) {
  RewardBaseline baseline(options);
  std::vector<double> expected;
  expected.reserve(rewards.size());
  for (const double reward : rewards) {
    expected.push_back(baseline.expected());
    baseline.receive(reward);
  }
  return expected;
}

}  // namespace synfer
