#include "synfer/inference/fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "synfer/base/stop.h"

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

namespace {

// Which start to follow next, and how far.
struct Leg {
  std::size_t start;
  std::optional<int> until;  // rounds; empty: to its end
};

// A start that diverged loses to every one that did not.
double loss_of_end(const OptimiserSummary& end) {
  return end.state == FitState::kDiverged ? std::numeric_limits<double>::infinity() : end.at.loss;
}

double loss_after(const OptimiserSummary& end, int rounds) {
  if (end.state == FitState::kDiverged) return loss_of_end(end);
  const auto row = std::ranges::find(end.at.trace, rounds, &TraceRow::done);
  return row == end.at.trace.end() ? end.at.loss : row->loss;
}

// Who is in a heat follows from what the heats before it left in the traces, so that progress need not say.
std::optional<Leg> next_leg(const FitProgress& progress, std::size_t starts, std::span<const int> heats) {
  std::vector<std::size_t> runners(starts);
  std::iota(runners.begin(), runners.end(), std::size_t{0});
  for (std::size_t heat = 0; heat <= heats.size(); ++heat) {
    const std::optional<int> until = heat < heats.size() ? std::optional(heats[heat]) : std::nullopt;
    for (const std::size_t runner : runners) {
      if (runner >= progress.finished.size()) return Leg{runner, until};
      const OptimiserSummary& end = progress.finished[runner];
      const bool behind = heat > 0 && end.at.done == heats[heat - 1];
      if (end.state == FitState::kIterationLimit && behind) return Leg{runner, until};
    }
    if (until) {
      std::ranges::sort(
          runners, {}, [&](std::size_t n) { return std::pair(loss_after(progress.finished[n], *until), n); });
      runners.resize((runners.size() + 1) / 2);
    }
  }
  // Evidence may fall where precisions still move, so that one that was left behind is best after all.
  const auto best = std::ranges::min_element(progress.finished, {}, loss_of_end);
  const bool left_behind = !heats.empty() && best->state == FitState::kIterationLimit &&
                           std::ranges::find(heats, static_cast<int>(best->at.done)) != heats.end();
  if (left_behind) return Leg{static_cast<std::size_t>(best - progress.finished.begin()), std::nullopt};
  return std::nullopt;
}

std::vector<int> heats_of(const Method& method, std::size_t starts) {
  const auto* evidence = std::get_if<EvidenceOptions>(&method);
  std::vector<int> heats;
  if (evidence == nullptr || starts < 2) return heats;
  std::ranges::copy_if(evidence->heats, std::back_inserter(heats),
                       [&](int rounds) { return rounds < evidence->max_iterations; });
  return heats;
}

Method until(Method method, std::optional<int> rounds) {
  if (rounds) std::get<EvidenceOptions>(method).max_iterations = *rounds;
  return method;
}

void want(bool holds, const std::string& key, const std::string& found_and_expected) {
  if (!holds) refuse_saved(key, found_and_expected);
}

// A state as one of this fit's could be.
void check(const OptimiserState& state, std::size_t parameters, const std::string& key) {
  const auto of_size = [&](const std::vector<double>& values, const char* name, bool may_be_empty) {
    want((may_be_empty && values.empty()) || values.size() == parameters, key + "/" + name,
         fmt::format("found {} numbers, expected {}", values.size(), parameters));
    want(std::ranges::all_of(values, [](double v) { return std::isfinite(v); }), key + "/" + name,
         "found a number that is not finite");
  };
  of_size(state.parameters, "parameters", false);
  of_size(state.first_moment, "first_moment", true);
  of_size(state.second_moment, "second_moment", state.first_moment.empty());
  of_size(state.from, "from", state.answers.empty());
  want(std::isfinite(state.damping) && state.damping >= 0.0, key + "/damping",
       fmt::format("found {}, expected a number >= 0", state.damping));
  for (const double precision : state.precisions)
    want(std::isfinite(precision) && precision > 0.0, key + "/precisions",
         fmt::format("found {}, expected numbers > 0", precision));
  for (const long count : {state.done, state.steps, state.left_out})
    want(count >= 0, key, fmt::format("found the count {}, expected one >= 0", count));
  for (const TraceRow& row : state.trace)
    want(row.parameters.size() == parameters, key + "/trace",
         fmt::format("found {} numbers, expected {}", row.parameters.size(), parameters));
}

void check(const FitProgress& progress, const std::vector<std::vector<double>>& starts) {
  const std::size_t most = starts.size();
  want(progress.finished.size() <= most, "finished",
       fmt::format("found {} ends, expected {} at most", progress.finished.size(), most));
  for (std::size_t n = 0; n < progress.finished.size(); ++n)
    check(progress.finished[n].at, starts[n].size(), fmt::format("finished/{}/at", n));
  if (!progress.current) return;
  want(progress.start < most, "start", fmt::format("found {}, expected less than {}", progress.start, most));
  check(*progress.current, starts[progress.start].size(), "current");
}

}  // namespace

FitSummary fit(const FitProblem& problem, const Method& method,
               const std::vector<std::vector<double>>& starts, FitProgress progress, const FitHooks& hooks) {
  FitSummary summary;
  const std::vector<int> heats = heats_of(method, starts.size());
  check(progress, starts);
  std::optional<Leg> leg;
  while ((leg = next_leg(progress, starts.size(), heats))) {
    const bool anew = leg->start == progress.finished.size();
    if (progress.current)
      want(progress.start == leg->start, "start",
           fmt::format("found {}, expected {}", progress.start, leg->start));
    progress.start = leg->start;
    OptimiserState state = progress.current ? *progress.current
                           : anew           ? OptimiserState{.parameters = starts[leg->start]}
                                            : progress.finished[leg->start].at;
    OptimiserHooks own;
    own.interrupted = hooks.interrupted;
    own.after = [&](const OptimiserState& at, long total) {
      progress.current = at;
      hooks.after(progress, total);
    };
    OptimiserSummary end;
    try {
      end = std::visit([&](const auto& options) { return minimise(problem, options, std::move(state), own); },
                       until(method, leg->until));
    } catch (const Stopped&) {
      hooks.after(progress, 0);
      throw;
    }
    if (end.state == FitState::kInterrupted) {
      progress.current = end.at;
      summary.state = end.state;
      summary.advice = end.advice;
      summary.best = std::move(end.at);
      summary.best_start = progress.start;
      break;
    }
    if (anew) {
      progress.finished.push_back(std::move(end));
    } else {
      progress.finished[leg->start] = std::move(end);
    }
    progress.current.reset();
  }
  if (!leg) {
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
