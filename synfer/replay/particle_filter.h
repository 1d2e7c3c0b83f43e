// Weights are latent, without approximation: a particle filter, the oracle of the Gaussian filter.
//
// Recorded stimuli are means mu. At every offer the animal saw x = mu + eps, eps ~ N(0, noise_sd^2 I),
// and nobody recorded eps; initial weights are N(initial, initial_sd^2 I). Each particle is one guess of
// the weights. At a step it draws what was seen, is weighted by the probability of the choice there,
//
//   log p(choice | past choices) = log sum_p weight_p p(choice | W_p, x_p),
//
// and learns from what it saw: W += eta g(x, y, W, r), plus N(0, walk_sd^2) on every weight. Rejected
// offers inform as accepted ones do. A bootstrap filter (Gordon, Salmond and Smith, IEE Proc. F 1993)
// with systematic resampling where the effective sample size falls below half: particles are resampled
// after the choice and before the weight change, each with the x that it saw.
//
// The likelihood is an estimate: it varies with the seed, and jumps with theta. It is for comparison at
// a few theta, not to be optimised. Where neither noise nor walk spreads resampled particles again
// (both sds 0), few distinct ones are left in the end: use many, and do not believe `bimodality`.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"

namespace synfer {

struct ParticleOptions {
  int particles = 5000;
  std::uint64_t seed = 1;   // a draw is a function of it, animal, session, step and particle
  double noise_sd = 0.0;    // of every input at every offer
  double initial_sd = 0.0;  // of every weight before the first step
  double walk_sd = 0.0;     // of the random step of every weight after each change
};

struct ParticleSummary {
  double log_likelihood = 0.0;               // nats, over scored choices
  std::vector<double> step_log_probability;  // T; log p(choice | past choices), 0 without a choice
  double smallest_sample_size = 0.0;         // effective, over steps: 1 / sum of squared weights
  Vector mean;                               // N M, of the weights after the last step; i M + j
  Matrix covariance;                         // (N M) x (N M), likewise

  /// Largest bimodality coefficient (bimodality.h) over steps, offers and neurons, of a neuron's drive
  /// sum_i mu_i w_ij before the choice; drives with an sd below .001 count as 0. Above kTwoHumped a
  /// Gaussian belief misleads. The drive is the combination of weights that a neuron uses, and linear in
  /// them: a sum over many two-humped neurons looks Gaussian, and the response of a saturating neuron
  /// is two-humped even where the belief is not. Being a maximum, it lies above the 1/3 of a Gaussian:
  /// with 5000 particles .35 to .50 for x*r simulated, .54 to .72 for x*y*r from weights of sd .1. Few
  /// distinct particles raise it; where smallest_sample_size is in the tens, repeat with more.
  double bimodality = 0.0;
  std::size_t bimodality_step = 0;  // where it is largest

  /// Whether a weight of some particle passed 1e8 and was held there, as the Gaussian filter does.
  bool held = false;
};

/// @param theta    P, the rule's parameters
/// @param initial  N x M, the mean of the weights before the first step
/// @param offsets  added to the logits
/// Recordings are not scored. Steps before session.scored_from move the belief and do not count.
/// @throws ConfigurationError where there is no particle, or an sd is negative.
/// @throws NonFiniteError where a logit of a particle is not a number.
ParticleSummary particle_filter(const Model& model, std::span<const double> theta,
                                const EncodedSession& session, const Matrix& initial,
                                const ParticleOptions& options, const LogitOffsets& offsets = {});

}  // namespace synfer
