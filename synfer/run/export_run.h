// The rule of a run in another language (synfer/exports).
#pragma once

#include <string>

#include "synfer/exports/export_rule.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// @param source  of the numbers, as the export names it
ExportedRule exported_rule(const Configuration& c, const RunResult& result, const std::string& source);

/// The rule of a run's folder as a whole file in `language`.
/// @throws ConfigurationError on a folder that is no run, or another language.
std::string export_run(const std::string& run, const std::string& language);

}  // namespace synfer
