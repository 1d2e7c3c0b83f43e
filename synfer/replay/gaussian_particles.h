// The belief over weights as a Gaussian whose moments are sampled: what the filter (belief.h) expands to
// second order, without the expansion.
//
// At each step the weights and what was seen are drawn from the belief, w ~ N(m, P) and x ~ N(mu, noise_sd^2
// I); particles are weighted by the probability of the choice there, learn, and the mean and covariance of
// what they become are the next belief. A Gaussian particle filter (Kotecha and Djuric, IEEE Trans. Signal
// Process. 51, 2003). Nothing is resampled, so that with the same draws the log likelihood is smooth in theta
// and differences between nearby theta are known far better than the values themselves. Draws of a step are
// scaled to mean 0 and covariance I exactly: of what is linear in them nothing is left to chance. Along the
// direction that moves the choice most they take evenly spaced quantiles, so that little of what the choice
// tells is left to it either.
//
// It shares one assumption with the filter, that the belief is Gaussian; particle_filter.h shares none.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/logit_offsets.h"
#include "synfer/model/model.h"

namespace synfer {

struct GaussianParticleOptions {
  std::size_t particles = 256;  // at least; always four times as many as there are numbers to be drawn
  std::uint64_t seed = 1;       // a draw is a function of it, replicate, animal, session and step
  std::uint64_t replicate = 0;
};

/// Where a log likelihood is wanted.
struct GaussianParticlePoint {
  std::vector<double> theta;  // P
  Matrix initial;             // N x M, the mean of the weights before the first step
  double noise_sd = 0.0;      // of every input at every offer
  double initial_sd = 0.0;    // of every weight before the first step
  double walk_sd = 0.0;       // of the random step of every weight after each change
  LogitOffsets offsets = {};  // added to the logits
};

/// Log likelihood of a session's scored choices, nats, at each point, all from the same draws.
/// @throws NonFiniteError where a logit of a particle is not a number.
std::vector<double> gaussian_particle_log_likelihoods(const Model& model, const EncodedSession& session,
                                                      std::span<const GaussianParticlePoint> points,
                                                      const GaussianParticleOptions& options);

}  // namespace synfer
