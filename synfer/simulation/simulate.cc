#include "synfer/simulation/simulate.h"

#include <tbb/parallel_for.h>

#include <exception>

#include "synfer/simulation/accept_reject.h"
#include "synfer/simulation/choice.h"
#include "synfer/simulation/neural.h"
#include "synfer/simulation/subject.h"

namespace synfer {

SimulatedSession simulate_session(const SimulationOptions& options, const Model& model,
                                  std::span<const double> theta, const std::string& animal,
                                  const std::string& name) {
  const Subject subject{options, model, theta, animal, name};
  return std::visit([&](const auto& task) { return perform(task, subject); }, options.task);
}

std::vector<SimulatedSession> simulate(const SimulationOptions& options, const Model& model,
                                       std::span<const double> theta, int count, const std::string& prefix) {
  const auto sessions = static_cast<std::size_t>(count);
  std::vector<SimulatedSession> simulated(sessions);
  // Of several failures the first session's is reported, whichever thread came first.
  std::vector<std::exception_ptr> failures(sessions);
  tbb::parallel_for(std::size_t{0}, sessions, [&](std::size_t s) {
    const std::string name = prefix + std::to_string(s + 1);
    try {
      simulated[s] = simulate_session(options, model, theta, name, name);
    } catch (...) {
      failures[s] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  return simulated;
}

}  // namespace synfer
