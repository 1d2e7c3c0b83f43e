#include "synfer/inference/fit.h"

#include <algorithm>

namespace synfer {

std::string to_string(FitState state) {
  switch (state) {
    case FitState::kConverged:
      return "converged";
    case FitState::kCompleted:
      return "completed";
    case FitState::kIterationLimit:
      return "iteration limit";
    case FitState::kDiverged:
      return "diverged";
    case FitState::kInterrupted:
      return "interrupted";
  }
  return "";
}

FitSummary fit(const FitProblem& problem, const Method& method,
               const std::vector<std::vector<double>>& starts, FitProgress progress, const FitHooks& hooks) {
  FitSummary summary;
  while (progress.start < starts.size()) {
    OptimiserState state = progress.current.value_or(OptimiserState{.parameters = starts[progress.start]});
    OptimiserHooks own;
    own.interrupted = hooks.interrupted;
    own.after = [&](const OptimiserState& at, long total) {
      progress.current = at;
      hooks.after(progress, total);
    };
    OptimiserSummary end = std::visit(
        [&](const auto& options) { return minimise(problem, options, std::move(state), own); }, method);
    if (end.state == FitState::kInterrupted) {
      progress.current = end.at;
      summary.state = end.state;
      summary.advice = end.advice;
      summary.best = std::move(end.at);
      summary.best_start = progress.start;
      break;
    }
    progress.finished.push_back(std::move(end));
    progress.current.reset();
    ++progress.start;
  }
  if (progress.start == starts.size()) {
    // A start that diverged loses to every one that did not.
    const auto better = [](const OptimiserSummary& a, const OptimiserSummary& b) {
      const bool a_diverged = a.state == FitState::kDiverged;
      const bool b_diverged = b.state == FitState::kDiverged;
      return a_diverged != b_diverged ? b_diverged : a.at.loss < b.at.loss;
    };
    const auto best = std::ranges::min_element(progress.finished, better);
    summary.state = best->state;
    summary.advice = best->advice;
    summary.best = best->at;
    summary.best_start = static_cast<std::size_t>(best - progress.finished.begin());
  }
  for (const OptimiserSummary& end : progress.finished) summary.start_losses.push_back(end.at.loss);
  summary.progress = std::move(progress);
  return summary;
}

}  // namespace synfer
