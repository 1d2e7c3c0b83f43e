#include "synfer/simulation/baits.h"

#include <fmt/format.h>

#include <utility>

#include "synfer/base/error.h"

namespace synfer {

int count_odours(const RewardProbabilities& probabilities, int least) {
  const std::size_t odours = probabilities.empty() ? 0 : probabilities.front().size();
  const auto reject = [&](std::size_t block, std::size_t found, const std::string& expected) {
    throw ConfigurationError("task.reward_probabilities",
                             fmt::format("found {} odours in block {}, expected {}; give each block one "
                                         "probability an odour",
                                         found, block, expected));
  };
  if (odours < static_cast<std::size_t>(least)) reject(0, odours, fmt::format("at least {}", least));
  for (std::size_t block = 1; block < probabilities.size(); ++block) {
    const std::size_t found = probabilities[block].size();
    if (found != odours) reject(block, found, fmt::format("{} as in block 0", odours));
  }
  return static_cast<int>(odours);
}

Baits::Baits(RewardProbabilities probabilities, bool stay, RandomStream draws)
    : probabilities_(std::move(probabilities)),
      stay_(stay),
      draws_(draws),
      baited_(probabilities_.front().size(), 0) {}

void Baits::begin_trial(int trial, int block) {
  const std::vector<double>& probability = probabilities_[static_cast<std::size_t>(block)];
  for (std::size_t odour = 0; odour < baited_.size(); ++odour) {
    const double uniform = draws_.uniform({.step = static_cast<std::uint64_t>(trial), .index = odour});
    const bool drawn = uniform < probability[odour];
    baited_[odour] = static_cast<char>(drawn || (stay_ && baited_[odour] != 0));
  }
}

double Baits::collect(int odour) { return std::exchange(baited_[static_cast<std::size_t>(odour)], 0); }

}  // namespace synfer
