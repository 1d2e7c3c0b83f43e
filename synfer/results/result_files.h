// The tables of a result beside result.json, as text: name of the file and CSV.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "synfer/results/result.h"

namespace synfer {

std::vector<std::pair<std::string, std::string>> tables_beside(const RunResult& result);

}  // namespace synfer
