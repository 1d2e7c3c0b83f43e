#include "synfer/inference/adam.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "synfer/base/error.h"

namespace synfer {
namespace {

constexpr double kDecay1 = 0.9;
constexpr double kDecay2 = 0.999;
constexpr double kEpsilon = 1e-8;
constexpr double kRetreat = 0.99;

void clip(std::span<double> gradient, double largest) {
  double square = 0.0;
  for (const double g : gradient) square += g * g;
  const double norm = std::sqrt(square);
  if (norm <= largest) return;
  for (double& g : gradient) g *= largest / norm;
}

void step(OptimiserState& state, std::span<const double> gradient, double learning_rate) {
  ++state.steps;
  const double unbias1 = 1.0 - std::pow(kDecay1, static_cast<double>(state.steps));
  const double unbias2 = 1.0 - std::pow(kDecay2, static_cast<double>(state.steps));
  for (std::size_t p = 0; p < gradient.size(); ++p) {
    double& m = state.first_moment[p];
    double& v = state.second_moment[p];
    m = kDecay1 * m + (1.0 - kDecay1) * gradient[p];
    v = kDecay2 * v + (1.0 - kDecay2) * gradient[p] * gradient[p];
    state.parameters[p] -= learning_rate * (m / unbias1) / (std::sqrt(v / unbias2) + kEpsilon);
  }
}

// One pass over the sessions; returns the mean loss before each step. A session in which the rule of
// the moment makes weights overflow has no gradient: instead the rule goes a little towards 0, which
// never overflows. Where all sessions overflow, the error of the last one is thrown.
double epoch(const FitProblem& problem, const AdamOptions& options, OptimiserState& state) {
  const Objective& objective = problem.objective;
  const std::size_t rule_parameters = objective.rule_parameters();
  std::vector<double> gradient(objective.parameters());
  double sum = 0.0;
  std::size_t left_out = 0;
  for (std::size_t s = 0; s < objective.sessions(); ++s) {
    const auto replicate = static_cast<std::uint64_t>(state.done);
    try {
      sum += objective.loss_and_gradient_of(s, state.parameters, replicate, gradient);
    } catch (const NonFiniteError&) {
      if (++left_out == objective.sessions()) throw;
      for (std::size_t p = 0; p < rule_parameters; ++p) {
        if (problem.frozen[p] == 0) state.parameters[p] *= kRetreat;
      }
      continue;
    }
    const std::span<const double> theta = std::span(state.parameters).first(rule_parameters);
    sum += problem.penalty.value(theta);
    problem.penalty.add_slope(theta, std::span(gradient).first(rule_parameters));
    for (std::size_t p = 0; p < problem.frozen.size(); ++p) {
      if (problem.frozen[p] != 0) gradient[p] = 0.0;
    }
    if (options.clip_gradient) clip(gradient, *options.clip_gradient);
    step(state, gradient, options.learning_rate);
  }
  state.left_out += static_cast<long>(left_out);
  return sum / static_cast<double>(objective.sessions() - left_out);
}

}  // namespace

OptimiserSummary minimise(const FitProblem& problem, const AdamOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks) {
  if (state.first_moment.empty()) {
    state.first_moment.assign(state.parameters.size(), 0.0);
    state.second_moment.assign(state.parameters.size(), 0.0);
    state.loss = std::numeric_limits<double>::infinity();  // not known before the first epoch
  }
  while (state.done < options.epochs) {
    if (hooks.interrupted()) {
      return {FitState::kInterrupted,
              fmt::format("interrupted after {} of {} epochs; resume the run to go on", state.done,
                          options.epochs),
              std::move(state)};
    }
    OptimiserState next = state;
    try {
      next.loss = epoch(problem, options, next);
    } catch (const NonFiniteError& error) {
      return {FitState::kDiverged,
              fmt::format("in epoch {}: {}; a smaller fit.learning_rate or fit.clip_gradient may help",
                          state.done + 1, error.what()),
              std::move(state)};
    }
    ++next.done;
    if (next.done % problem.log_interval == 0 || next.done == options.epochs) {
      next.trace.push_back({next.done, next.loss, next.parameters});
    }
    state = std::move(next);
    hooks.after(state, options.epochs);
  }
  std::string advice = fmt::format("all {} epochs are done", options.epochs);
  if (state.left_out > 0) {
    advice += fmt::format(
        "; {} of {} steps only drew the rule towards 0, since weights overflowed: fit.clip_gradient, a "
        "smaller "
        "fit.learning_rate or fewer terms may help",
        state.left_out, state.left_out + state.steps);
  }
  return {FitState::kCompleted, std::move(advice), std::move(state)};
}

}  // namespace synfer
