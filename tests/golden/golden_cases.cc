// golden_cases FILE...: for each golden file the worst relative error of loss, gradient, gradient
// of the initial weights and final weights (and of logits and last activity where given). Fails
// above 1e-9.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <fstream>

#include "golden_file.h"
#include "synfer/replay/replay.h"

namespace synfer::golden {
namespace {

constexpr double kTolerance = 1e-9;

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

bool check(const std::string& path) {
  std::ifstream in(path);
  const Problem problem = read_problem(nlohmann::json::parse(in));
  const auto& [model, theta, initial, session, expected] = problem;
  std::vector<double> gradient(theta.size());
  std::vector<double> initial_gradient(static_cast<std::size_t>(initial.size()));
  const SessionLoss loss =
      session_loss_and_gradient(model, theta, session, initial, {}, gradient, initial_gradient);
  const Trajectory trajectory = replay(model, theta, session, initial);

  const double total = loss.choice_nll + loss.squared_error;
  std::vector<std::pair<std::string, double>> errors = {
      {"loss", relative_error({&total, 1}, {&expected.loss, 1})},
      {"gradient", relative_error(gradient, expected.gradient)},
      {"initial gradient", relative_error(initial_gradient, expected.initial_gradient)},
      {"final weights", relative_error(span_of(trajectory.final_weights), expected.final_weights)}};
  if (!expected.logits.empty()) {
    errors.emplace_back("logits", relative_error(span_of(trajectory.logits), expected.logits));
  }
  if (!expected.last_activity.empty()) {
    const Matrix last = trajectory.activity.bottomRows(1);
    errors.emplace_back("last activity", relative_error(span_of(last), expected.last_activity));
  }
  std::string line;
  bool passes = true;
  for (const auto& [name, error] : errors) {
    line += fmt::format("  {} {:.1e}", name, error);
    passes = passes && error <= kTolerance;
  }
  fmt::print("{} {}:{}\n", passes ? "pass" : "FAIL", path, line);
  return passes;
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
