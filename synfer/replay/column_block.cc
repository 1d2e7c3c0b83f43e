#include "synfer/replay/column_block.h"

#include <algorithm>
#include <cmath>

#include "synfer/replay/non_finite.h"

namespace synfer {
namespace {

bool all_finite(std::span<const double> values) {
  return std::ranges::all_of(values, [](double v) { return std::isfinite(v); });
}

}  // namespace

std::size_t recorded_offer(const EncodedSession& session, std::size_t t) {
  if (session.offers == 1) return 0;
  const int choice = session.choice[t];
  return static_cast<std::size_t>(choice == kNoChoice ? session.offers : choice);
}

ColumnBlock::ColumnBlock(const Model& model, std::span<const double> theta, const EncodedSession& session,
                         const Matrix& initial, std::size_t first, std::size_t width)
    : model_(model),
      theta_(theta),
      session_(session),
      initial_(initial),
      first_(first),
      width_(width),
      inputs_(static_cast<std::size_t>(session.inputs)),
      offers_(static_cast<std::size_t>(session.offers)),
      z_(session.steps() * offers_ * width),
      y_(z_.size()),
      y_bar_(offers_ * width) {
  for (const int neuron : session.recorded_neurons) {
    const auto j = static_cast<std::size_t>(neuron);
    recorded_column_.push_back(j >= first && j < first + width ? j - first : width);
  }
}

std::span<const double> ColumnBlock::x(std::size_t t, std::size_t k) const {
  return std::span(session_.x).subspan((t * offers_ + k) * inputs_, inputs_);
}

std::span<const double> ColumnBlock::y(std::size_t t, std::size_t k) const {
  return std::span(y_).subspan((t * offers_ + k) * width_, width_);
}

std::span<const double> ColumnBlock::weights(std::size_t n) const {
  const std::size_t size = inputs_ * width_;
  return std::span(w_).subspan((kept_ ? n : n % 2) * size, size);
}

bool ColumnBlock::finite() const { return all_finite(weights(changes_)); }

ColumnChange ColumnBlock::change_at(std::size_t t, const double* before) const {
  const std::size_t k = session_.learned_offer(t);
  return {x(t, k), y(t, k), session_.r[t], model_.network.eta, before};
}

void ColumnBlock::forward(bool keep_weights) {
  kept_ = keep_weights;
  changes_ = 0;
  const std::size_t size = inputs_ * width_;
  const auto learned =
      static_cast<std::size_t>(std::ranges::count_if(session_.learns, [](char l) { return l != 0; }));
  w_.resize((kept_ ? learned + 1 : 2) * size);
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < width_; ++j) {
      w_[i * width_ + j] = initial_(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first_ + j));
    }
  }
  for (std::size_t t = 0; t < session_.steps(); ++t) {
    const double* w = weights(changes_).data();
    for (std::size_t k = 0; k < offers_; ++k) {
      double* z = &z_[(t * offers_ + k) * width_];
      const std::span<const double> x_k = x(t, k);
      std::fill_n(z, width_, 0.0);
      for (std::size_t i = 0; i < inputs_; ++i) {
        if (x_k[i] == 0.0) continue;
        for (std::size_t j = 0; j < width_; ++j) z[j] += x_k[i] * w[i * width_ + j];
      }
      double* y_k = &y_[(t * offers_ + k) * width_];
      for (std::size_t j = 0; j < width_; ++j) y_k[j] = model_.network.activation.value(z[j]);
    }
    if (session_.learns[t] == 0) continue;
    double* after = &w_[(kept_ ? changes_ + 1 : (changes_ + 1) % 2) * size];
    model_.rule.change_columns(change_at(t, w), theta_, after);
    ++changes_;
  }
}

void ColumnBlock::add_logits(std::span<double> logits) const {
  const double* b = &model_.network.readout[first_];
  for (std::size_t at = 0; at < logits.size(); ++at) {
    const double* y_k = &y_[at * width_];
    double sum = 0.0;
    for (std::size_t j = 0; j < width_; ++j) sum += b[j] * y_k[j];
    logits[at] += sum;
  }
}

