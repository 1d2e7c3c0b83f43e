// The particle filter against what can be had without particles: the plain replay, quadrature over
// everything that is unknown, and closed forms.
#include "synfer/replay/particle_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <thread>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/model/initial_weights.h"
#include "synfer/model/taylor_rule.h"
#include "synfer/replay/bimodality.h"
#include "synfer/replay/replay.h"
#include "synfer/replay/session_for_test.h"

namespace synfer {
namespace {

using for_test::model_of;
using for_test::random_session;

// E[f(sd t)], t ~ N(0, 1), by the trapezoid rule on -6.4 .. 6.4, to many digits for smooth f.
template <typename F>
double average(double sd, F&& f, int intervals = 32) {
  const double spacing = 12.8 / intervals;
  double sum = 0.0;
  for (int n = 0; n <= intervals; ++n) {
    const double t = -6.4 + spacing * n;
    sum += spacing / std::sqrt(2.0 * std::numbers::pi) * std::exp(-0.5 * t * t) * f(sd * t);
  }
  return sum;
}

double accept(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

TEST(ParticleFilter, WithNothingUnknownIsThePlainReplay) {
  for (const int offers : {1, 3}) {
    EncodedSession session = random_session(60, 4, offers);
    session.scored_from = 7;
    session.choice[20] = kNoChoice;
    session.learns[20] = 0;
    const Model model = model_of(4, 6, "x*r - w + x*y");
    const std::vector<double> theta = {0.8, -0.1, 0.2};
    const Matrix initial = draw_initial_weights({.sd = 0.3}, 4, 6, RandomStream(1, "weights"));
    const ParticleSummary found = particle_filter(model, theta, session, initial, {.particles = 50});

    EXPECT_NEAR(found.log_likelihood, -session_loss(model, theta, session, initial).choice_nll, 1e-10);
    const Matrix weights = replay(model, theta, session, initial).final_weights;
    for (Eigen::Index n = 0; n < weights.size(); ++n) EXPECT_NEAR(found.mean[n], weights.data()[n], 1e-12);
    EXPECT_LT(found.covariance.cwiseAbs().maxCoeff(), 1e-20);
    EXPECT_NEAR(found.smallest_sample_size, 50.0, 1e-9);
    EXPECT_EQ(found.step_log_probability[20], 0.0);
    EXPECT_EQ(found.bimodality, 0.0);
    EXPECT_FALSE(found.held);
  }
}

TEST(ParticleFilter, AChoiceAndWhatItTeachesAreThoseOfQuadrature) {
  // One synapse, one accepted offer: p = E[accept(b w x)], and the posterior of w' = w + r x by Bayes.
  // The choice is unlikely enough for particles to be resampled, each with what it saw.
  EncodedSession session = random_session(1, 1, 1);
  session.x = {-0.7};
  session.r = {0.8};
  session.choice = {1};
  session.learns = {1};
  Model model{network_without_hidden_layer(1), taylor_rule(parse_expression("x*r")).rule};
  model.network.readout = {5.0};
  const double noise_sd = 0.6;
  const double initial_sd = 1.0;
  const auto moment = [&](int power) {
    const auto at_weight = [&](double dw) {
      const double w = 0.8 + dw;
      const auto at_stimulus = [&](double eps) {
        const double x = -0.7 + eps;
        return accept(5.0 * w * x) * std::pow(w + x * 0.8, power);
      };
      return average(noise_sd, at_stimulus, 256);
    };
    return average(initial_sd, at_weight, 256);
  };
  const ParticleSummary found =
      particle_filter(model, std::vector{1.0}, session, Matrix::Constant(1, 1, 0.8),
                      {.particles = 200000, .noise_sd = noise_sd, .initial_sd = initial_sd});
  const double mean = moment(1) / moment(0);
  EXPECT_NEAR(found.log_likelihood, std::log(moment(0)), 0.02);
  EXPECT_NEAR(found.mean[0], mean, 0.02);
  EXPECT_NEAR(found.covariance(0, 0), moment(2) / moment(0) - mean * mean, 0.03);
  EXPECT_LT(found.smallest_sample_size, 1e5);
}

TEST(ParticleFilter, WhatIsLearnedIsWhatWasSeenAndChosen) {
  // Accepted, learned, accepted again. The noise of the first offer decides its choice and the weight
  // change alike; were it drawn anew for the change, the second choice would have another probability.
  EncodedSession session = random_session(2, 1, 1);
  session.x = {0.3, 0.9};
  session.r = {1.3, 0.0};
  session.choice = {1, 1};
  session.learns = {1, 0};
  const Model model = model_of(1, 1, "x*r + x*y");  // eta 1, readout 5
  const double noise_sd = 0.8;
  const double initial_sd = 0.7;
  const double walk_sd = 0.3;
  const auto first = [](double w, double x) { return accept(5 * std::tanh(w * x)); };
  const auto second = [&](double w, double x) {
    const double after = w + x * 1.3 + 0.5 * x * std::tanh(w * x);
    return average(walk_sd, [&](double step) {
      return average(noise_sd,
                     [&](double eps) { return accept(5 * std::tanh((after + step) * (0.9 + eps))); });
    });
  };
  const auto with_noise = [&](auto&& f) {
    return average(noise_sd, [&](double eps) { return f(0.3 + eps); });
  };
  const auto over_weights = [&](auto&& f) {
    return average(initial_sd, [&](double dw) { return f(0.5 + dw); });
  };
  const double once =
      over_weights([&](double w) { return with_noise([&](double x) { return first(w, x); }); });
  const double twice = over_weights(
      [&](double w) { return with_noise([&](double x) { return first(w, x) * second(w, x); }); });
  const double drawn_anew = over_weights([&](double w) {
    return with_noise([&](double x) { return first(w, x); }) *
           with_noise([&](double x) { return second(w, x); });
  });

  const ParticleSummary found = particle_filter(
      model, std::vector{1.0, 0.5}, session, Matrix::Constant(1, 1, 0.5),
      {.particles = 200000, .noise_sd = noise_sd, .initial_sd = initial_sd, .walk_sd = walk_sd});
  EXPECT_NEAR(found.step_log_probability[0], std::log(once), 0.005);
  EXPECT_NEAR(found.log_likelihood, std::log(twice), 0.01);
  EXPECT_GT(std::abs(std::log(twice / drawn_anew)), 0.03);
}

TEST(ParticleFilter, OfTwoOffersBothAreSeenWithNoiseAndTheChosenOneTeaches) {
  EncodedSession session = random_session(1, 1, 2);
  session.x = {0.2, 0.6};
  session.r = {0.9};
  session.choice = {1};
  const Model model{network_without_hidden_layer(1), taylor_rule(parse_expression("x*r")).rule};
  const double noise_sd = 0.7;
  const double initial_sd = 1.2;
  const auto moment = [&](int power) {
    return average(initial_sd, [&](double dw) {
      const double w = 0.8 + dw;
      return average(noise_sd, [&](double first) {
        return average(noise_sd, [&](double second) {
          const double x = 0.6 + second;
          return accept(w * (x - (0.2 + first))) * std::pow(w + x * 0.9, power);
        });
      });
    });
  };
  const ParticleSummary found =
      particle_filter(model, std::vector{1.0}, session, Matrix::Constant(1, 1, 0.8),
                      {.particles = 200000, .noise_sd = noise_sd, .initial_sd = initial_sd});
  EXPECT_NEAR(found.log_likelihood, std::log(moment(0)), 0.004);
  EXPECT_NEAR(found.mean[0], moment(1) / moment(0), 0.015);
}

TEST(ParticleFilter, OverALongSessionIsTheReplayAveragedOverInitialWeights) {
  // Without noise the one unknown is the initial weight, so any number of steps is one integral.
  const EncodedSession session = random_session(80, 1, 1);
  const Model model = model_of(1, 1, "x*r - w");
  const std::vector<double> theta = {0.3, -0.05};
  const auto integral = [&](const EncodedSession& steps) {
    const auto likelihood = [&](double w) {
      return std::exp(-session_loss(model, theta, steps, Matrix::Constant(1, 1, w)).choice_nll);
    };
    return std::log(average(0.5, likelihood, 640));
  };
  const ParticleOptions options{.particles = 50000, .initial_sd = 0.5};
  const Matrix initial = Matrix::Zero(1, 1);
  const ParticleSummary whole = particle_filter(model, theta, session, initial, options);
  EXPECT_NEAR(whole.log_likelihood, integral(session), 0.1);
  EXPECT_LT(whole.smallest_sample_size, 25000.0);  // it was resampled

  EncodedSession scored_late = session;
  scored_late.scored_from = 30;
  const double tail = particle_filter(model, theta, scored_late, initial, options).log_likelihood;
  EXPECT_NEAR(tail, integral(session) - integral(truncated(session, 30)), 0.1);
}

TEST(ParticleFilter, WithoutChoicesNoiseAndWalkAddUp) {
  // g = x r without choices: w_ij = w0_ij + eta sum_t r_t x_ti, where neurons share the noise of x.
  EncodedSession session = random_session(6, 2, 1);
  std::ranges::fill(session.choice, kNoChoice);
  std::ranges::fill(session.learns, 1);
  const Model model = model_of(2, 2, "x*r");  // eta 1/2
  Matrix initial(2, 2);
  initial << 0.1, 0.2, 0.3, 0.4;
  const ParticleSummary found =
      particle_filter(model, std::vector{1.0}, session, initial,
                      {.particles = 100000, .noise_sd = 0.4, .initial_sd = 0.3, .walk_sd = 0.1});

  Matrix mean = initial;
  double shared = 0.0;
  for (std::size_t t = 0; t < 6; ++t) {
    shared += std::pow(0.5 * session.r[t] * 0.4, 2);
    for (std::size_t i = 0; i < 2; ++i)
      mean.row(static_cast<Eigen::Index>(i)).array() += 0.5 * session.r[t] * session.x[t * 2 + i];
  }
  const double own = 0.3 * 0.3 + 6 * 0.1 * 0.1;
  for (Eigen::Index a = 0; a < 4; ++a) {
    EXPECT_NEAR(found.mean[a], mean.data()[a], 0.01);
    for (Eigen::Index b = 0; b < 4; ++b) {
      const double expected = (a == b ? own : 0.0) + (a / 2 == b / 2 ? shared : 0.0);
      EXPECT_NEAR(found.covariance(a, b), expected, 0.01) << a << " " << b;
    }
  }
  EXPECT_EQ(found.log_likelihood, 0.0);
  EXPECT_NEAR(found.bimodality, 1.0 / 3.0, 0.02);
}

TEST(ParticleFilter, TellsTwoHumpsFromOne) {
  // dw = w - w^3 drives weights to -1 and 1, from whichever side they started; a decay keeps one hump.
  EncodedSession session = random_session(40, 1, 1);
  std::ranges::fill(session.x, 1.0);
  const Matrix initial = Matrix::Zero(1, 1);
  const ParticleOptions options{.noise_sd = 0.1, .initial_sd = 0.5, .walk_sd = 0.05};
  const Model bistable{network_without_hidden_layer(1), taylor_rule(parse_expression("w + w^3")).rule};
  const ParticleSummary humps = particle_filter(bistable, std::vector{0.3, -0.3}, session, initial, options);
  EXPECT_GT(humps.bimodality, kTwoHumped);
  EXPECT_GT(humps.bimodality_step, 5u);
  const Model decay{network_without_hidden_layer(1), taylor_rule(parse_expression("x*r + w")).rule};
  EXPECT_LT(particle_filter(decay, std::vector{0.3, -0.3}, session, initial, options).bimodality, 0.45);
}

TEST(ParticleFilter, DoesNotDependOnThreadsOrOrder) {
  std::vector<EncodedSession> sessions(3, random_session(30, 2, 1));
  for (std::size_t s = 0; s < sessions.size(); ++s) sessions[s].name = "session " + std::to_string(s);
  const Model model = model_of(2, 3, "x*r");
  const Matrix initial = Matrix::Zero(2, 3);
  const std::vector<double> theta = {1.0};
  const ParticleOptions options{.particles = 500, .noise_sd = 0.3, .initial_sd = 0.1, .walk_sd = 0.05};
  const auto filtered = [&](std::size_t s) {
    return particle_filter(model, theta, sessions[s], initial, options);
  };
  std::vector<ParticleSummary> together(3);
  std::vector<std::thread> threads;
  for (const std::size_t s : {2u, 0u, 1u}) threads.emplace_back([&, s] { together[s] = filtered(s); });
  for (std::thread& thread : threads) thread.join();
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const ParticleSummary alone = filtered(s);
    EXPECT_EQ(alone.step_log_probability, together[s].step_log_probability);
    EXPECT_EQ(alone.covariance, together[s].covariance);
  }
  EXPECT_NE(together[0].log_likelihood, together[1].log_likelihood);  // same data, draws of their own
}

TEST(ParticleFilter, WeightsThatExplodeAreHeldAndSaidToBe) {
  const EncodedSession session = random_session(200, 2, 1);
  const Model model = model_of(2, 3, "x*r + w^2");
  const ParticleSummary found =
      particle_filter(model, std::vector{0.1, 5.0}, session, Matrix::Constant(2, 3, 0.2),
                      {.particles = 100, .noise_sd = 0.1, .initial_sd = 0.1});
  EXPECT_TRUE(found.held);
  EXPECT_TRUE(std::isfinite(found.log_likelihood));
}

TEST(ParticleFilter, RefusesWhatItCannotUse) {
  const EncodedSession session = random_session(5, 2, 1);
  const Model model = model_of(2, 3, "x*r");
  const Matrix initial = Matrix::Zero(2, 3);
  const auto run = [&](const ParticleOptions& options, double theta) {
    particle_filter(model, std::vector{theta}, session, initial, options);
  };
  EXPECT_THROW(run({.particles = 0}, 1.0), ConfigurationError);
  EXPECT_THROW(run({.noise_sd = -0.1}, 1.0), ConfigurationError);
  EXPECT_THROW(run({.walk_sd = NAN}, 1.0), ConfigurationError);
  EXPECT_THROW(run({.particles = 10}, NAN), NonFiniteError);
}

}  // namespace
}  // namespace synfer
