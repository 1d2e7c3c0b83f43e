// The state of a run as text, so that an interrupted one goes on where it stopped. Numbers are written so
// that they read back to the same bits. The text holds its own digest and that of the run it belongs to, and
// is checked against both before anything in it is used.
#pragma once

#include <string>

#include "synfer/inference/fit.h"

namespace synfer {

/// Where a run stands.
struct RunProgress {
  WorkRecord structures;  // folds that were scored (structures.h)
  FitProgress fit;
};

/// @param run  digest of what the run was asked for
std::string to_checkpoint(const RunProgress& progress, const std::string& run);

/// @throws ConfigurationError where the text is not a checkpoint of this version and run.
RunProgress from_checkpoint(const std::string& text, const std::string& run);

}  // namespace synfer
