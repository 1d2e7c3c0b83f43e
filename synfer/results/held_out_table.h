// What cross-validation found, for a terminal, for a spreadsheet and for a program.
#pragma once

#include <optional>
#include <string>

#include "synfer/results/cross_validation.h"

namespace synfer {

inline constexpr const char* kHeldOutFile = "held_out.csv";

/// "0.0312 +- 0.0039" nats a step; an infinite gain without an error, "-" where there is none.
std::string gain_in_words(const PairedComparison& paired);

/// A line a rival: its nats a step, what the fit explains of its deviance, in how many sessions, and by how
/// many nats a step the fit beats it. 80 columns where numbers leave that much room.
std::string table_of(const CrossValidation& found);

/// One row a session and fold, one column a model: nats a step.
std::string to_csv(const CrossValidation& found);

/// The part "cross_validation" of result.json.
std::string to_json(const CrossValidation& found);

/// From the text of a result.json, and nothing where it holds no cross-validation.
/// @throws ConfigurationError where the text is not the result of a fit.
std::optional<CrossValidation> cross_validation_of(const std::string& result);

}  // namespace synfer
