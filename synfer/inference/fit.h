// A fit: an optimiser from one or several starts, the best end of which is kept.
#pragma once

#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "synfer/inference/adam.h"
#include "synfer/inference/evidence_fit.h"
#include "synfer/inference/fisher_scoring.h"
#include "synfer/inference/lbfgs.h"

namespace synfer {

/// The optimisers. A new one is added here and has a `minimise` of the same form.
using Method = std::variant<AdamOptions, LbfgsOptions, FisherOptions, EvidenceOptions>;

/// Where a fit with several starts stands.
struct FitProgress {
  std::size_t start = 0;                   // that is being followed
  std::optional<OptimiserState> current;   // of that start; empty before its first epoch
  std::vector<OptimiserSummary> finished;  // the latest end of each start that has been followed
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
  std::function<void(const FitProgress&, long total)> after = [](const FitProgress&, long) {};
};

/// Starts are followed one after the other, each to its end; by EvidenceOptions::heats in heats.
/// @param starts    all parameters, one vector a start
/// @param progress  empty for a new fit, or that of an interrupted one
FitSummary fit(const FitProblem& problem, const Method& method,
               const std::vector<std::vector<double>>& starts, FitProgress progress = {},
               const FitHooks& hooks = {});

}  // namespace synfer
