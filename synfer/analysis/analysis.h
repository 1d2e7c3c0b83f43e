// A run as a library call: settings and sessions in, what was found out; nothing is written.
//
// The commands (commands.h) and the Python package both run these, so that both give the same numbers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synfer/analysis/estimation.h"
#include "synfer/analysis/replay_tables.h"
#include "synfer/analysis/structures.h"
#include "synfer/data/session.h"
#include "synfer/plan/experiment.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// Calls on the way.
struct AnalysisHooks {
  EstimationHooks during;
  std::function<void()> before_fit = [] {};  // settings and data are in order, and work begins
  /// Of a cross-validation; one call at a time, from any thread.
  std::function<void(long done, long total, double loss)> after_fold = [](long, long, double) {};
};

struct Analysis {
  RunResult result;
  FitProgress progress;  // where the state is interrupted: to go on from
  std::string trace;     // CSV: loss and parameters along the fit; empty where nothing was fitted
  ReplayTables replays;  // of the fitted rule; empty where it was interrupted
};

/// Simulated sessions of the true rule.
struct Simulation {
  std::vector<SimulatedSession> sessions;
  TrueRule truth;
  std::string rule;  // the true rule in words
};

// Settings have been validated. All throw ConfigurationError where they do not fit each other or the data.

/// data.sessions sessions, called PREFIX1, PREFIX2, ...
Simulation simulate_sessions(const Configuration& c, const std::string& prefix = "session");

/// Simulates, fits, and evaluates on fresh sessions.
/// @param c  resolved
Analysis recover_rule(const Configuration& c, FitProgress progress, const AnalysisHooks& hooks);

/// Fits recorded sessions and evaluates in sample and on their held-out tails.
/// @param c           resolved
/// @param structures  among which that of the settings was chosen (structures.h)
Analysis fit_sessions(const Configuration& c, const std::vector<Session>& sessions, FitProgress progress,
                      const AnalysisHooks& hooks, const std::optional<SearchedStructures>& structures = {});

/// Scores the rule of an earlier fit on recorded sessions. Of `files`, where they come from, a warning tells
/// those that were part of the fit.
/// @param c     the settings of that fit
/// @param name  what messages call it
Analysis evaluate_sessions(const Configuration& c, RunResult fitted, const std::string& name,
                           const std::vector<Session>& sessions, std::vector<DataFile> files);

}  // namespace synfer
