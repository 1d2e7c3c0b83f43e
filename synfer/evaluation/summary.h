// One score a session, summed up by the median: a few sessions in which a rule fails wildly (R2 has
// no lower end) would rule a mean.
#pragma once

#include <vector>

namespace synfer {

struct SessionScores {
  double median = 0.0;           // of the sessions that have a score
  std::vector<double> sessions;  // in their order; NaN where a session has none
};

/// The median leaves NaN out, counts an infinite score as one, and is NaN where there is no score.
SessionScores scores_over_sessions(std::vector<double> sessions);

}  // namespace synfer
