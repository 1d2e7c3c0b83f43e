#include "synfer/replay/particle_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <numeric>
#include <type_traits>

#include "synfer/base/error.h"
#include "synfer/base/random.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/belief.h"
#include "synfer/replay/bimodality.h"
#include "synfer/replay/kernels/columns.h"

namespace synfer {
namespace {

constexpr double kSmallestSum = 1e-250;  // of likelihoods, below which they are summed by their logarithms
constexpr double kSmallestDrive = 1e-3;  // sd of a drive below which humps cannot move a choice

// Particles are a multiple of eight, the last few of weight 0, so that eight are taken at once.
class Particles {
 public:
  Particles(const Model& model, std::span<const double> theta, const EncodedSession& session,
            const Matrix& initial, const ParticleOptions& options, const LogitOffsets& offsets)
      : model_(model),
        rule_(model.rule.lanes(theta)),
        session_(session),
        options_(options),
        reach_(reach_of(session)),
        offsets_(offsets),
        count_(static_cast<std::size_t>(options.particles)),
        width_(kLanes * blocks_of(count_)),
        inputs_(static_cast<std::size_t>(session.inputs)),
        neurons_(static_cast<std::size_t>(model.network.neurons)),
        offers_(static_cast<std::size_t>(session.offers)),
        synapses_(inputs_ * neurons_),
        noise_(stream("particles: stimulus noise")),
        walk_(stream("particles: random walk")),
        resampling_(stream("particles: resampling")),
        w_(synapses_ * width_),
        w_next_(w_.size()),
        x_(offers_ * inputs_ * width_),
        y_(offers_ * neurons_ * width_),
        logits_(offers_ * width_),
        drive_(width_),
        likelihood_(width_),
        weight_(width_),
        parent_(width_) {
    const RandomStream initial_weights = stream("particles: initial weights");
    for (std::size_t n = 0; n < synapses_; ++n) std::fill_n(&w_[n * width_], width_, initial.data()[n]);
    for (std::size_t p = 0; p < count_; ++p) {
      add_noise(initial_weights, {.replicate = p}, options_.initial_sd, synapses_, p, w_);
    }
    level_weights();
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

  void level_weights() {
    std::ranges::fill(weight_, 0.0);
    std::fill_n(weight_.begin(), count_, 1.0 / static_cast<double>(count_));
  }

  // To `rows` numbers of one particle, width_ apart.
  void add_noise(const RandomStream& draws, DrawAt at, double sd, std::size_t rows, std::size_t particle,
                 std::vector<double>& to) {
    if (sd == 0.0) return;
    normals_.resize(rows);
    draws.normals(at, rows, normals_.data());
    for (std::size_t n = 0; n < rows; ++n) to[n * width_ + particle] += sd * normals_[n];
  }

  // z of neuron j in every particle. x(i): the number, or the row of numbers, that input i has.
  template <typename X>
  void drive(std::size_t j, double* z, X&& x) const {
    std::fill_n(z, width_, 0.0);
    for (std::size_t i = 0; i < inputs_; ++i) {
      const double* w = &w_[(i * neurons_ + j) * width_];
      const auto x_i = x(i);
      for (std::size_t p = 0; p < width_; ++p) {
        if constexpr (std::is_same_v<decltype(x_i), const double>) {
          z[p] += x_i * w[p];
        } else {
          z[p] += x_i[p] * w[p];
        }
      }
    }
  }

  void look_for_humps(std::size_t t) {
    for (std::size_t k = 0; k < offers_; ++k) {
      const double* mu = &session_.x[(t * offers_ + k) * inputs_];
      for (std::size_t j = 0; j < neurons_; ++j) {
        drive(j, drive_.data(), [mu](std::size_t i) -> double { return mu[i]; });
        const double found = bimodality_coefficient(drive_, weight_, kSmallestDrive);
        if (found <= summary_.bimodality) continue;
        summary_.bimodality = found;
        summary_.bimodality_step = t;
      }
    }
  }

  // What each particle sees at step t, and how its network responds.
  void see(std::size_t t) {
    const std::size_t rows = offers_ * inputs_;
    for (std::size_t n = 0; n < rows; ++n) std::fill_n(&x_[n * width_], width_, session_.x[t * rows + n]);
    for (std::size_t p = 0; p < count_; ++p) {
      add_noise(noise_, {.step = t, .replicate = p}, options_.noise_sd, rows, p, x_);
    }
    for (std::size_t k = 0; k < offers_; ++k) {
      const double* x = &x_[k * inputs_ * width_];
      for (std::size_t j = 0; j < neurons_; ++j) {
        drive(j, &y_[(k * neurons_ + j) * width_],
              [this, x](std::size_t i) -> const double* { return x + i * width_; });
      }
    }
    kernels::activate(model_.network.activation, y_);
    const LogitOffset offset = offsets_.at(t, offers_, 0);
    for (std::size_t k = 0; k < offers_; ++k) {
      double* logit = &logits_[k * width_];
      std::fill_n(logit, width_, offset.value.empty() ? 0.0 : offset.value[k]);
      for (std::size_t j = 0; j < neurons_; ++j) {
        const double* y = &y_[(k * neurons_ + j) * width_];
        for (std::size_t p = 0; p < width_; ++p) logit[p] += model_.network.readout[j] * y[p];
      }
    }
  }

  // log p(choice) of one particle.
  [[nodiscard]] double log_likelihood_of(std::size_t p, int choice) {
    one_logit_.resize(offers_);
    for (std::size_t k = 0; k < offers_; ++k) one_logit_[k] = logits_[k * width_ + p];
    return log_choice(one_logit_, choice);
  }

  void check_logits(std::size_t t) const {
    const bool finite = std::ranges::all_of(logits_, [](double logit) { return std::isfinite(logit); });
    if (finite) return;
    throw NonFiniteError(session_.animal, session_.name, t, model_.rule.parameter_names().front(),
                         "logit of a particle");
  }

  // Weights every particle by the choice of step t, whose log probability it returns.
  double weigh(std::size_t t) {
    const int choice = session_.free_choice(t);
    if (choice == kNoChoice) return 0.0;
    check_logits(t);
    if (offers_ == 1) {
      for (std::size_t p = 0; p < width_; ++p) likelihood_[p] = choice == 1 ? logits_[p] : -logits_[p];
      kernels::activate({Activation::Kind::kSigmoid}, likelihood_);
    } else {
      for (std::size_t p = 0; p < count_; ++p) likelihood_[p] = std::exp(log_likelihood_of(p, choice));
    }
    double shift = 0.0;  // in nats
    if (!(std::inner_product(weight_.begin(), weight_.end(), likelihood_.begin(), 0.0) > kSmallestSum)) {
      // No particle would have chosen so: their likelihoods relative to one another.
      shift = -std::numeric_limits<double>::infinity();
      for (std::size_t p = 0; p < count_; ++p) {
        likelihood_[p] = log_likelihood_of(p, choice);
        if (weight_[p] > 0) shift = std::max(shift, likelihood_[p]);
      }
      for (std::size_t p = 0; p < count_; ++p) likelihood_[p] = std::exp(likelihood_[p] - shift);
    }
    for (std::size_t p = 0; p < count_; ++p) weight_[p] *= likelihood_[p];
    const double sum = std::accumulate(weight_.begin(), weight_.end(), 0.0);
    for (double& weight : weight_) weight /= sum;
    return shift + std::log(sum);
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
    level_weights();
    return true;
  }

  // Every particle becomes its parent after the weight change of step t.
  void learn(std::size_t t) {
    const std::size_t learned = session_.learned_offer(t);
    const auto gather = [this](const double* row, std::size_t first, Lanes& to) {
      for (std::size_t l = 0; l < kLanes; ++l) to.lane[l] = row[parent_[first + l]];
    };
    SynapseLanes at;
    at.r.lane.fill(session_.r[t]);
    at.learns.lane.fill(1.0);
    Lanes g;
    for (std::size_t i = 0; i < inputs_; ++i) {
      for (std::size_t j = 0; j < neurons_; ++j) {
        const std::size_t row = (i * neurons_ + j) * width_;
        for (std::size_t p = 0; p < width_; p += kLanes) {
          gather(&x_[(learned * inputs_ + i) * width_], p, at.x);
          gather(&y_[(learned * neurons_ + j) * width_], p, at.y);
          gather(&w_[row], p, at.w);
          rule_->change(at, g);
          for (std::size_t l = 0; l < kLanes; ++l)
            w_next_[row + p + l] = at.w.lane[l] + model_.network.eta * g.lane[l];
        }
      }
    }
    for (std::size_t p = 0; p < count_; ++p) {
      add_noise(walk_, {.step = t, .replicate = p}, options_.walk_sd, synapses_, p, w_next_);
    }
    for (double& w : w_next_) {
      if (std::abs(w) <= reach_) continue;
      w = std::clamp(w, -reach_, reach_);
      summary_.held = true;
    }
    std::swap(w_, w_next_);
  }

  void copy_parents() {
    for (std::size_t n = 0; n < synapses_; ++n) {
      const double* row = &w_[n * width_];
      for (std::size_t p = 0; p < width_; ++p) w_next_[n * width_ + p] = row[parent_[p]];
    }
    std::swap(w_, w_next_);
  }

  void summarise_weights() {
    const auto rows = static_cast<Eigen::Index>(synapses_);
    const auto columns = static_cast<Eigen::Index>(width_);
    const Eigen::Map<const Matrix> w(w_.data(), rows, columns);
    const Eigen::Map<const Vector> weight(weight_.data(), columns);
    summary_.mean = w * weight;
    const Matrix deviation = w.colwise() - summary_.mean;
    summary_.covariance = deviation * weight.asDiagonal() * deviation.transpose();
  }

  const Model& model_;
  std::unique_ptr<LaneRule> rule_;
  const EncodedSession& session_;
  const ParticleOptions& options_;
  double reach_;  // weights beyond are held: nothing there tells rules apart
  const LogitOffsets& offsets_;
  std::size_t count_, width_, inputs_, neurons_, offers_, synapses_;
  RandomStream noise_, walk_, resampling_;

  std::vector<double> w_, w_next_;   // N x M x width
  std::vector<double> x_;            // K x N x width, as seen
  std::vector<double> y_;            // K x M x width
  std::vector<double> logits_;       // K x width
  std::vector<double> drive_;        // width
  std::vector<double> likelihood_;   // width: of the latest choice
  std::vector<double> weight_;       // width: sum 1
  std::vector<std::size_t> parent_;  // width
  std::vector<double> normals_, one_logit_;
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
