#include "synfer/results/belief_check.h"

#include <algorithm>

namespace synfer {

namespace {

constexpr double kTooFar = 0.5;    // of a bias, in standard errors
constexpr double kTooVague = 0.3;  // of its error

bool biased(const ParameterBias& one) { return std::abs(one.bias) > std::max(kTooFar, 2.0 * one.error); }

// Of one session: bias by each direction, and half the squared difference of two replicates where there are
// two.
struct Looked {
  std::vector<double> bias, by_draws;
};

class Looking {
 public:
  Looking(const Objective& objective, std::span<const double> parameters,
          const std::vector<Vector>& directions, const BeliefBiasOptions& options)
      : objective_(objective), model_(whole_model(objective)), options_(options) {
    for (const Vector& v : directions) {
      for (const double sign : {1.0, -1.0}) {
        std::vector<double>& end = ends_.emplace_back(parameters.begin(), parameters.end());
        for (std::size_t p = 0; p < end.size(); ++p) end[p] += sign * v[static_cast<Eigen::Index>(p)];
      }
    }
  }

  [[nodiscard]] std::optional<Looked> at(std::size_t s, bool twice) const {
    try {
      const EncodedSession& session = objective_.data()[s];
      std::vector<GaussianParticlePoint> points;
      std::vector<double> filtered;
      for (const std::vector<double>& end : ends_) {
        const BeliefOptions belief = objective_.belief(end);
        const std::span<const double> theta = std::span(end).first(objective_.rule_parameters());
        const Matrix initial = objective_.initial_weights(end, s);
        const LogitOffsets offsets = objective_.offsets(end, s);
        filtered.push_back(
            -session_loss({objective_.model(), theta, session, initial, belief, &offsets}).choice_nll);
        const double neurons = std::sqrt(belief.neurons_in_one);
        points.push_back({{theta.begin(), theta.end()},
                          whole_weights(objective_, initial),
                          belief.noise_sd,
                          belief.initial_sd * neurons,
                          belief.walk_sd * neurons,
                          offsets});
      }
      const auto drawn = [&](std::uint64_t replicate) {
        const std::vector<double> sampled = gaussian_particle_log_likelihoods(
            model_, session, points, {options_.particles, options_.seed, replicate});
        std::vector<double> bias;
        for (std::size_t n = 0; n < ends_.size(); n += 2)
          bias.push_back(-0.5 * (sampled[n] - filtered[n] - sampled[n + 1] + filtered[n + 1]));
        return bias;
      };
      Looked looked{drawn(0), {}};
      if (twice) {
        const std::vector<double> again = drawn(1);
        for (std::size_t n = 0; n < again.size(); ++n)
          looked.by_draws.push_back(0.5 * (looked.bias[n] - again[n]) * (looked.bias[n] - again[n]));
      }
      return looked;
    } catch (const NonFiniteError&) {
      return std::nullopt;  // nothing to compare
    }
  }

 private:
  const Objective& objective_;
  Model model_;
  const BeliefBiasOptions& options_;
  std::vector<std::vector<double>> ends_;  // estimate + v, estimate - v for each direction
};

// In an order by chance, so that the first of them are a sample.
std::vector<std::size_t> shuffled(std::size_t sessions, std::uint64_t seed) {
  const RandomStream draws(seed, "belief bias: sessions");
  std::vector<double> by(sessions);
  for (std::size_t s = 0; s < sessions; ++s) by[s] = draws.uniform({.index = s});
  std::vector<std::size_t> order(sessions);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&by](std::size_t s) { return by[s]; });
  return order;
}

}  // namespace

BiasVerdict verdict_of(const BeliefBias& found) {
  if (std::ranges::any_of(found.parameters, biased)) return BiasVerdict::kBiased;
  const bool vague = std::ranges::any_of(found.parameters,
                                         [](const ParameterBias& one) { return !(one.error <= kTooVague); });
  return vague || found.parameters.empty() ? BiasVerdict::kNotResolved : BiasVerdict::kPassed;
}

std::string to_string(BiasVerdict verdict) {
  switch (verdict) {
    case BiasVerdict::kPassed:
      return "passed";
    case BiasVerdict::kBiased:
      return "biased";
    case BiasVerdict::kNotResolved:
      break;
  }
  return "not resolved";
}

const ParameterBias& most_biased(const BeliefBias& found) {
  return *std::ranges::max_element(
      found.parameters, {}, [](const ParameterBias& one) { return biased(one) ? std::abs(one.bias) : -1.0; });
}

}  // namespace synfer
