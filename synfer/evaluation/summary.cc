#include "synfer/evaluation/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace synfer {

SessionScores scores_over_sessions(std::vector<double> sessions) {
  std::vector<double> sorted = sessions;
  std::erase_if(sorted, [](double score) { return std::isnan(score); });
  std::sort(sorted.begin(), sorted.end());
  SessionScores scores{std::numeric_limits<double>::quiet_NaN(), std::move(sessions)};
  if (sorted.empty()) return scores;
  const double below = sorted[(sorted.size() - 1) / 2];
  const double above = sorted[sorted.size() / 2];
  scores.median = std::isfinite(below) && std::isfinite(above) ? std::midpoint(below, above) : below + above;
  return scores;
}

}  // namespace synfer
