#include "synfer/replay/particle_cloud.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <type_traits>

#include "synfer/base/error.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/belief.h"
#include "synfer/replay/kernels/columns.h"

namespace synfer {
namespace {

constexpr double kSmallestSum = 1e-250;  // of likelihoods, below which they are summed by their logarithms

}  // namespace

ParticleCloud::ParticleCloud(const Model& model, std::span<const double> theta, const EncodedSession& session,
                             const LogitOffsets& offsets, std::size_t count)
    : model_(model),
      rule_(model.rule.lanes(theta)),
      session_(session),
      offsets_(offsets),
      reach_(reach_of(session)),
      count_(count),
      width_(kLanes * blocks_of(count)),
      inputs_(static_cast<std::size_t>(session.inputs)),
      neurons_(static_cast<std::size_t>(model.network.neurons)),
      offers_(static_cast<std::size_t>(session.offers)),
      w_(synapses() * width_),
      w_next_(w_.size()),
      x_(stimuli() * width_),
      y_(offers_ * neurons_ * width_),
      logits_(offers_ * width_),
      likelihood_(width_),
      one_logit_(offers_) {}

void ParticleCloud::level(std::span<double> weight) const {
  std::ranges::fill(weight, 0.0);
  std::fill_n(weight.begin(), count_, 1.0 / static_cast<double>(count_));
}

// x(i): the number, or the row of numbers, that input i has.
template <typename X>
void ParticleCloud::drive_by(std::size_t j, double* z, X&& x) const {
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

void ParticleCloud::drive(std::size_t j, const double* mu, double* z) const {
  drive_by(j, z, [mu](std::size_t i) -> double { return mu[i]; });
}

void ParticleCloud::respond(std::size_t t) {
  for (std::size_t k = 0; k < offers_; ++k) {
    const double* x = &x_[k * inputs_ * width_];
    for (std::size_t j = 0; j < neurons_; ++j) {
      drive_by(j, &y_[(k * neurons_ + j) * width_],
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

double ParticleCloud::log_likelihood_of(std::size_t p, int choice) {
  for (std::size_t k = 0; k < offers_; ++k) one_logit_[k] = logits_[k * width_ + p];
  return log_choice(one_logit_, choice);
}

void ParticleCloud::check_logits(std::size_t t) const {
  const bool finite = std::ranges::all_of(logits_, [](double logit) { return std::isfinite(logit); });
  if (finite) return;
  throw NonFiniteError(session_.animal, session_.name, t, model_.rule.parameter_names().front(),
                       "logit of a particle");
}

double ParticleCloud::weigh(std::size_t t, std::span<double> weight) {
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
  if (!(std::inner_product(weight.begin(), weight.end(), likelihood_.begin(), 0.0) > kSmallestSum)) {
    // No particle would have chosen so: their likelihoods relative to one another.
    shift = -std::numeric_limits<double>::infinity();
    for (std::size_t p = 0; p < count_; ++p) {
      likelihood_[p] = log_likelihood_of(p, choice);
      if (weight[p] > 0) shift = std::max(shift, likelihood_[p]);
    }
    for (std::size_t p = 0; p < count_; ++p) likelihood_[p] = std::exp(likelihood_[p] - shift);
  }
  for (std::size_t p = 0; p < count_; ++p) weight[p] *= likelihood_[p];
  const double sum = std::accumulate(weight.begin(), weight.end(), 0.0);
  for (double& one : weight) one /= sum;
  return shift + std::log(sum);
}

void ParticleCloud::learn(std::size_t t, std::span<const std::size_t> parent) {
  const std::size_t learned = session_.learned_offer(t);
  const auto gather = [parent](const double* row, std::size_t first, Lanes& to) {
    for (std::size_t l = 0; l < kLanes; ++l) to.lane[l] = row[parent[first + l]];
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
  std::swap(w_, w_next_);
}

void ParticleCloud::copy(std::span<const std::size_t> parent) {
  for (std::size_t n = 0; n < synapses(); ++n) {
    const double* row = &w_[n * width_];
    for (std::size_t p = 0; p < width_; ++p) w_next_[n * width_ + p] = row[parent[p]];
  }
  std::swap(w_, w_next_);
}

void ParticleCloud::hold() {
  for (double& w : w_) {
    if (std::abs(w) <= reach_) continue;
    w = std::clamp(w, -reach_, reach_);
    held_ = true;
  }
}

}  // namespace synfer
