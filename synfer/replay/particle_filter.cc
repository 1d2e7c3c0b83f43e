#include "synfer/replay/particle_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/base/stop.h"
#include "synfer/replay/bimodality.h"
#include "synfer/replay/particle_cloud.h"

namespace synfer {
namespace {

constexpr double kSmallestDrive = 1e-3;  // sd of a drive below which humps cannot move a choice

class Particles {
 public:
  Particles(const Model& model, std::span<const double> theta, const EncodedSession& session,
            const Matrix& initial, const ParticleOptions& options, const LogitOffsets& offsets)
      : session_(session),
        options_(options),
        count_(static_cast<std::size_t>(options.particles)),
        cloud_(model, theta, session, offsets, count_),
        neurons_(static_cast<std::size_t>(model.network.neurons)),
        noise_(stream("particles: stimulus noise")),
        walk_(stream("particles: random walk")),
        resampling_(stream("particles: resampling")),
        drive_(cloud_.width()),
        weight_(cloud_.width()),
        parent_(cloud_.width()) {
    const RandomStream initial_weights = stream("particles: initial weights");
    const std::size_t width = cloud_.width();
    for (std::size_t n = 0; n < cloud_.synapses(); ++n)
      std::fill_n(cloud_.weights().begin() + offset(n), width, initial.data()[n]);
    for (std::size_t p = 0; p < count_; ++p)
      add_noise(initial_weights, {.replicate = p}, options_.initial_sd, p, cloud_.weights());
    cloud_.level(weight_);
    summary_.smallest_sample_size = static_cast<double>(count_);
  }

  ParticleSummary run() && {
    for (std::size_t t = 0; t < session_.steps(); ++t) {
      stop_if_asked();
      look_for_humps(t);
      see(t);
      cloud_.respond(t);
      summary_.step_log_probability.push_back(cloud_.weigh(t, weight_));
      if (t >= session_.scored_from) summary_.log_likelihood += summary_.step_log_probability.back();
      const bool resampled = resample(t);
      if (session_.learns[t] != 0) {
        learn(t);
      } else if (resampled) {
        cloud_.copy(parent_);
      }
    }
    summarise_weights();
    return std::move(summary_);
  }

 private:
  [[nodiscard]] RandomStream stream(std::string_view purpose) const {
    return {options_.seed, purpose, session_.animal, session_.name};
  }
  [[nodiscard]] std::ptrdiff_t offset(std::size_t row) const {
    return static_cast<std::ptrdiff_t>(row * cloud_.width());
  }

  // To every row of one particle.
  void add_noise(const RandomStream& draws, DrawAt at, double sd, std::size_t particle,
                 std::span<double> rows) {
    if (sd == 0.0) return;
    normals_.resize(rows.size() / cloud_.width());
    draws.normals(at, normals_.size(), normals_.data());
    for (std::size_t n = 0; n < normals_.size(); ++n) rows[n * cloud_.width() + particle] += sd * normals_[n];
  }

  void look_for_humps(std::size_t t) {
    const auto inputs = static_cast<std::size_t>(session_.inputs);
    for (std::size_t k = 0; k < static_cast<std::size_t>(session_.offers); ++k) {
      const double* mu = &session_.x[t * cloud_.stimuli() + k * inputs];
      for (std::size_t j = 0; j < neurons_; ++j) {
        cloud_.drive(j, mu, drive_.data());
        const double found = bimodality_coefficient(drive_, weight_, kSmallestDrive);
        if (found <= summary_.bimodality) continue;
        summary_.bimodality = found;
        summary_.bimodality_step = t;
      }
    }
  }

  // What each particle sees at step t.
  void see(std::size_t t) {
    const std::size_t rows = cloud_.stimuli();
    for (std::size_t n = 0; n < rows; ++n)
      std::fill_n(cloud_.seen().begin() + offset(n), cloud_.width(), session_.x[t * rows + n]);
    for (std::size_t p = 0; p < count_; ++p)
      add_noise(noise_, {.step = t, .replicate = p}, options_.noise_sd, p, cloud_.seen());
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
    cloud_.level(weight_);
    return true;
  }

  // Every particle becomes its parent after the weight change of step t.
  void learn(std::size_t t) {
    cloud_.learn(t, parent_);
    for (std::size_t p = 0; p < count_; ++p)
      add_noise(walk_, {.step = t, .replicate = p}, options_.walk_sd, p, cloud_.weights());
    cloud_.hold();
  }

  void summarise_weights() {
    const auto rows = static_cast<Eigen::Index>(cloud_.synapses());
    const auto columns = static_cast<Eigen::Index>(cloud_.width());
    const Eigen::Map<const Matrix> w(cloud_.weights().data(), rows, columns);
    const Eigen::Map<const Vector> weight(weight_.data(), columns);
    summary_.mean = w * weight;
    const Matrix deviation = w.colwise() - summary_.mean;
    summary_.covariance = deviation * weight.asDiagonal() * deviation.transpose();
    summary_.held = cloud_.held();
  }

  const EncodedSession& session_;
  const ParticleOptions& options_;
  std::size_t count_;
  ParticleCloud cloud_;
  std::size_t neurons_;
  RandomStream noise_, walk_, resampling_;

  std::vector<double> drive_;        // width
  std::vector<double> weight_;       // width: sum 1
  std::vector<std::size_t> parent_;  // width
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
