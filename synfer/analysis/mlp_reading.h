// An MLP read as a polynomial, and what that polynomial is worth: judged on the animal's choices, not on g.
//
// A polynomial that describes g where the data went (inference/projection.h) need not describe the animal:
// what g leaves over adds up in the weights, and an MLP may itself be off the animal's rule. So the
// polynomial takes the MLP's place in the replay of the sessions, and what it loses is told in nats; so is
// how far its weights follow the MLP's. Beside it stand terms that were selected by their likelihood on the
// same choices (selection.h), which owe nothing to the MLP: where they explain more, they are the reading.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "synfer/analysis/estimation.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// The reading of a fitted MLP; nothing where trajectories overflow.
/// @param interrupted  asked during the selection; true leaves it out
std::optional<MlpReading> read_mlp(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                                   const std::function<bool()>& interrupted);

/// Scores the polynomials of a result's reading on sessions; nothing without a reading.
/// @param sample         kFittedSample, or other sessions in words
/// @param same_sessions  whether they are those of the fit, as a whole or in part
void judge_reading(const Configuration& c, DataOrigin origin, const ReplayData& data,
                   const std::string& sample, bool same_sessions, RunResult& result);

/// The same against the true rule.
/// @param simulated  fresh sessions as they were
void judge_reading(const Configuration& c, const TrueRule& truth, const ReplayData& simulated,
                   RunResult& result);

/// Notes of what the reading is worth; none without one.
void add_reading_notes(RunResult& result);

}  // namespace synfer
