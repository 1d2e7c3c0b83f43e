// synfer's side of the comparison with JAX: lines of words in, lines of JSON out, so that both sides can be
// timed in turn within one run.
//
//   problem NAME           sessions, rule and parameters; loss and gradient in nats an observation
//   time NAME THREADS N    seconds of a gradient over all sessions, N times
#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "benchmarks/fma_peak.h"
#include "benchmarks/problems.h"
#include "synfer/base/parallel.h"
#include "synfer/model/taylor_rule.h"

namespace {

using namespace synfer;
using benchmarks::Problem;
using nlohmann::json;

json numbers(const Matrix& m) {
  json rows = json::array();
  for (Eigen::Index i = 0; i < m.rows(); ++i) {
    const Vector row = m.row(i);
    rows.push_back(std::vector<double>(row.begin(), row.end()));
  }
  return rows;
}

json describe(const Problem& problem) {
  const Objective objective = problem.objective();
  std::vector<double> gradient(objective.parameters());
  const double loss = objective.loss_and_gradient(problem.theta, 0, gradient);
  json out = {{"theta", problem.theta},
              {"eta", problem.model.network.eta},
              {"readout", problem.model.network.readout},
              {"linear", problem.model.network.activation.kind == Activation::Kind::kLinear},
              {"single", problem.options.precision == Precision::kSingle},
              {"instruction_set", benchmarks::instruction_set()},
              {"loss", loss},
              {"gradient", gradient}};
  if (const auto* taylor = problem.model.rule.as<TaylorRule>()) {
    for (const Term& term : taylor->terms()) out["terms"].push_back({term.x, term.y, term.w, term.r});
  }
  for (std::size_t s = 0; s < problem.sessions.size(); ++s) {
    const EncodedSession& session = problem.sessions[s];
    out["sessions"].push_back({{"x", session.x},
                               {"inputs", session.inputs},
                               {"choice", session.choice},
                               {"r", session.r},
                               {"learns", std::vector<int>(session.learns.begin(), session.learns.end())},
                               {"recordings", session.recordings},
                               {"initial", numbers(problem.initial[s])}});
  }
  return out;
}

json time(const Problem& problem, std::size_t threads, int count) {
  const ThreadLimit limit(threads);
  const Objective objective = problem.objective();
  std::vector<double> gradient(objective.parameters());
  json seconds = json::array();
  for (int n = 0; n < count; ++n) {
    const auto begin = std::chrono::steady_clock::now();
    objective.loss_and_gradient(problem.theta, 0, gradient);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return seconds;
}

}  // namespace

int main() {  // NOLINT(bugprone-exception-escape): an error ends the comparison
  std::map<std::string, Problem> problems;
  for (Problem& problem : benchmarks::compared()) {
    std::string name = problem.name;
    for (char& c : name) {
      if (c == ' ') c = '_';
    }
    std::erase(name, ',');
    problems.emplace(std::move(name), std::move(problem));
  }
  for (std::string word, name; std::cin >> word >> name;) {
    const Problem& problem = problems.at(name);
    if (word == "problem") {
      std::cout << describe(problem) << '\n' << std::flush;
    } else {
      std::size_t threads = 1;
      int count = 1;
      std::cin >> threads >> count;
      std::cout << time(problem, threads, count) << '\n' << std::flush;
    }
  }
}
