#include "synfer/simulation/simulate.h"

#include <exception>

#include "synfer/base/parallel.h"
#include "synfer/simulation/accept_reject.h"
#include "synfer/simulation/choice.h"
#include "synfer/simulation/neural.h"
#include "synfer/simulation/recorded_task.h"
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
  for_each_index(sessions, [&](std::size_t s) {
    const std::string name = prefix + std::to_string(s + 1);
    simulated[s] = simulate_session(options, model, theta, name, name);
  });
  return simulated;
}

}  // namespace synfer
