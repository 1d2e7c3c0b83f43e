#include "synfer/simulation/neural.h"

#include <cmath>
#include <limits>
#include <utility>

#include "synfer/simulation/closed_loop.h"

namespace synfer {

SimulatedSession perform(const NeuralTask& task, const Subject& subject) {
  const RandomStream inputs = subject.draws("inputs");
  const double sd = std::sqrt(task.input_variance);
  ClosedLoop loop(subject, 1, {});
  std::vector<double> x(static_cast<std::size_t>(subject.model.network.inputs));
  for (int step = 0; step < task.steps; ++step) {
    inputs.normals({.step = loop.step()}, x.size(), x.data());
    for (double& value : x) value = task.input_mean + sd * value;
    loop.present({.odours = {}, .mean = x, .seen = x}, step);
    // Each step is a trial, as it is to a reader of data without a column for trials.
    loop.end_step({step, 0, kNoChoice, std::numeric_limits<double>::quiet_NaN(), true});
  }
  return std::move(loop).finish();
}

}  // namespace synfer
