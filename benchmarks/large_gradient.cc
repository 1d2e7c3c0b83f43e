// Time and memory of one gradient over a large layer: Oja's problem with 1000 x 1000 synapses and 1000 steps,
// or as large as the arguments say (inputs, neurons, steps). Prints seconds, and the most memory that the
// process ever held, in MiB, which includes the simulated session.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "benchmarks/problems.h"

int main(int argc, char** argv) {
  const auto argument = [&](int n, int otherwise) { return argc > n ? std::stoi(argv[n]) : otherwise; };
  const auto problem = synfer::benchmarks::oja(argument(1, 1000), argument(2, 1000), argument(3, 1000));
  const synfer::Objective objective = problem.objective();
  std::vector<double> gradient(objective.parameters());
  const auto begin = std::chrono::steady_clock::now();
  const double loss = objective.loss_and_gradient(problem.theta, 0, gradient);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("{\"seconds\": %.3f, \"memory\": %.0f, \"loss\": %.17g}\n", seconds,
              static_cast<double>(used.ru_maxrss) / 1024.0, loss);
}
