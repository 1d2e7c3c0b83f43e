#include "synfer/replay/belief.h"

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/data/session.h"
#include "synfer/model/likelihood.h"
#include "synfer/replay/gauss_hermite.h"

namespace synfer {
namespace {

using Stimuli = BeliefOptions::Stimuli;

constexpr double kSmallestProbability = 1e-300;
constexpr double kSmallestLogitVariance = 1e-300;

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

LanePlaces::LanePlaces(const BeliefLanes& lanes, std::size_t parameters, std::size_t cells)
    : offsets(lanes.offset), initials(lanes.initial ? cells : 0) {
  std::size_t next = parameters;
  const auto lane = [&](bool wanted) {
    return wanted ? static_cast<Eigen::Index>(next++) : Eigen::Index{-1};
  };
  noise_sd = lane(lanes.noise_sd);
  walk_sd = lane(lanes.walk_sd);
  initial_sd = lane(lanes.initial_sd);
  offset = next;
  initial = offset + offsets;
  count = initial + initials;
}

Belief::Belief(const Model& model, std::span<const double> theta, const Matrix& initial,
               const BeliefOptions& options, const BeliefLanes& lanes, std::size_t offers)
    : model_(model),
      theta_(theta),
      options_(options),
      inputs_(static_cast<std::size_t>(initial.rows())),
      neurons_(static_cast<std::size_t>(initial.cols())),
      offers_(offers),
      groups_(options.covariance == BeliefOptions::Covariance::kDense ? neurons_ : 1),
      modes_(0),
      m_(initial) {
  // Three offers and more: the choice is averaged over the noise, and tells nothing of the weights.
  if (filtered() && offers_ > 2) options_.stimuli = Stimuli::kAveraged;
  if (filtered()) {
    if (!model_.rule.curved()) {
      throw ConfigurationError("stimulus.in_fit",
                               "found filtered, which needs a rule with second slopes; use averaged or mean");
    }
    modes_ = groups_ * inputs_;
  }
  const double size = static_cast<double>(neurons_) / static_cast<double>(groups_);
  for (std::size_t j = 0; j < neurons_; ++j) group_.push_back(groups_ == 1 ? 0 : j);
  share_.assign(neurons_, 1.0 / size);
  const auto d = static_cast<Eigen::Index>(modes_);
  p_ = Matrix::Identity(d, d) * (options_.initial_sd * options_.initial_sd / size);

  const std::size_t kn = offers_ * inputs_;
  const std::size_t km = offers_ * neurons_;
  for (auto* v : {&x_, &b_, &v_}) v->assign(kn, 0.0);
  for (auto* v : {&z_, &y_, &y1_, &y2_, &c1_, &c2_}) v->assign(km, 0.0);
  for (auto* v : {&a_, &pa_, &u_, &phi_, &gamma_, &psi_, &fu_, &gv_}) v->assign(modes_, 0.0);
  logits_.assign(offers_, 0.0);
  xh_.assign(inputs_, 0.0);
  gamma_ij_.assign(inputs_ * neurons_, 0.0);
  g_ = Matrix::Zero(d, static_cast<Eigen::Index>(inputs_));
  g_slopes_.resize(inputs_ * neurons_);
  theta_slopes_.assign(4 * theta_.size(), 0.0);
  if (lanes.any) prepare_slopes(lanes);
}

bool Belief::finite() const {
  return m_.allFinite() && p_.allFinite() && dm_.allFinite() && dp_.allFinite() && all_finite(logits_);
}

void Belief::respond(std::span<const double> x) {
  std::ranges::copy(x, x_.begin());
  const Activation& f = model_.network.activation;
  for (std::size_t k = 0; k < offers_; ++k) {
    logits_[k] = 0.0;
    for (std::size_t j = 0; j < neurons_; ++j) {
      const std::size_t kj = k * neurons_ + j;
      double z = 0.0;
      for (std::size_t i = 0; i < inputs_; ++i) z += x_[k * inputs_ + i] * m_.data()[ij(i, j)];
      z_[kj] = z;
      y_[kj] = f.value(z);
      y1_[kj] = f.slope(z, y_[kj]);
      y2_[kj] = f.curvature(z, y_[kj]);
      logits_[k] += model_.network.readout[j] * y_[kj];
    }
  }
}

double Belief::observe(std::span<const double> x, int choice, const LogitOffset& offset) {
  respond(x);
  if (lanes_.count > 0) respond_slopes();
  moved_ = along_line_ = false;
  if (choice == kNoChoice) return 0.0;
  const bool noisy = options_.stimuli != Stimuli::kKnown;
  if (offers_ > 2)
    return noisy ? observe_averaged_offers(choice, offset) : observe_known_offers(choice, offset);
  if (noisy) {
    find_line();
    if (variance_ > kSmallestLogitVariance) return observe_along_line(choice, offset);
  }
  return observe_known(choice, offset);
}

double Belief::observe_known(int choice, const LogitOffset& offset) {
  double logit = 0.0;
  for (std::size_t k = 0; k < offers_; ++k) logit += sign(k) * (logits_[k] + offset_of(offset, k));
  const double toward = choice == 1 ? 1.0 : -1.0;
  const double log_p = -softplus(-toward * logit);
  if (lanes_.count > 0) {
    const double p = sigmoid(logit);
    d_logit_.setZero();
    for (std::size_t k = 0; k < offers_; ++k) add_logit_slopes(k, sign(k), offset, d_logit_);
    // forward: log p = log sigmoid(toward logit)
    d_log_p_ = (toward * sigmoid(-toward * logit)) * d_logit_;
    rows_.resize(rows_.rows(), 1);
    rows_.col(0) = std::sqrt(p * sigmoid(-logit)) * d_logit_;
  }
  return log_p;
}

double Belief::observe_known_offers(int choice, const LogitOffset& offset) {
  std::vector<double> logits = logits_;
  for (std::size_t k = 0; k < offers_; ++k) logits[k] += offset_of(offset, k);
  const double log_p = log_softmax(logits, choice);
  if (lanes_.count > 0) {
    std::vector<double> p(offers_);
    Eigen::ArrayXd mean = Eigen::ArrayXd::Zero(d_log_p_.size());
    rows_.resize(rows_.rows(), static_cast<Eigen::Index>(offers_));
    for (std::size_t k = 0; k < offers_; ++k) {
      p[k] = std::exp(log_softmax(logits, static_cast<int>(k)));
      d_logit_.setZero();
      add_logit_slopes(k, 1.0, offset, d_logit_);
      rows_.col(static_cast<Eigen::Index>(k)) = d_logit_;
      mean += p[k] * d_logit_;
    }
    // forward: log p_c = logit_c - log sum exp(logit)
    d_log_p_ = rows_.col(choice) - mean;
    for (std::size_t k = 0; k < offers_; ++k) {
      auto row = rows_.col(static_cast<Eigen::Index>(k));
      row = std::sqrt(p[k]) * (row - mean);
    }
  }
  return log_p;
}

// The line on which weights and noise move the logit: a = dL/dw, b = dL/dx, S = a'P a + b'D b,
// (w, x) = (m + t u, mu + t v) with u = P a / sqrt(S), v = D b / sqrt(S).
void Belief::find_line() {
  const double variance = options_.noise_sd * options_.noise_sd;
  std::ranges::fill(a_, 0.0);
  std::ranges::fill(b_, 0.0);
  for (std::size_t k = 0; k < offers_; ++k) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      const double slope = sign(k) * model_.network.readout[j] * y1_[k * neurons_ + j];
      for (std::size_t i = 0; i < inputs_; ++i) {
        if (modes_ > 0) a_[gi(j, i)] += slope * x_[k * inputs_ + i];
        b_[k * inputs_ + i] += slope * m_.data()[ij(i, j)];
      }
    }
  }
  variance_ = 0.0;
  for (std::size_t d = 0; d < modes_; ++d) {
    pa_[d] = 0.0;
    for (std::size_t e = 0; e < modes_; ++e) pa_[d] += p_.data()[d * modes_ + e] * a_[e];
    variance_ += a_[d] * pa_[d];
  }
  for (const double b : b_) variance_ += variance * b * b;
  if (!(variance_ > kSmallestLogitVariance)) return;
  sd_ = std::sqrt(variance_);
  for (std::size_t d = 0; d < modes_; ++d) u_[d] = pa_[d] / sd_;
  for (std::size_t n = 0; n < b_.size(); ++n) v_[n] = variance * b_[n] / sd_;
  // z along the line: (mu + t v)(m + t u) = z + c1 t + c2 t^2
  for (std::size_t k = 0; k < offers_; ++k) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      double c1 = 0.0;
      double c2 = 0.0;
      for (std::size_t i = 0; i < inputs_; ++i) {
        const std::size_t ki = k * inputs_ + i;
        const double u = modes_ > 0 ? u_[gi(j, i)] : 0.0;
        c1 += v_[ki] * m_.data()[ij(i, j)] + x_[ki] * u;
        c2 += v_[ki] * u;
      }
      c1_[k * neurons_ + j] = c1;
      c2_[k * neurons_ + j] = c2;
    }
  }
}

