// Guesses of the weights and of what the animal saw, side by side: each responds to an offer, is judged by
// the choice, and learns. What becomes of the guesses between steps is the business of the filter that has
// them: resampled (particle_filter.h), or drawn anew from a Gaussian (gaussian_particles.h).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"

namespace synfer {

/// Rows of particles: a row is one number of the network in every particle, width() of them. Particles are a
/// multiple of eight, the last few of them of no weight, so that eight are taken at once.
class ParticleCloud {
 public:
  /// Refers to all but theta. @param count  of particles
  ParticleCloud(const Model& model, std::span<const double> theta, const EncodedSession& session,
                const LogitOffsets& offsets, std::size_t count);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t synapses() const { return inputs_ * neurons_; }
  [[nodiscard]] std::size_t stimuli() const { return offers_ * inputs_; }
  /// N M rows, i M + j.
  [[nodiscard]] std::span<double> weights() { return w_; }
  /// K N rows, k N + i: what is seen at a step.
  [[nodiscard]] std::span<double> seen() { return x_; }
  /// Whether a weight passed the reach of the session (belief.h) and was held there.
  [[nodiscard]] bool held() const { return held_; }

  /// Shares out 1 among the particles.
  void level(std::span<double> weight) const;

  /// Responses and logits to what is seen at step t.
  void respond(std::size_t t);

  /// Multiplies each particle's weight by its probability of the choice of step t, scales their sum to 1, and
  /// returns the logarithm of what it was; 0 without a free choice.
  /// @throws NonFiniteError where a logit of a particle is not a number.
  double weigh(std::size_t t, std::span<double> weight);

  /// The weight change of step t in every particle; particle p goes on from parent[p].
  void learn(std::size_t t, std::span<const std::size_t> parent);
  /// The same without a weight change.
  void copy(std::span<const std::size_t> parent);
  /// Weights are held within reach.
  void hold();

  /// z of neuron j in every particle for an input that all see alike. mu: N; z: width().
  void drive(std::size_t j, const double* mu, double* z) const;

 private:
  template <typename X>
  void drive_by(std::size_t j, double* z, X&& x) const;
  [[nodiscard]] double log_likelihood_of(std::size_t p, int choice);
  void check_logits(std::size_t t) const;

  const Model& model_;
  std::unique_ptr<LaneRule> rule_;
  const EncodedSession& session_;
  const LogitOffsets& offsets_;
  double reach_;
  std::size_t count_, width_, inputs_, neurons_, offers_;
  bool held_ = false;

  std::vector<double> w_, w_next_;  // N x M x width
  std::vector<double> x_;           // K x N x width, as seen
  std::vector<double> y_;           // K x M x width
  std::vector<double> logits_;      // K x width
  std::vector<double> likelihood_;  // width: of the latest choice
  std::vector<double> one_logit_;   // K
};

}  // namespace synfer
