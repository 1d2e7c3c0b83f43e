#include "synfer/analysis/belief_check.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/model/averaged_rule.h"
#include "synfer/replay/bimodality.h"
#include "synfer/replay/particle_filter.h"

namespace synfer {
namespace {

// Fewer distinct particles than this have any shape.
constexpr double kEnoughParticles = 50.0;

bool has_two_humps(const ParticleSummary& particles) {
  return particles.bimodality > kTwoHumped && particles.smallest_sample_size > kEnoughParticles;
}

struct Looked {
  bool possible = false;
  bool two_humped = false;
  double nats_apart = 0.0;
};

}  // namespace

BeliefCheck check_belief(const Objective& objective, std::span<const double> parameters,
                         const BeliefCheckOptions& options) {
  const BeliefOptions belief = objective.belief(parameters);
  const std::span<const double> theta = parameters.first(objective.rule_parameters());
  Model without_noise = objective.model();
  without_noise.rule = rule_inside(objective.model().rule);
  const std::size_t sessions = objective.sessions();
  const std::size_t count = std::min(sessions, options.most_sessions);
  std::vector<Looked> looked(count);
  for_each_index(count, [&](std::size_t n) {
    const std::size_t s = n * sessions / count;
    const EncodedSession& session = objective.data()[s];
    const Matrix initial = objective.initial_weights(parameters, s);
    const LogitOffsets offsets = objective.offsets(parameters, s);
    try {
      const double gaussian =
          -session_loss({objective.model(), theta, session, initial, belief, &offsets}).choice_nll;
      const auto particles = [&](std::uint64_t seed) {
        return particle_filter(without_noise, theta, session, initial,
                               {options.particles, seed, belief.noise_sd, belief.initial_sd, belief.walk_sd},
                               offsets);
      };
      const ParticleSummary first = particles(options.seed);
      // The largest of many steps: few particles make a hump by chance, and not the same draws twice.
      const bool two_humped = has_two_humps(first) && has_two_humps(particles(~options.seed));
      looked[n] = {true, two_humped, first.log_likelihood - gaussian};
    } catch (const NonFiniteError&) {
      looked[n] = {};  // nothing to compare
    }
  });
  BeliefCheck check;
  double squares = 0.0;
  for (const Looked& one : looked) {
    if (!one.possible) continue;
    ++check.sessions;
    check.two_humped += one.two_humped ? 1 : 0;
    check.nats_apart += one.nats_apart;
    squares += one.nats_apart * one.nats_apart;
  }
  if (check.sessions == 0) return check;
  const auto n = static_cast<double>(check.sessions);
  check.nats_apart /= n;
  if (check.sessions > 1) {
    check.nats_error =
        std::sqrt(std::max(0.0, squares / n - check.nats_apart * check.nats_apart) / (n - 1.0));
  }
  return check;
}

}  // namespace synfer
