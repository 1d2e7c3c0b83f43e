// The main kernels on one thread: seconds, synapse-steps a second, and, where operations are counted
// (problems.cc), their share of what the core can do, measured in the same process.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "benchmarks/fma_peak.h"
#include "benchmarks/problems.h"
#include "synfer/base/parallel.h"
#include "synfer/replay/replay.h"

namespace synfer::benchmarks {
namespace {

struct Peaks {
  double in_double, in_single;
};

// Measured once, in the process whose kernels are measured against them.
const Peaks& peaks() {
  static const Peaks measured = {fma_per_second(Precision::kDouble), fma_per_second(Precision::kSingle)};
  return measured;
}

void report(benchmark::State& state, const Problem& problem, double synapse_steps, double fma) {
  const double all = synapse_steps * static_cast<double>(state.iterations());
  state.counters["synapse-steps"] = benchmark::Counter(all, benchmark::Counter::kIsRate);
  const double peak = problem.options.precision == Precision::kSingle ? peaks().in_single : peaks().in_double;
  if (fma > 0)
    state.counters["of FMA peak"] = benchmark::Counter(all * fma / peak, benchmark::Counter::kIsRate);
}

// Sessions in turn, so that no branch predictor learns one by heart.
template <typename Call>
void of_sessions(benchmark::State& state, const Problem& problem, double fma, Call&& call) {
  std::size_t n = 0;
  double done = 0.0;
  for (auto _ : state) {
    const std::size_t s = n++ % problem.sessions.size();
    call(s);
    done += problem.synapse_steps(s);
  }
  report(state, problem, done / static_cast<double>(state.iterations()), fma);
}

void value(benchmark::State& state, const Problem& problem) {
  of_sessions(state, problem, problem.fma_of_value, [&](std::size_t s) {
    benchmark::DoNotOptimize(session_loss(problem.model, problem.theta, problem.sessions[s],
                                          problem.initial[s], {}, problem.options.precision));
  });
}

void gradient(benchmark::State& state, const Problem& problem) {
  std::vector<double> theta_bar(problem.theta.size());
  of_sessions(state, problem, problem.fma_of_gradient, [&](std::size_t s) {
    benchmark::DoNotOptimize(session_loss_and_gradient(problem.model, problem.theta, problem.sessions[s],
                                                       problem.initial[s], {}, theta_bar, {}, {}, {},
                                                       problem.options.precision));
  });
}

// All sessions, of which the filter takes several side by side: the time is that of one.
template <typename Call>
void of_all(benchmark::State& state, const Problem& problem, Call&& call) {
  const Objective objective = problem.objective();
  const auto sessions = static_cast<benchmark::IterationCount>(problem.sessions.size());
  while (state.KeepRunningBatch(sessions)) call(objective);
  report(state, problem, problem.synapse_steps() / static_cast<double>(sessions), 0.0);
}

void filter_value(benchmark::State& state, const Problem& problem) {
  of_all(state, problem,
         [&](const Objective& objective) { benchmark::DoNotOptimize(objective.nll(problem.theta, {})); });
}

void filter_slopes(benchmark::State& state, const Problem& problem) {
  of_all(state, problem, [&](const Objective& objective) {
    benchmark::DoNotOptimize(objective.curvature(problem.theta, {}));
  });
}

void add(const std::string& what, const Problem& problem, void (*run)(benchmark::State&, const Problem&)) {
  const auto held = std::make_shared<const Problem>(problem);
  benchmark::RegisterBenchmark((what + ", " + problem.name).c_str(), [held, run](benchmark::State& state) {
    run(state, *held);
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace synfer::benchmarks

int main(int argc, char** argv) {
  using namespace synfer::benchmarks;
  const synfer::ThreadLimit one_thread(1);
  peaks();
  for (const char* rule : {"27 terms", "81 terms", "MLP"}) {
    const Problem problem = behaviour(rule, 18);
    add("value", problem, value);
    add("gradient", problem, gradient);
    const Problem latent = synfer::benchmarks::filter(rule, 18);
    add("value", latent, filter_value);
    add("slopes", latent, filter_slopes);
  }
  for (const Problem& neural : {oja(100, 1000, 50), in_single_precision(oja(100, 1000, 50))}) {
    add("value", neural, value);
    add("gradient", neural, gradient);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::AddCustomContext("instruction_set", instruction_set());
  benchmark::AddCustomContext("fma_per_second", std::to_string(peaks().in_double));
  benchmark::AddCustomContext("fma_per_second_in_single", std::to_string(peaks().in_single));
  benchmark::RunSpecifiedBenchmarks();
}
