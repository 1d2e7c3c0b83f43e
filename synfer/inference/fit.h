// A fit: an optimiser from one or several starts, the best end of which is kept.
#pragma once

#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "synfer/base/recorded_work.h"
#include "synfer/inference/adam.h"
#include "synfer/inference/evidence_fit.h"
#include "synfer/inference/fisher_scoring.h"
#include "synfer/inference/lbfgs.h"

namespace synfer {

/// The optimisers. A new one is added here and has a `minimise` of the same form.
using Method = std::variant<AdamOptions, LbfgsOptions, FisherOptions, EvidenceOptions>;

/// Where the search for the best optimum stands (global_fit.h).
struct OptimumProgress {
  std::vector<std::vector<double>> starts = {};  // of the fit that is under way
  std::size_t rounds = 0;                        // of looking around the best end
  std::vector<double> around = {};  // the end that was last looked around; empty before the first round
  double loss = 0.0;                // there
  bool has_steps = false;           // of the loss, seen so far
};

/// Where a fit with several starts stands. Plain numbers, to be saved.
struct FitProgress {
  std::size_t start = 0;                   // that is being followed
  std::optional<OptimiserState> current;   // of that start; empty before its first epoch
  std::vector<OptimiserSummary> finished;  // the latest end of each start that has been followed
  std::optional<OptimumProgress> optimum;  // where the best optimum is looked for, once there are starts
  WorkRecord work;                         // before the first fit: sets of terms, starts that were looked for
};

/// An end of a fit that is not the best, but nearly as likely.
struct Optimum {
  std::vector<double> parameters;
  double nats = 0.0;  // above the best
  std::size_t starts = 0;
};

struct FitSummary {
  FitState state = FitState::kConverged;
  std::string advice;
  OptimiserState best;  // of the start with the smallest loss
  std::size_t best_start = 0;
  std::vector<double> start_losses;  // a start each, where it ended or was left behind
  FitProgress progress;              // to go on from where the state is interrupted
  // Where the best optimum was looked for (global_fit.h):
  std::size_t reached = 0;           // starts that ended in it; 0: it was not looked for
  std::vector<Optimum> others = {};  // nearly as likely
  bool has_steps = false;            // whether the loss has steps, so that optima lie side by side
};

struct FitHooks {
  std::function<bool()> interrupted = [] { return false; };
  /// Told after every epoch or evaluation of a start; before there is one, after every piece of work.
  std::function<void(const FitProgress&, long total)> after = [](const FitProgress&, long) {};
};

/// Starts are followed one after the other, each to its end; by EvidenceOptions::heats in heats.
/// @param starts    all parameters, one vector a start
/// @param progress  empty for a new fit, or that of an interrupted one: ConfigurationError where it is not of
///                  these starts
FitSummary fit(const FitProblem& problem, const Method& method,
               const std::vector<std::vector<double>>& starts, FitProgress progress = {},
               const FitHooks& hooks = {});

}  // namespace synfer
