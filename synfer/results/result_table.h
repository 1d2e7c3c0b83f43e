// A result for a terminal: the rule, how well it does, and how the fit ended.
#pragma once

#include <string>

#include "synfer/results/result.h"

namespace synfer {

std::string table_of(const RunResult& result);

}  // namespace synfer
