// The history covariates of a fit in its result, and from a result back to what they add to logits.
#pragma once

#include <span>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// Estimates of covariates and session biases, and those of the rival history_only, which is fitted here.
/// Nothing where there are none.
void add_history(const Objective& objective, std::span<const double> parameters, RunResult& result);

/// The covariates of a result with their parameters as model/history.h has them.
struct FittedHistory {
  History history;
  std::vector<double> parameters;  // H
};

/// @throws ConfigurationError (history.covariates) where the settings name others than were fitted.
FittedHistory fitted_history(const Configuration& c, const std::vector<Estimate>& estimates, int offers);

/// What the covariates of a result add to the logits, a session each; empty where there are none.
struct FittedOffsets {
  std::vector<LogitOffsets> of_fit;
  std::vector<LogitOffsets> history_only;
};

/// @param same_sessions  whether the sessions are those of the fit, so that biases are their own; else 0
/// @throws ConfigurationError (history.covariates) where the settings or the sessions have others than were
///         fitted.
FittedOffsets fitted_offsets(const Configuration& c, const RunResult& result,
                             const std::vector<EncodedSession>& sessions, bool same_sessions);

}  // namespace synfer
