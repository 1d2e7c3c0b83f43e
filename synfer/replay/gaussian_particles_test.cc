// The sampled Gaussian belief against the plain replay where nothing is unknown, and against many particles
// where weights are latent.
#include "synfer/replay/gaussian_particles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "synfer/model/initial_weights.h"
#include "synfer/replay/particle_filter.h"
#include "synfer/replay/replay.h"
#include "synfer/replay/session_for_test.h"

namespace synfer {
namespace {

using for_test::model_of;
using for_test::random_session;

double value_at(const Model& model, const EncodedSession& session, const GaussianParticlePoint& point,
                const GaussianParticleOptions& options) {
  return gaussian_particle_log_likelihoods(model, session, std::vector{point}, options).front();
}

TEST(GaussianParticles, WithNothingUnknownAreThePlainReplay) {
  for (const int offers : {1, 2, 3}) {
    EncodedSession session = random_session(60, 4, offers);
    session.scored_from = 7;
    session.choice[20] = kNoChoice;
    session.learns[20] = 0;
    const Model model = model_of(4, 6, "x*r - w + x*y");
    const std::vector<double> theta = {0.8, -0.1, 0.2};
    const Matrix initial = draw_initial_weights({.sd = 0.3}, 4, 6, RandomStream(1, "weights"));
    EXPECT_NEAR(value_at(model, session, {theta, initial}, {}),
                -session_loss(model, theta, session, initial).choice_nll, 1e-9)
        << offers << " offers";
  }
}

// Stimuli that differ by less than they are large, as odours do: beliefs stay near Gaussian.
EncodedSession odours(std::size_t steps, int offers) {
  EncodedSession session = random_session(steps, 2, offers);
  for (double& x : session.x) x = 0.6 + 0.1 * x;
  return session;
}

TEST(GaussianParticles, AgreeWithManyParticlesUnderNoiseDriftAndUnknownWeights) {
  for (const int offers : {1, 3}) {
    const EncodedSession session = odours(80, offers);
    const Model model = model_of(2, 3, "x*r - w");
    const std::vector<double> theta = {0.5, -0.1};
    const Matrix initial = Matrix::Constant(2, 3, 0.1);
    const double exact =
        particle_filter(model, theta, session, initial, {40000, 1, 0.2, 0.2, 0.05}).log_likelihood;
    const double plain = -session_loss(model, theta, session, initial).choice_nll;
    const double sampled = value_at(model, session, {theta, initial, 0.2, 0.2, 0.05}, {.particles = 2048});
    EXPECT_GT(std::abs(plain - exact), offers == 1 ? 1.0 : 0.1) << offers << " offers";
    EXPECT_NEAR(sampled, exact, offers == 1 ? 0.4 : 0.1) << offers << " offers";
  }
}

TEST(GaussianParticles, DifferencesFromTheSameDrawsAreKnownBetterThanValues) {
  const EncodedSession session = odours(120, 1);
  const Model model = model_of(2, 3, "x*r");
  const Matrix initial = Matrix::Constant(2, 3, 0.1);
  const std::vector<GaussianParticlePoint> ends = {{{0.51}, initial, 0.2, 0.3}, {{0.49}, initial, 0.2, 0.3}};
  double apart_in_value = 0.0, apart_in_difference = 0.0;
  for (std::uint64_t pair = 0; pair < 5; ++pair) {
    const auto at = [&](std::uint64_t replicate) {
      return gaussian_particle_log_likelihoods(model, session, ends, {.replicate = replicate});
    };
    const std::vector<double> one = at(2 * pair), other = at(2 * pair + 1);
    apart_in_value += std::abs(one[0] - other[0]);
    apart_in_difference += std::abs(one[0] - one[1] - other[0] + other[1]);
  }
  EXPECT_LT(apart_in_difference, 0.1 * apart_in_value);
}

}  // namespace
}  // namespace synfer