double ColumnBlock::squared_error(std::size_t& recorded) const {
  const std::size_t neurons = recorded_column_.size();
  double sum = 0.0;
  if (neurons == 0) return sum;
  for (std::size_t t = session_.scored_from; t < session_.steps(); ++t) {
    const std::size_t k = recorded_offer(session_, t);
    if (k == offers_) continue;
    for (std::size_t n = 0; n < neurons; ++n) {
      const double recording = session_.recordings[t * neurons + n];
      if (recorded_column_[n] == width_ || std::isnan(recording)) continue;
      const double error = y(t, k)[recorded_column_[n]] - recording;
      sum += error * error;
      ++recorded;
    }
  }
  return sum;
}

void ColumnBlock::backward_through_step(std::size_t t, const double* before,
                                        std::span<const double> logit_bar, double squared_error_bar,
                                        std::span<double> w_bar, std::span<double> theta_bar) {
  std::ranges::fill(y_bar_, 0.0);
  // forward: logit_k = sum_j b_j y_kj
  if (!logit_bar.empty()) {
    for (std::size_t k = 0; k < offers_; ++k) {
      const double bar = logit_bar[t * offers_ + k];
      for (std::size_t j = 0; j < width_; ++j)
        y_bar_[k * width_ + j] = bar * model_.network.readout[first_ + j];
    }
  }
  // forward: squared_error += (y_kj - recording)^2
  const std::size_t neurons = recorded_column_.size();
  const std::size_t recorded = recorded_offer(session_, t);
  if (squared_error_bar != 0.0 && t >= session_.scored_from && recorded != offers_) {
    for (std::size_t n = 0; n < neurons; ++n) {
      const double recording = session_.recordings[t * neurons + n];
      const std::size_t j = recorded_column_[n];
      if (j == width_ || std::isnan(recording)) continue;
      y_bar_[recorded * width_ + j] += squared_error_bar * 2.0 * (y(t, recorded)[j] - recording);
    }
  }
  // forward: W' = W + eta g(x, y, W, r; theta)
  if (session_.learns[t] != 0) {
    const std::span<double> learned_bar(&y_bar_[session_.learned_offer(t) * width_], width_);
    model_.rule.pull_back_columns(change_at(t, before), theta_, w_bar.data(), learned_bar, theta_bar);
  }
  // forward: y_kj = f(z_kj), z_kj = sum_i x_ki W_ij
  for (std::size_t k = 0; k < offers_; ++k) {
    double* z_bar = &y_bar_[k * width_];
    const double* z = &z_[(t * offers_ + k) * width_];
    const double* y_k = &y_[(t * offers_ + k) * width_];
    for (std::size_t j = 0; j < width_; ++j) z_bar[j] *= model_.network.activation.slope(z[j], y_k[j]);
    const std::span<const double> x_k = x(t, k);
    for (std::size_t i = 0; i < inputs_; ++i) {
      if (x_k[i] == 0.0) continue;
      for (std::size_t j = 0; j < width_; ++j) w_bar[i * width_ + j] += x_k[i] * z_bar[j];
    }
  }
}

void ColumnBlock::backward(std::span<const double> logit_bar, double squared_error_bar,
                           std::span<double> theta_bar, double* initial_bar) {
  const std::vector<double> theta_bar_before(theta_bar.begin(), theta_bar.end());
  std::vector<double> w_bar(inputs_ * width_);
  const auto pass = [&](auto&& after_step) {
    std::ranges::fill(w_bar, 0.0);
    std::size_t n = changes_;
    for (std::size_t t = session_.steps(); t-- > 0;) {
      if (session_.learns[t] != 0) --n;
      backward_through_step(t, weights(n).data(), logit_bar, squared_error_bar, w_bar, theta_bar);
      after_step(t);
    }
  };
  pass([](std::size_t) {});
  if (!all_finite(theta_bar) || !all_finite(w_bar)) {
    std::ranges::copy(theta_bar_before, theta_bar.begin());
    pass([&](std::size_t t) { refuse_non_finite_adjoint(model_, session_, t, w_bar, theta_bar); });
  }
  if (initial_bar == nullptr) return;
  const auto neurons = static_cast<std::size_t>(initial_.cols());
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < width_; ++j) initial_bar[i * neurons + first_ + j] += w_bar[i * width_ + j];
  }
}

}  // namespace synfer
