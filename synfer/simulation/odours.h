// Odours: each drives a group of the inputs, and every offer of it is noisy.
//
// A session splits its inputs at random into as many groups as there are odours, as equal as can
// be; which odour gets a larger group is random too. An offered odour drives its group with
// stimulus_mean and the others with 0; each input adds stimulus_noise_sd N(0, 1), anew at every offer.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/base/random.h"
#include "synfer/simulation/subject.h"

namespace synfer {

/// The K offers of a step.
struct Stimulus {
  std::vector<int> odours;   // K; empty where the input is no odour
  std::vector<double> mean;  // K x N
  std::vector<double> seen;  // K x N, the noisy draw that reaches the animal
};

class Odours {
 public:
  /// @throws ConfigurationError (network.inputs) where there are fewer inputs than odours.
  Odours(const Subject& subject, int count);

  /// Their indices as names: "0", "1", ...
  [[nodiscard]] std::vector<std::string> names() const;

  /// `offered` (K) side by side at a step.
  [[nodiscard]] Stimulus offer(std::vector<int> offered, std::size_t step) const;

 private:
  Matrix means_;  // odours x N
  double noise_sd_;
  RandomStream noise_;
};

}  // namespace synfer
