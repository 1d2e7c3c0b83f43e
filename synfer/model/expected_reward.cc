#include "synfer/model/expected_reward.h"

#include <algorithm>

namespace synfer {

std::vector<double> expected_rewards(const std::vector<double>& rewards, const ExpectedReward& options) {
  std::vector<double> expected(rewards.size(), 0.0);
  if (options.kind == ExpectedReward::Kind::kNone) return expected;
  if (options.kind == ExpectedReward::Kind::kExponential) {
    for (std::size_t n = 1; n < rewards.size(); ++n) {
      expected[n] = expected[n - 1] + options.rate * (rewards[n - 1] - expected[n - 1]);
    }
    return expected;
  }
  const auto window = static_cast<std::size_t>(options.window);
  for (std::size_t n = 1; n < rewards.size(); ++n) {
    double sum = 0.0;
    for (std::size_t k = n - std::min(n, window); k < n; ++k) sum += rewards[k];
    expected[n] = sum / options.window;
  }
  return expected;
}

}  // namespace synfer
