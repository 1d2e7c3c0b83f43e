#include "synfer/analysis/belief_bias.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/model/averaged_rule.h"
#include "synfer/replay/gaussian_particles.h"

namespace synfer {
namespace {

constexpr std::size_t kDrawnTwice = 4;  // sessions whose draws are repeated, which tells what draws do

// Neurons that each of the objective's stands for.
std::size_t alike(const Objective& objective) {
  return static_cast<std::size_t>(objective.options().belief.neurons_in_one);
}

// The rule itself, in the network of all neurons.
Model whole_model(const Objective& objective) {
  Model model = objective.model();
  model.rule = rule_inside(objective.model().rule);
  const std::size_t copies = alike(objective);
  std::vector<double> readout;
  for (const double b : model.network.readout)
    readout.insert(readout.end(), copies, b / static_cast<double>(copies));
  model.network.readout = std::move(readout);
  model.network.neurons *= static_cast<int>(copies);
  return model;
}

// The mean of their weights.
Matrix whole_weights(const Objective& objective, const Matrix& initial) {
  const auto copies = static_cast<Eigen::Index>(alike(objective));
  Matrix whole(initial.rows(), initial.cols() * copies);
  for (Eigen::Index j = 0; j < initial.cols(); ++j)
    whole.middleCols(j * copies, copies).colwise() = initial.col(j);
  return whole;
}

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

// As many sessions as the options allow, in time as well.
std::vector<std::size_t> sample(const Objective& objective, std::size_t ends,
                                const BeliefBiasOptions& options) {
  std::vector<std::size_t> chosen;
  const Model& model = objective.model();
  const double weights = static_cast<double>(model.network.inputs * model.network.neurons) *
                         static_cast<double>(alike(objective));
  double numbers = 0.0;
  for (const std::size_t s : shuffled(objective.sessions(), options.seed)) {
    const EncodedSession& session = objective.data()[s];
    const double particles = std::max(static_cast<double>(options.particles), 4.0 * weights);
    numbers += static_cast<double>(session.steps() * ends) * particles * weights * (weights + 8.0);
    if (chosen.size() == options.most_sessions || numbers > options.most_numbers) break;
    chosen.push_back(s);
  }
  return chosen;
}

// Over all sessions, of which some were looked at.
ParameterBias summed_up(const std::string& parameter, std::size_t k, const std::vector<Looked>& looked,
                        std::size_t sessions) {
  std::vector<double> bias, by_draws;
  for (const Looked& one : looked) {
    bias.push_back(one.bias[k]);
    if (!one.by_draws.empty()) by_draws.push_back(one.by_draws[k]);
  }
  const auto count = static_cast<double>(bias.size());
  const auto all = static_cast<double>(sessions);
  const double mean = std::accumulate(bias.begin(), bias.end(), 0.0) / count;
  // Of sessions, draws included; of one it is not known, nor needed where there is no other.
  double between = bias.size() > 1 || bias.size() == sessions ? 0.0 : NAN;
  for (const double one : bias) between += (one - mean) * (one - mean) / std::max(1.0, count - 1.0);
  const double of_draws = by_draws.empty() ? between
                                           : std::accumulate(by_draws.begin(), by_draws.end(), 0.0) /
                                                 static_cast<double>(by_draws.size());
  // Sessions that were not looked at err by what varies between sessions, those that were by their draws.
  const double seen = count / all;
  const double variance = ((1.0 - seen) * between + seen * of_draws) / count;
  return {parameter, all * mean, all * std::sqrt(variance)};
}

}  // namespace

BeliefBias belief_bias(const Objective& objective, std::span<const double> parameters,
                       const ScaledInformation& information, const BeliefBiasOptions& options) {
  const Matrix covariance = information.covariance();
  const std::vector<char> unidentified = information.unidentified();
  const auto standard_error = [&covariance](std::size_t n) {
    const auto diagonal = static_cast<Eigen::Index>(n);
    return std::sqrt(covariance(diagonal, diagonal));
  };
  std::vector<std::size_t> judged;  // of information.parameters
  for (std::size_t n = 0; n < information.parameters.size(); ++n) {
    if (information.parameters[n] < objective.rule_parameters() && unidentified[n] == 0) judged.push_back(n);
  }
  std::ranges::sort(judged, std::greater{}, [&](std::size_t n) {
    return std::abs(parameters[information.parameters[n]]) / standard_error(n);
  });
  judged.resize(std::min(judged.size(), options.most_parameters));

  std::vector<Vector> directions;
  for (const std::size_t n : judged) {
    Vector& v = directions.emplace_back(Vector::Zero(static_cast<Eigen::Index>(parameters.size())));
    for (std::size_t m = 0; m < information.parameters.size(); ++m) {
      v[static_cast<Eigen::Index>(information.parameters[m])] =
          covariance(static_cast<Eigen::Index>(m), static_cast<Eigen::Index>(n)) / standard_error(n);
    }
  }
  const Looking looking(objective, parameters, directions, options);
  const std::vector<std::size_t> chosen = sample(objective, 2 * directions.size(), options);
  std::vector<std::optional<Looked>> possible(chosen.size());
  for_each_index(chosen.size(), [&](std::size_t n) { possible[n] = looking.at(chosen[n], n < kDrawnTwice); });
  std::vector<Looked> looked;
  for (std::optional<Looked>& one : possible) {
    if (one) looked.push_back(std::move(*one));
  }

  BeliefBias result{looked.size(), {}};
  if (looked.empty()) return result;
  const std::vector<std::string> names = objective.parameter_names();
  for (std::size_t k = 0; k < judged.size(); ++k) {
    result.parameters.push_back(
        summed_up(names[information.parameters[judged[k]]], k, looked, objective.sessions()));
  }
  return result;
}

}  // namespace synfer
