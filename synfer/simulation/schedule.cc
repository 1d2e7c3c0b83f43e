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

// P(no reward) at the end of an interval.
double none_came_up(const Interval& interval, const std::vector<double>& p) {
  double none = 1.0;
  for (std::size_t b = 0; b < p.size(); ++b) none *= std::pow(1.0 - p[b], interval.draws[b]);
  return none;
}

// `more`: draws at the rate `overall` in each block, beside those of the intervals.
std::vector<double> probabilities_of(const std::vector<Interval>& intervals, std::size_t blocks,
                                     double overall, double more) {
  std::vector<double> p(blocks, overall);
  for (int round = 0; round < kMostRounds; ++round) {
    std::vector<double> came_up(blocks, more * overall);
    std::vector<double> draws(blocks, more);
    for (const Interval& interval : intervals) {
      const double none = none_came_up(interval, p);
      for (std::size_t b = 0; b < blocks; ++b) {
        draws[b] += interval.draws[b];
        if (interval.rewarded && none < 1.0) came_up[b] += interval.draws[b] * p[b] / (1.0 - none);
      }
    }
    double moved = 0.0;
    for (std::size_t b = 0; b < blocks; ++b) {
      if (draws[b] == 0.0) continue;
      const double next = came_up[b] / draws[b];
      moved = std::max(moved, std::abs(next - p[b]));
      p[b] = next;
    }
    if (moved < kTolerance) break;
  }
  return p;
}

double rate_of(const std::vector<Collection>& collections) {
  const auto rewarded = static_cast<double>(std::ranges::count(collections, true, &Collection::rewarded));
  return collections.empty() ? 0.0 : rewarded / static_cast<double>(collections.size());
}

std::size_t count_blocks(const std::vector<int>& block) {
  return block.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(block)) + 1;
}

}  // namespace

RewardProbabilities estimated_schedule(const std::vector<int>& block, int stimuli,
                                       const std::vector<Collection>& collections, bool baiting) {
  const std::size_t blocks = count_blocks(block);
  const double overall = rate_of(collections);
  RewardProbabilities probabilities(blocks, std::vector<double>(static_cast<std::size_t>(stimuli)));
  for (int stimulus = 0; stimulus < stimuli; ++stimulus) {
    const std::vector<double> p =
        probabilities_of(intervals_of(block, blocks, stimulus, collections, baiting), blocks, overall, 1.0);
    for (std::size_t b = 0; b < blocks; ++b) probabilities[b][static_cast<std::size_t>(stimulus)] = p[b];
  }
  return probabilities;
}

double nats_for_baiting(const std::vector<int>& block, int stimuli,
                        const std::vector<Collection>& collections) {
  constexpr double kLeast = 1e-300;  // a probability that rounds to 0
  const std::size_t blocks = count_blocks(block);
  const double overall = rate_of(collections);
  double nats = 0.0;
  for (int stimulus = 0; stimulus < stimuli; ++stimulus) {
    for (const bool baiting : {true, false}) {
      const std::vector<Interval> intervals = intervals_of(block, blocks, stimulus, collections, baiting);
      const std::vector<double> p = probabilities_of(intervals, blocks, overall, 0.0);
      for (const Interval& interval : intervals) {
        const double none = none_came_up(interval, p);
        const double log_p = std::log(std::max(interval.rewarded ? 1.0 - none : none, kLeast));
        nats += baiting ? log_p : -log_p;
      }
    }
  }
  return nats;
}

}  // namespace synfer
