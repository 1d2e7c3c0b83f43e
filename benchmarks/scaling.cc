// How the time of a gradient grows with what there is more of: sessions, steps, neurons, inputs, terms, and
// how it falls with threads. Prints, as JSON, the seconds of each size (the median of several).
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/problems.h"
#include "synfer/base/parallel.h"
#include "synfer/model/taylor_rule.h"

namespace {

using synfer::benchmarks::Problem;

constexpr int kRepetitions = 7;
constexpr double kLeastSeconds = 0.05;  // of one repetition

double seconds(const Problem& problem) {
  const synfer::Objective objective = problem.objective();
  std::vector<double> gradient(objective.parameters());
  const auto time = [&](int calls) {
    const auto begin = std::chrono::steady_clock::now();
    for (int n = 0; n < calls; ++n) objective.loss_and_gradient(problem.theta, 0, gradient);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  int calls = 1;
  while (time(calls) < kLeastSeconds) calls *= 2;
  std::vector<double> found;
  for (int n = 0; n < kRepetitions; ++n) found.push_back(time(calls) / calls);
  std::ranges::nth_element(found, found.begin() + kRepetitions / 2);
  return found[kRepetitions / 2];
}

// The first so many of the 81 terms, in the order of their powers.
Problem with_terms(int count) {
  Problem problem = synfer::benchmarks::behaviour("81 terms", 18);
  std::vector<synfer::Term> terms = problem.model.rule.as<synfer::TaylorRule>()->terms();
  terms.resize(static_cast<std::size_t>(count));
  problem.model.rule = synfer::TaylorRule(std::move(terms));
  problem.theta.resize(static_cast<std::size_t>(count));
  return problem;
}

class Json {
 public:
  void add(const char* what, const std::vector<int>& sizes, const auto& problem_of) {
    std::printf("%s{\"of\": \"%s\", \"sizes\": [", first_ ? "[" : ",\n ", what);
    first_ = false;
    for (std::size_t n = 0; n < sizes.size(); ++n) std::printf("%s%d", n == 0 ? "" : ", ", sizes[n]);
    std::printf("], \"seconds\": [");
    for (std::size_t n = 0; n < sizes.size(); ++n)
      std::printf("%s%.6g", n == 0 ? "" : ", ", problem_of(sizes[n]));
    std::printf("]}");
  }
  ~Json() { std::puts("]"); }

 private:
  bool first_ = true;
};

}  // namespace

int main() {
  using synfer::benchmarks::behaviour;
  using synfer::benchmarks::oja;
  Json json;
  json.add("sessions, behaviour, 81 terms", {8, 16, 32, 64},
           [](int n) { return seconds(behaviour("81 terms", n)); });
  json.add("terms, behaviour, 18 sessions", {3, 9, 27, 81}, [](int n) { return seconds(with_terms(n)); });
  json.add("steps, Oja, 100 x 256 synapses", {25, 50, 100, 200},
           [](int n) { return seconds(oja(100, 256, n)); });
  json.add("neurons, Oja, 100 inputs, 50 steps", {128, 256, 512, 1024},
           [](int n) { return seconds(oja(100, n, 50)); });
  json.add("inputs, Oja, 256 neurons, 50 steps", {50, 100, 200, 400},
           [](int n) { return seconds(oja(n, 256, 50)); });
  std::vector<int> threads;
  for (int n = 1; n <= static_cast<int>(std::thread::hardware_concurrency()); n *= 2) threads.push_back(n);
  const Problem all = behaviour("81 terms", 18);
  json.add("threads, behaviour, 81 terms, 18 sessions", threads, [&](int n) {
    const synfer::ThreadLimit limit(static_cast<std::size_t>(n));
    return seconds(all);
  });
}
