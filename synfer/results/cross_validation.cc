#include "synfer/results/cross_validation.h"

namespace synfer {

std::vector<ScoreGroup> groups_of(const CrossValidation& found) {
  if (found.scheme != "forward") return {{"", found.scores}};
  std::vector<ScoreGroup> groups;
  for (const HeldOutScore& score : found.scores) {
    if (groups.empty() || groups.back().name != score.fold) groups.push_back({score.fold, {}});
    groups.back().scores.push_back(score);
  }
  return groups;
}

}  // namespace synfer
