// Scores of the rule and its rivals on what refits never saw (analysis/cross_validate.h).
#pragma once

#include <string>
#include <vector>

#include "synfer/evaluation/cross_validation.h"

namespace synfer {

/// The rule among its rivals.
inline constexpr const char* kFit = "fit";

struct CrossValidation {
  std::string scheme;               // leave_one_out, grouped or forward
  std::string prediction;           // "one step ahead" or "open loop"
  std::vector<std::string> models;  // "fit", then its rivals in the order of a table
  std::vector<HeldOutScore> scores;
  std::vector<std::string> folds;  // names
  std::vector<std::string> rules;  // of the fit, a fold each
};

/// A set of scores that makes a table of its own: each cut of forward chaining, else all folds together.
struct ScoreGroup {
  std::string name;  // of the cut; empty where there is one group
  std::vector<HeldOutScore> scores;
};
std::vector<ScoreGroup> groups_of(const CrossValidation& found);

}  // namespace synfer
