// The state of a fit as text, so that an interrupted run goes on where it stopped. Numbers are
// written so that they read back to the same bits.
#pragma once

#include <string>

#include "synfer/inference/fit.h"

namespace synfer {

inline constexpr const char* kCheckpointFile = "checkpoint.json";

std::string to_checkpoint(const FitProgress& progress);

/// @throws ConfigurationError where the text is not a checkpoint.
FitProgress from_checkpoint(const std::string& text);

}  // namespace synfer
