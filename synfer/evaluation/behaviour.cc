#include "synfer/evaluation/behaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace synfer {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Share {
  double part = 0.0;
  double all = 0.0;

  void add(bool is_part) {
    part += is_part ? 1.0 : 0.0;
    ++all;
  }
  [[nodiscard]] double value() const { return all == 0.0 ? kNone : part / all; }
};

// Of the first and the second stimulus.
struct BlockCounts {
  double choices[2] = {};
  double rewards[2] = {};
};

double log_ratio(const double (&counts)[2]) { return std::log2((counts[1] + 0.5) / (counts[0] + 0.5)); }

double difference(const BlockCounts& b) {
  const double choices = b.choices[0] + b.choices[1];
  const double rewards = b.rewards[0] + b.rewards[1];
  return choices == 0.0 || rewards == 0.0 ? kNone : b.choices[1] / choices - b.rewards[1] / rewards;
}

}  // namespace

Behaviour behaviour_of(const Session& session, const std::vector<int>& trial, const std::vector<int>& block,
                       const RewardValues& values) {
  const std::size_t stimuli = session.stimuli.size();
  const auto offers = static_cast<std::size_t>(session.offers);
  Share accepted;
  std::vector<Share> accepted_of(stimuli);
  std::vector<Share> place(offers);
  std::vector<Share> taken_of(stimuli);
  std::vector<std::vector<Share>> curve(kCurvePoints, std::vector<Share>(stimuli));
  std::vector<BlockCounts> blocks(block.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(block)) + 1);
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const int choice = session.scored_choice(t);
    if (choice == kNoChoice) continue;
    const auto offer = static_cast<std::size_t>(offers == 1 ? 0 : choice);
    const auto stimulus = static_cast<std::size_t>(session.stimulus[t * offers + offer]);
    if (offers == 1) {
      accepted.add(choice == 1);
      accepted_of[stimulus].add(choice == 1);
      if (choice == 0) continue;
    }
    for (std::size_t k = 0; k < offers; ++k) place[k].add(k == offer);
    const auto now = static_cast<std::size_t>(trial[t]);
    const std::size_t point = now * kCurvePoints / block.size();
    for (std::size_t s = 0; s < stimuli; ++s) {
      taken_of[s].add(s == stimulus);
      curve[point][s].add(s == stimulus);
    }
    if (stimulus > 1) continue;
    BlockCounts& counts = blocks[static_cast<std::size_t>(block[now])];
    ++counts.choices[stimulus];
    if (!std::isnan(session.reward[t])) counts.rewards[stimulus] += values.share(session.reward[t]);
  }

  Behaviour found;
  const auto add = [&](std::string name, double value) {
    found.statistics.push_back({std::move(name), value});
  };
  const std::vector<std::string>& names = session.stimuli;
  const std::size_t first = stimuli == 2 ? 1 : 0;  // one share of two says both
  if (offers == 1) {
    add("accept rate", accepted.value());
    for (std::size_t s = 0; s < stimuli; ++s) add("accept rate of " + names[s], accepted_of[s].value());
  }
  for (std::size_t s = first; s < stimuli; ++s) add("share of " + names[s], taken_of[s].value());
  for (std::size_t k = 1; k < offers; ++k) add(fmt::format("share of place {}", k + 1), place[k].value());
  for (std::size_t s = first; s < stimuli; ++s) {
    for (std::size_t n = 0; n < kCurvePoints; ++n) {
      add(fmt::format("{}{}, {}/{}", kCurve, names[s], n + 1, kCurvePoints), curve[n][s].value());
    }
  }
  if (stimuli != 2) return found;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    add(fmt::format("choice minus reward, block {}", b + 1), difference(blocks[b]));
    found.matching.push_back({log_ratio(blocks[b].choices), log_ratio(blocks[b].rewards)});
  }
  return found;
}

std::vector<Statistic> matching_of(const std::vector<MatchingPoint>& points) {
  if (points.empty()) return {};
  const auto n = static_cast<double>(points.size());
  double x = 0.0;
  double y = 0.0;
  for (const MatchingPoint& p : points) {
    x += p.rewards / n;
    y += p.choices / n;
  }
  double xx = 0.0;
  double xy = 0.0;
  for (const MatchingPoint& p : points) {
    xx += (p.rewards - x) * (p.rewards - x);
    xy += (p.rewards - x) * (p.choices - y);
  }
  const double slope = xx == 0.0 ? kNone : xy / xx;
  return {{kMatchingSlope, slope}, {kMatchingBias, y - slope * x}};
}

}  // namespace synfer
