#include "synfer/simulation/schedule.h"

#include <algorithm>
#include <cmath>

namespace synfer {
namespace {

constexpr int kMostRounds = 1000;
constexpr double kTolerance = 1e-6;  // of a probability

// Draws of one stimulus between two collections, by block.
struct Interval {
  std::vector<double> draws;  // B
  bool rewarded = false;
};

std::vector<Interval> intervals_of(const std::vector<int>& block, std::size_t blocks, int stimulus,
                                   const std::vector<Collection>& collections, bool baiting) {
  std::vector<Interval> intervals;
  int from = 0;  // the first trial whose draw is not collected yet
  for (const Collection& one : collections) {
    if (one.stimulus != stimulus) continue;
    Interval interval{std::vector<double>(blocks), one.rewarded};
    for (int trial = baiting ? from : one.trial; trial <= one.trial; ++trial) {
      ++interval.draws[static_cast<std::size_t>(block[static_cast<std::size_t>(trial)])];
    }
    from = one.trial + 1;
    intervals.push_back(std::move(interval));
  }
  return intervals;
}

std::vector<double> probabilities_of(const std::vector<Interval>& intervals, std::size_t blocks,
                                     double overall) {
  std::vector<double> p(blocks, overall);
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<double> came_up(blocks, overall);  // the draw more
    std::vector<double> draws(blocks, 1.0);
    for (const Interval& interval : intervals) {
      double none = 1.0;
      for (std::size_t b = 0; b < blocks; ++b) none *= std::pow(1.0 - p[b], interval.draws[b]);
      for (std::size_t b = 0; b < blocks; ++b) {
        draws[b] += interval.draws[b];
        if (interval.rewarded && none < 1.0) came_up[b] += interval.draws[b] * p[b] / (1.0 - none);
      }
    }
    double moved = 0.0;
    for (std::size_t b = 0; b < blocks; ++b) {
      const double next = came_up[b] / draws[b];
      moved = std::max(moved, std::abs(next - p[b]));
      p[b] = next;
    }
    if (moved < kTolerance) break;
  }
  return p;
}

}  // namespace

RewardProbabilities estimated_schedule(const std::vector<int>& block, int stimuli,
                                       const std::vector<Collection>& collections, bool baiting) {
  const std::size_t blocks = block.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(block)) + 1;
  const auto rewarded = static_cast<double>(std::ranges::count(collections, true, &Collection::rewarded));
  const double overall = collections.empty() ? 0.0 : rewarded / static_cast<double>(collections.size());
  RewardProbabilities probabilities(blocks, std::vector<double>(static_cast<std::size_t>(stimuli)));
  for (int stimulus = 0; stimulus < stimuli; ++stimulus) {
    const std::vector<double> p =
        probabilities_of(intervals_of(block, blocks, stimulus, collections, baiting), blocks, overall);
    for (std::size_t b = 0; b < blocks; ++b) probabilities[b][static_cast<std::size_t>(stimulus)] = p[b];
  }
  return probabilities;
}

}  // namespace synfer