double Belief::observe_along_line(int choice, const LogitOffset& offset) {
  const Activation& f = model_.network.activation;
  const double toward = choice == 1 ? 1.0 : -1.0;
  const std::size_t km = offers_ * neurons_;
  double offset_difference = 0.0;
  for (std::size_t k = 0; k < offers_; ++k) offset_difference += sign(k) * offset_of(offset, k);

  std::array<double, kNodes> p{};
  std::array<double, kNodes> not_p{};
  along_line_ = true;
  if (sloped_) {
    node_at_.assign(kNodeAt.begin(), kNodeAt.end());
    slope_at_node_.resize(kNodes * km);
  }
  for (std::size_t q = 0; q < kNodes; ++q) {
    const double t = kNodeAt[q];
    double logit = offset_difference;
    for (std::size_t kj = 0; kj < km; ++kj) {
      const std::size_t j = kj % neurons_;
      const double reads = sign(kj / neurons_) * model_.network.readout[j];
      const double z = z_[kj] + t * (c1_[kj] + t * c2_[kj]);
      const double y = f.value(z);
      logit += reads * y;
      if (sloped_) slope_at_node_[q * km + kj] = reads * f.slope(z, y);
    }
    // sigmoid(toward logit) and its complement, by one exponential and without cancelling
    const double e = std::exp(-std::abs(logit));
    const double larger = 1.0 / (1.0 + e);
    const double smaller = e * larger;
    const bool likely = toward * logit >= 0;
    p[q] = likely ? larger : smaller;
    not_p[q] = likely ? smaller : larger;
  }
  double z = 0.0;
  double not_z = 0.0;
  first_ = second_ = 0.0;
  for (std::size_t q = 0; q < kNodes; ++q) {
    const double share = kNodeWeight[q] * p[q];
    z += share;
    not_z += kNodeWeight[q] * not_p[q];
    first_ += share * kNodeAt[q];
    second_ += share * kNodeAt[q] * kNodeAt[q];
  }
  z = std::max(z, kSmallestProbability);
  first_ /= z;
  second_ /= z;
  for (std::size_t q = 0; q < kNodes; ++q) h_[q] = kNodeWeight[q] * toward * p[q] * not_p[q] / z;
  if (lanes_.count > 0) {
    line_slopes(offset);
    rows_.resize(rows_.rows(), 1);
    rows_.col(0) = (not_z > 0 ? std::sqrt(z / not_z) : 0.0) * d_log_p_;
  }
  if (filtered()) move(first_, second_ - first_ * first_ - 1.0);
  return std::log(z);
}

// What the choice tells: t has mean alpha and variance 1 + kappa, so m += alpha u, P += kappa u u'.
void Belief::move(double alpha, double kappa) {
  moved_ = true;
  alpha_ = alpha;
  kappa_ = kappa;
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < neurons_; ++j) m_.data()[ij(i, j)] += alpha * u_[gi(j, i)];
  }
  for (std::size_t d = 0; d < modes_; ++d) {
    for (std::size_t e = 0; e < modes_; ++e) p_.data()[d * modes_ + e] += kappa * u_[d] * u_[e];
  }
  if (lanes_.count > 0) move_slopes();
}

}  // namespace synfer
