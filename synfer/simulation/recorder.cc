#include "synfer/simulation/recorder.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfer/simulation/sampling.h"

namespace synfer {
namespace {

std::size_t recorded_count(const SimulationOptions& options, int neurons) {
  if (!options.record || options.recorded_fraction <= 0.0) return 0;
  const double share = std::round(options.recorded_fraction * neurons);
  return static_cast<std::size_t>(std::max(1.0, share));
}

}  // namespace

Recorder::Recorder(const Subject& subject)
    : neurons_(random_order(subject.model.network.neurons, subject.draws("recorded neurons"))),
      noise_sd_(subject.options.measurement_noise_sd),
      noise_(subject.draws("measurement noise")) {
  neurons_.resize(recorded_count(subject.options, subject.model.network.neurons));
  std::ranges::sort(neurons_);
}

std::vector<double> Recorder::record(std::span<const double> y, std::size_t step) const {
  std::vector<double> values(neurons_.size(), std::numeric_limits<double>::quiet_NaN());
  if (y.empty()) return values;
  noise_.normals({.step = step}, values.size(), values.data());
  for (std::size_t n = 0; n < values.size(); ++n) {
    values[n] = y[static_cast<std::size_t>(neurons_[n])] + noise_sd_ * values[n];
  }
  return values;
}

}  // namespace synfer
