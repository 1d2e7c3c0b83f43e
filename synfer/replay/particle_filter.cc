#include "synfer/replay/particle_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <numeric>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/bimodality.h"
#include "synfer/replay/kernels/columns.h"

namespace synfer {
namespace {

constexpr double kReach = 1e8;           // weights beyond are held: nothing there tells rules apart
constexpr double kSmallestDrive = 1e-3;  // sd of a drive below which humps cannot move a choice

class Particles {
 public:
  Particles(const Model& model, std::span<const double> theta, const EncodedSession& session,
            const Matrix& initial, const ParticleOptions& options, const LogitOffsets& offsets)
      : model_(model),
        columns_(model.rule.columns(theta)),
        session_(session),
        options_(options),
        offsets_(offsets),
        count_(static_cast<std::size_t>(options.particles)),
        inputs_(static_cast<std::size_t>(session.inputs)),
        neurons_(static_cast<std::size_t>(model.network.neurons)),
        offers_(static_cast<std::size_t>(session.offers)),
        synapses_(inputs_ * neurons_),
        noise_(stream("particles: stimulus noise")),
        walk_(stream("particles: random walk")),
        resampling_(stream("particles: resampling")),
        w_(count_ * synapses_),
        w_next_(w_.size()),
        x_(count_ * offers_ * inputs_),
        y_(count_ * offers_ * neurons_),
        logits_(count_ * offers_),
        drive_(neurons_ * count_),
        log_weight_(count_, -std::log(static_cast<double>(count_))),
        weight_(count_, 1.0 / static_cast<double>(count_)),
        parent_(count_) {
    const RandomStream initial_weights = stream("particles: initial weights");
    for (std::size_t p = 0; p < count_; ++p) {
      const std::span<double> w = std::span(w_).subspan(p * synapses_, synapses_);
      std::copy_n(initial.data(), synapses_, w.begin());
      add_noise(initial_weights, {.replicate = p}, options_.initial_sd, w);
    }
    summary_.smallest_sample_size = static_cast<double>(count_);
  }

  ParticleSummary run() && {
    for (std::size_t t = 0; t < session_.steps(); ++t) {
      look_for_humps(t);
      see(t);
      summary_.step_log_probability.push_back(weigh(t));
      if (t >= session_.scored_from) summary_.log_likelihood += summary_.step_log_probability.back();
      const bool resampled = resample(t);
      if (session_.learns[t] != 0) {
        learn(t);
      } else if (resampled) {
        copy_parents();
      }
    }
    summarise_weights();
    return std::move(summary_);
  }

 private:
  [[nodiscard]] RandomStream stream(std::string_view purpose) const {
    return {options_.seed, purpose, session_.animal, session_.name};
  }

  void add_noise(const RandomStream& draws, DrawAt at, double sd, std::span<double> to) {
    if (sd == 0.0) return;
    normals_.resize(to.size());
    draws.normals(at, to.size(), normals_.data());
    for (std::size_t n = 0; n < to.size(); ++n) to[n] += sd * normals_[n];
  }

  // to (M) = x W. x: N; w: N x M.
  void drive(const double* x, const double* w, double* to) const {
    std::fill_n(to, neurons_, 0.0);
    for (std::size_t i = 0; i < inputs_; ++i) {
      if (x[i] == 0.0) continue;
      for (std::size_t j = 0; j < neurons_; ++j) to[j] += x[i] * w[i * neurons_ + j];
    }
  }

  void look_for_humps(std::size_t t) {
    std::vector<double> of_particle(neurons_);
    for (std::size_t k = 0; k < offers_; ++k) {
      const double* mu = &session_.x[(t * offers_ + k) * inputs_];
      for (std::size_t p = 0; p < count_; ++p) {
        drive(mu, &w_[p * synapses_], of_particle.data());
        for (std::size_t j = 0; j < neurons_; ++j) drive_[j * count_ + p] = of_particle[j];
      }
      for (std::size_t j = 0; j < neurons_; ++j) {
        const std::span<const double> of_neuron = std::span(drive_).subspan(j * count_, count_);
        const double found = bimodality_coefficient(of_neuron, weight_, kSmallestDrive);
        if (found <= summary_.bimodality) continue;
        summary_.bimodality = found;
        summary_.bimodality_step = t;
      }
    }
  }

  // What each particle sees at step t, and how its network responds.
  void see(std::size_t t) {
    const std::size_t width = offers_ * inputs_;
    for (std::size_t p = 0; p < count_; ++p) {
      const std::span<double> x = std::span(x_).subspan(p * width, width);
      std::copy_n(&session_.x[t * width], width, x.begin());
      add_noise(noise_, {.step = t, .replicate = p}, options_.noise_sd, x);
      for (std::size_t k = 0; k < offers_; ++k) {
        drive(&x[k * inputs_], &w_[p * synapses_], &y_[(p * offers_ + k) * neurons_]);
      }
    }
    kernels::activate(model_.network.activation, y_);
    const LogitOffset offset = offsets_.at(t, offers_, 0);
    for (std::size_t n = 0; n < logits_.size(); ++n) {
      double logit = offset.value.empty() ? 0.0 : offset.value[n % offers_];
      for (std::size_t j = 0; j < neurons_; ++j) logit += model_.network.readout[j] * y_[n * neurons_ + j];
      logits_[n] = logit;
    }
  }

