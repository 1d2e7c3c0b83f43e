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
  if (std::none_of(sorted.begin(), sorted.end(), [](double score) { return std::isfinite(score); }))
    return scores;
  scores.median = std::midpoint(sorted[(sorted.size() - 1) / 2], sorted[sorted.size() / 2]);
  return scores;
}

}  // namespace synfer
