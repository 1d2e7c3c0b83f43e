// What every optimiser has in common: the state it goes on from, what it is asked in between, and
// the summary it ends with. A new one is a file with its Options and one line in fit.cc.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "synfer/inference/curvature.h"
#include "synfer/inference/objective.h"
#include "synfer/inference/penalty.h"

namespace synfer {

/// How a fit ended.
enum class FitState {
  kConverged,
  kCompleted,  // a prescribed number of epochs ended
  kIterationLimit,
  kDiverged,
  kInterrupted,
};

std::string to_string(FitState state);

/// One row of trace.csv.
struct TraceRow {
  long done = 0;  // epochs, evaluations or iterations; 0 at the start, where its loss is known before any
  double loss = 0.0;
  std::vector<double> parameters;
};

/// Everything an optimiser needs to go on as if it had not been stopped. Plain numbers.
struct OptimiserState {
  std::vector<double> parameters = {};
  std::vector<double> first_moment = {};                  // Adam
  std::vector<double> second_moment = {};                 // Adam
  long steps = 0;                                         // Adam: taken
  long left_out = 0;                                      // Adam: not taken, since a trajectory overflowed
  double damping = 0.0;                                   // Fisher scoring; 0 before its first step
  bool rejected = false;                                  // Fisher scoring: the last step was not taken
  std::vector<double> precisions = {};                    // evidence; empty before its first round
  std::vector<double> from = {};                          // L-BFGS: the parameters that it started from
  std::vector<double> answers = {};                       // L-BFGS: value and slopes of each evaluation
  long done = 0;                                          // epochs, evaluations or trial steps behind it
  double loss = std::numeric_limits<double>::infinity();  // nats an observation, with the penalty
  std::vector<TraceRow> trace = {};
};

struct OptimiserHooks {
  /// Asked after every epoch or evaluation; true ends the fit in the state interrupted.
  std::function<bool()> interrupted = [] { return false; };
  /// Told after every epoch or evaluation, of `total` at most.
  std::function<void(const OptimiserState&, long total)> after = [](const OptimiserState&, long) {};
};

/// Where a parameter may lie.
struct Bounds {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

/// What a fit is about, whatever the optimiser.
struct FitProblem {
  const Objective& objective;
  Penalty penalty;
  std::vector<char> frozen;         // a rule parameter each; it keeps the value it starts from
  long log_interval = 25;           // epochs, evaluations or iterations between rows of the trace
  std::vector<Bounds> bounds = {};  // a rule parameter each; empty: none
};

struct OptimiserSummary {
  FitState state = FitState::kConverged;
  std::string advice;  // one sentence: what happened, and what to try where it did not go well
  OptimiserState at;
};

}  // namespace synfer
