// Runs beside one another on the same held-out choices: which rule predicts better, and by how much more
// than chance?
//
// All runs must have been cross-validated on the same sessions in the same folds; each pair is then compared
// session by session (evaluation/cross_validation.h). Differences of runs that treat weights differently (one
// step ahead, open loop) are honest, but answer another question: what else is predicted from.
#pragma once

#include <string>
#include <vector>

#include "synfer/analysis/cross_validate.h"

namespace synfer {

struct RunComparison {
  std::vector<std::string> runs;         // folders
  std::vector<std::string> predictions;  // of each
  std::string scheme;
  std::vector<ScoreGroup> groups;  // scores with the runs' fits as models, by their folders' names
};

/// @throws ConfigurationError where a run was not cross-validated, or on other sessions, choices or folds
/// than
///         the first.
RunComparison compare_runs(const std::vector<std::string>& runs);

/// Nats a step of each run, and its gain over the first. 80 columns.
std::string table_of(const RunComparison& comparison);

/// Every pair of runs.
std::string to_json(const RunComparison& comparison);

}  // namespace synfer
