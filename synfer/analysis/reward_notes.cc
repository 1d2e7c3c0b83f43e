#include "synfer/analysis/reward_notes.h"

#include <algorithm>
#include <cmath>

namespace synfer {
namespace {

constexpr double kFar = 3.0;  // mean, in units of the standard deviation

}  // namespace

std::optional<FarRewards> far_rewards(const Configuration& c, const std::vector<Session>& sessions) {
  if (c.reward_term.baseline == "none" || c.reward_term.start != 0.0) return std::nullopt;
  std::vector<double> rewards;
  for (const Session& session : sessions) {
    std::ranges::copy_if(session.reward, std::back_inserter(rewards),
                         [](double r) { return !std::isnan(r); });
  }
  if (rewards.empty()) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(rewards);
  if (low <= 0.0 && high >= 0.0) return std::nullopt;
  const auto count = static_cast<double>(rewards.size());
  double mean = 0.0;
  for (const double r : rewards) mean += r / count;
  double variance = 0.0;
  for (const double r : rewards) variance += (r - mean) * (r - mean) / count;
  const double sd = std::sqrt(variance);
  if (high == low || std::abs(mean) <= kFar * sd) return std::nullopt;
  return FarRewards{mean, sd};
}

}  // namespace synfer