  // Weights every particle by the choice of step t, whose log probability it returns.
  double weigh(std::size_t t) {
    const int choice = session_.choice[t];
    if (choice == kNoChoice) return 0.0;
    for (std::size_t p = 0; p < count_; ++p) {
      const double log_p = log_choice(std::span(logits_).subspan(p * offers_, offers_), choice);
      if (!std::isfinite(log_p)) {
        throw NonFiniteError(session_.animal, session_.name, t, model_.rule.parameter_names().front(),
                             "logit of a particle");
      }
      log_weight_[p] += log_p;
    }
    const double highest = *std::ranges::max_element(log_weight_);
    double sum = 0.0;
    for (std::size_t p = 0; p < count_; ++p) {
      weight_[p] = std::exp(log_weight_[p] - highest);
      sum += weight_[p];
    }
    const double log_probability = highest + std::log(sum);
    for (std::size_t p = 0; p < count_; ++p) {
      log_weight_[p] -= log_probability;
      weight_[p] /= sum;
    }
    return log_probability;
  }

  // Fills parent_; whether particles were resampled, and parents are not the particles themselves.
  bool resample(std::size_t t) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    const double sample_size = 1.0 / std::inner_product(weight_.begin(), weight_.end(), weight_.begin(), 0.0);
    summary_.smallest_sample_size = std::min(summary_.smallest_sample_size, sample_size);
    const auto count = static_cast<double>(count_);
    if (sample_size >= 0.5 * count) return false;
    const double first = resampling_.uniform({.step = t});
    std::size_t parent = 0;
    double reached = weight_[0];
    for (std::size_t p = 0; p < count_; ++p) {
      const double aim = (static_cast<double>(p) + first) / count;
      while (reached < aim && parent + 1 < count_) reached += weight_[++parent];
      parent_[p] = parent;
    }
    std::ranges::fill(weight_, 1.0 / count);
    std::ranges::fill(log_weight_, -std::log(count));
    return true;
  }

  // Every particle becomes its parent after the weight change of step t.
  void learn(std::size_t t) {
    const std::size_t learned = session_.learned_offer(t);
    for (std::size_t p = 0; p < count_; ++p) {
      const std::size_t offer = parent_[p] * offers_ + learned;
      const std::span<double> after = std::span(w_next_).subspan(p * synapses_, synapses_);
      columns_->change(
          {std::span(x_).subspan(offer * inputs_, inputs_), std::span(y_).subspan(offer * neurons_, neurons_),
           session_.r[t], model_.network.eta, &w_[parent_[p] * synapses_]},
          after.data());
      add_noise(walk_, {.step = t, .replicate = p}, options_.walk_sd, after);
      for (double& w : after) {
        if (std::abs(w) <= kReach) continue;
        w = std::clamp(w, -kReach, kReach);
        summary_.held = true;
      }
    }
    std::swap(w_, w_next_);
  }

  void copy_parents() {
    for (std::size_t p = 0; p < count_; ++p) {
      std::copy_n(&w_[parent_[p] * synapses_], synapses_, &w_next_[p * synapses_]);
    }
    std::swap(w_, w_next_);
  }

  void summarise_weights() {
    const auto rows = static_cast<Eigen::Index>(count_);
    const auto columns = static_cast<Eigen::Index>(synapses_);
    const Eigen::Map<const Matrix> w(w_.data(), rows, columns);
    const Eigen::Map<const Vector> weight(weight_.data(), rows);
    summary_.mean = w.transpose() * weight;
    const Matrix deviation = w.rowwise() - summary_.mean.transpose();
    summary_.covariance = deviation.transpose() * weight.asDiagonal() * deviation;
  }

  const Model& model_;
  std::unique_ptr<ColumnRule> columns_;
  const EncodedSession& session_;
  const ParticleOptions& options_;
  const LogitOffsets& offsets_;
  std::size_t count_, inputs_, neurons_, offers_, synapses_;
  RandomStream noise_, walk_, resampling_;

  // `count` particles, one after the other, so that each learns by the rule's own column kernel.
  std::vector<double> w_, w_next_;   // count x N x M
  std::vector<double> x_;            // count x K x N, as seen
  std::vector<double> y_;            // count x K x M
  std::vector<double> logits_;       // count x K
  std::vector<double> drive_;        // M x count
  std::vector<double> log_weight_;   // count, normalised
  std::vector<double> weight_;       // count, their exponentials: sum 1
  std::vector<std::size_t> parent_;  // count
  std::vector<double> normals_;
  ParticleSummary summary_;
};

void check(const ParticleOptions& options) {
  if (options.particles < 1) {
    throw ConfigurationError("particles", fmt::format("found {}, expected at least 1", options.particles));
  }
  const auto check_sd = [](const char* key, double sd) {
    if (!(sd >= 0.0)) throw ConfigurationError(key, fmt::format("found {}, expected at least 0", sd));
  };
  check_sd("noise_sd", options.noise_sd);
  check_sd("initial_sd", options.initial_sd);
  check_sd("walk_sd", options.walk_sd);
}

}  // namespace

ParticleSummary particle_filter(const Model& model, std::span<const double> theta,
                                const EncodedSession& session, const Matrix& initial,
                                const ParticleOptions& options, const LogitOffsets& offsets) {
  check(options);
  return Particles(model, theta, session, initial, options, offsets).run();
}

}  // namespace synfer
