// golden_cases FILE...: for each golden file the worst relative error of loss, gradient, gradient
// of the initial weights and final weights (and of logits and last activity where given); with latent
// weights, of loss, gradient, log probabilities, final mean and covariance. Fails above 1e-9. Of the replay's
// loss and gradients also in single precision; fails above 1e-4.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>

#include "golden_file.h"
#include "synfer/replay/curvature.h"
#include "synfer/replay/replay.h"

namespace synfer::golden {
namespace {

constexpr double kTolerance = 1e-9;
constexpr double kToleranceOfSingle = 1e-4;

// max |a - b| / max(max |b|, 1e-12), b expected; infinite where shapes differ or a is not finite.
double relative_error(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0.0;
  double largest = 1e-12;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!std::isfinite(a[i])) return INFINITY;
    worst = std::max(worst, std::abs(a[i] - b[i]));
    largest = std::max(largest, std::abs(b[i]));
  }
  return worst / largest;
}

std::span<const double> span_of(const Matrix& m) { return {m.data(), static_cast<std::size_t>(m.size())}; }

using Errors = std::vector<std::pair<std::string, double>>;

Errors errors_of_gradient(const Problem& problem, Precision precision) {
  const auto& [model, theta, initial, session, belief, expected] = problem;
  std::vector<double> gradient(theta.size());
  std::vector<double> initial_gradient(static_cast<std::size_t>(initial.size()));
  const SessionLoss loss = session_loss_and_gradient(model, theta, session, initial, {}, gradient,
                                                     initial_gradient, {}, {}, precision);
  const double total = loss.choice_nll + loss.squared_error;
  return {{"loss", relative_error({&total, 1}, {&expected.loss, 1})},
          {"gradient", relative_error(gradient, expected.gradient)},
          {"initial gradient", relative_error(initial_gradient, expected.initial_gradient)}};
}

Errors errors_of_replay(const Problem& problem) {
  const auto& [model, theta, initial, session, belief, expected] = problem;
  Errors errors = errors_of_gradient(problem, Precision::kDouble);
  const Trajectory trajectory = replay(model, theta, session, initial);
  errors.emplace_back("final weights",
                      relative_error(span_of(trajectory.final_weights), expected.final_weights));
  if (!expected.logits.empty()) {
    errors.emplace_back("logits", relative_error(span_of(trajectory.logits), expected.logits));
  }
  if (!expected.last_activity.empty()) {
    const Matrix last = trajectory.activity.bottomRows(1);
    errors.emplace_back("last activity", relative_error(span_of(last), expected.last_activity));
  }
  return errors;
}

Errors errors_of_belief(const Problem& problem, const BeliefOptions& belief) {
  const auto& [model, theta, initial, session, has_belief, expected] = problem;
  const BeliefSession of{model, theta, session, initial, belief};
  const SessionCurvature curvature = session_curvature(of, {});
  BeliefTrace trace = belief_trace(of);
  std::vector<double> scored;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.choice[t] != kNoChoice) scored.push_back(trace.log_probabilities[t]);
  }
  const std::span gradient(curvature.choice_gradient.data(), theta.size());
  const double nll = session_loss(of).choice_nll;
  return {{"loss", relative_error({&nll, 1}, {&expected.loss, 1})},
          {"loss beside slopes", relative_error({&curvature.loss.choice_nll, 1}, {&expected.loss, 1})},
          {"gradient", relative_error(gradient, expected.gradient)},
          {"log probabilities", relative_error(scored, expected.log_probabilities)},
          {"final mean", relative_error(span_of(trace.mean), expected.final_mean)},
          {"final covariance", relative_error(span_of(trace.covariance), expected.final_covariance)}};
}

bool report(const std::string& path, const char* precision, const Errors& errors, double tolerance) {
  std::string line;
  bool passes = true;
  for (const auto& [name, error] : errors) {
    line += fmt::format("  {} {:.1e}", name, error);
    passes = passes && error <= tolerance;
  }
  fmt::print("{} {}, {}:{}\n", passes ? "pass" : "FAIL", path, precision, line);
  return passes;
}

bool check(const std::string& path) {
  std::ifstream in(path);
  const Problem problem = read_problem(nlohmann::json::parse(in));
  if (problem.belief) return report(path, "double", errors_of_belief(problem, *problem.belief), kTolerance);
  const bool in_double = report(path, "double", errors_of_replay(problem), kTolerance);
  return report(path, "single", errors_of_gradient(problem, Precision::kSingle), kToleranceOfSingle) &&
         in_double;
}

bool check_or_say_why(const std::string& path) {
  try {
    return check(path);
  } catch (const std::exception& error) {
    fmt::print("FAIL {}: {}\n", path, error.what());
    return false;
  }
}

}  // namespace
}  // namespace synfer::golden

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: golden_cases FILE...\n");
    return 2;
  }
  const long failed = std::count_if(argv + 1, argv + argc,
                                    [](const char* path) { return !synfer::golden::check_or_say_why(path); });
  return failed == 0 ? 0 : 1;
}
