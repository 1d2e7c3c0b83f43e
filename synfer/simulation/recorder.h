// The recorder: what an experimenter's instrument sees of the plastic layer.
//
// A random subset of the neurons, drawn once a session, and measurement_noise_sd N(0, 1) on every
// value.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/random.h"
#include "synfer/simulation/subject.h"

namespace synfer {

class Recorder {
 public:
  explicit Recorder(const Subject& subject);

  /// Indices of the recorded neurons, ascending: R = round(recorded_fraction M), at least 1 where
  /// the fraction is above 0. None where the simulation does not record.
  [[nodiscard]] const std::vector<int>& neurons() const { return neurons_; }

  /// The recordings (R) of a step. y: M, or empty where nothing was there to record: then NaN.
  [[nodiscard]] std::vector<double> record(std::span<const double> y, std::size_t step) const;

 private:
  std::vector<int> neurons_;
  double noise_sd_;
  RandomStream noise_;
};

}  // namespace synfer
