// The problems whose speed is measured: fixed by their seeds, the same for every program and every day.
#pragma once

#include <string>
#include <vector>

#include "synfer/inference/objective.h"

namespace synfer::benchmarks {

struct Problem {
  std::string name;
  Model model;
  std::vector<double> theta;  // P
  std::vector<EncodedSession> sessions;
  std::vector<Matrix> initial;  // N x M, one a session
  ObjectiveOptions options;
  // Fused multiply-adds that a synapse costs at a step, as counted in fma_per_synapse_step; 0: not counted.
  double fma_of_value = 0.0;
  double fma_of_gradient = 0.0;

  [[nodiscard]] Objective objective() const { return {model, sessions, initial, options}; }
  /// Synapses times steps, of one session or of all.
  [[nodiscard]] double synapse_steps(std::size_t session) const;
  [[nodiscard]] double synapse_steps() const;
};

/// The two-odour task: network 2-10-1, 240 trials (about 515 steps), stimuli as the animal saw them.
/// @param rule  "3 terms" (x*r, w, x*y*r), "27 terms" (powers up to 2 of x, w, r), "81 terms" (of x, y, w, r)
///              or "MLP" (4-10-1, leaky ReLU and tanh)
Problem behaviour(const std::string& rule, int sessions);

/// The same through the filter: one neuron for ten that start alike, noise sd .1225, the mean stimuli.
Problem filter(const std::string& rule, int sessions);

/// Every session of such a problem, for what runs them side by side. Refers to it.
std::vector<BeliefSession> beliefs(const Problem& problem);

/// Oja's rule from the activity of all neurons: a linear layer driven by Gaussian input, 27 terms (powers up
/// to 2 of x, y, w).
Problem oja(int inputs, int neurons, int steps);

/// The same, replayed in single precision.
Problem in_single_precision(Problem problem);

/// Every problem that is compared with JAX, by name.
std::vector<Problem> compared();

}  // namespace synfer::benchmarks
