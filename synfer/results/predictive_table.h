// A predictive check for a terminal, for a spreadsheet and for a program.
#pragma once

#include <string>

#include "synfer/results/predictive_check.h"

namespace synfer {

/// The mean animal against its bands, how many animals lie inside theirs, and what that comes to. 80 columns.
std::string table_of(const PredictiveCheck& check);

/// One row a statistic and session, and one over all.
std::string to_csv(const PredictiveCheck& check);

/// The part "predictive_check" of result.json.
std::string to_json(const PredictiveCheck& check);

}  // namespace synfer
