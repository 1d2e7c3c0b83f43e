// A choice among three offers or more, averaged over the noise of each: E[softmax(L_1(t_1), ..., L_K(t_K))],
// t ~ N(0, I), L_k along the line on which offer k's own noise moves its logit. Cubature of degree 5
// with 2 K^2 + 1 points; source: Stroud, Approximate Calculation of Multiple Integrals (1971),
// E_n^r2 5-2. The belief does not move: no filter is known for it.

#include <algorithm>
#include <cmath>

#include "synfer/model/likelihood.h"
#include "synfer/replay/belief.h"

namespace synfer {
namespace {

constexpr std::size_t kCentre = 0;  // places of an offer: its mean, +-a alone, +-b together with another
constexpr std::size_t kPlaces = 5;

struct Point {
  double weight;
  std::vector<std::size_t> place;  // K
};

std::vector<Point> cubature(std::size_t offers) {
  const auto k = static_cast<double>(offers);
  std::vector<Point> points = {{2.0 / (k + 2.0), std::vector<std::size_t>(offers, kCentre)}};
  for (std::size_t i = 0; i < offers; ++i) {
    for (const std::size_t at : {1, 2}) {
      Point alone{(4.0 - k) / (2.0 * (k + 2.0) * (k + 2.0)), std::vector<std::size_t>(offers, kCentre)};
      alone.place[i] = at;
      points.push_back(std::move(alone));
    }
    for (std::size_t j = i + 1; j < offers; ++j) {
      for (const std::size_t at_i : {3, 4}) {
        for (const std::size_t at_j : {3, 4}) {
          Point together{1.0 / ((k + 2.0) * (k + 2.0)), std::vector<std::size_t>(offers, kCentre)};
          together.place[i] = at_i;
          together.place[j] = at_j;
          points.push_back(std::move(together));
        }
      }
    }
  }
  return points;
}

}  // namespace

double Belief::observe_averaged_offers(int choice, const LogitOffset& offset) {
  const auto k_count = static_cast<double>(offers_);
  const double a = std::sqrt(k_count + 2.0);
  const double b = std::sqrt((k_count + 2.0) / 2.0);
  node_at_ = {0.0, a, -a, b, -b};  // by place
  along_line_ = true;
  const Activation& f = model_.network.activation;
  const auto& readout = model_.network.readout;

  // L_k at each place: z moves by t c1, c1_kj = sum_i v_ki m_ij, v_k = noise_sd b_k / |b_k|.
  std::vector<std::array<double, kPlaces>> logit(offers_);
  norm_.assign(offers_, 0.0);
  slope_at_node_.assign(kPlaces * offers_ * neurons_, 0.0);
  for (std::size_t k = 0; k < offers_; ++k) {
    double squares = 0.0;
    for (std::size_t i = 0; i < inputs_; ++i) {
      double& of = b_[k * inputs_ + i];
      of = 0.0;
      for (std::size_t j = 0; j < neurons_; ++j)
        of += readout[j] * y1_[k * neurons_ + j] * m_.data()[ij(i, j)];
      squares += of * of;
    }
    norm_[k] = std::sqrt(squares);
    for (std::size_t i = 0; i < inputs_; ++i) {
      v_[k * inputs_ + i] = norm_[k] > 0 ? options_.noise_sd * b_[k * inputs_ + i] / norm_[k] : 0.0;
    }
    for (std::size_t j = 0; j < neurons_; ++j) {
      double& c1 = c1_[k * neurons_ + j];
      c1 = 0.0;
      for (std::size_t i = 0; i < inputs_; ++i) c1 += v_[k * inputs_ + i] * m_.data()[ij(i, j)];
    }
    for (std::size_t n = 0; n < kPlaces; ++n) {
      logit[k][n] = offset_of(offset, k);
      for (std::size_t j = 0; j < neurons_; ++j) {
        const std::size_t kj = k * neurons_ + j;
        const double z = z_[kj] + node_at_[n] * c1_[kj];
        const double y = f.value(z);
        logit[k][n] += readout[j] * y;
        slope_at_node_[n * offers_ * neurons_ + kj] = readout[j] * f.slope(z, y);
      }
    }
  }

  // p_c = sum over points of w softmax_c, and its slope in every L_k at every place.
  p_choice_.assign(offers_, 0.0);
  by_logit_.assign(offers_ * offers_ * kPlaces, 0.0);
  std::vector<double> at(offers_);
  std::vector<double> softmax(offers_);
  for (const Point& point : cubature(offers_)) {
    for (std::size_t k = 0; k < offers_; ++k) at[k] = logit[k][point.place[k]];
    for (std::size_t k = 0; k < offers_; ++k) softmax[k] = std::exp(log_softmax(at, static_cast<int>(k)));
    for (std::size_t c = 0; c < offers_; ++c) {
      p_choice_[c] += point.weight * softmax[c];
      for (std::size_t k = 0; k < offers_; ++k) {
        by_logit_[(c * offers_ + k) * kPlaces + point.place[k]] +=
            point.weight * softmax[c] * ((c == k ? 1.0 : 0.0) - softmax[k]);
      }
    }
  }
  for (double& of : p_choice_) of = std::max(of, 1e-300);
  const double p = p_choice_[static_cast<std::size_t>(choice)];
  if (lanes_.count == 0) return std::log(p);
  averaged_offers_slopes(offset);
  d_log_p_ = rows_.col(choice) / p;
  for (std::size_t c = 0; c < offers_; ++c) rows_.col(index(c)) /= std::sqrt(p_choice_[c]);
  return std::log(p);
}

// The slopes of every choice's probability, in rows_.
void Belief::averaged_offers_slopes(const LogitOffset& offset) {
  const auto& readout = model_.network.readout;
  rows_.setZero(rows_.rows(), index(offers_));
  Eigen::ArrayXd dc1(index(lanes_.count));
  for (std::size_t k = 0; k < offers_; ++k) {
    // forward: v_k = noise_sd b_k / |b_k|, so that c1_kj = noise_sd (b_k . m_j) / |b_k|
    for (std::size_t i = 0; i < inputs_; ++i) {
      auto db = db_.col(index(k * inputs_ + i));
      db.setZero();
      for (std::size_t j = 0; j < neurons_; ++j) {
        const std::size_t kj = k * neurons_ + j;
        db += (readout[j] * y2_[kj] * m_.data()[ij(i, j)]) * dz_.col(index(kj)) +
              (readout[j] * y1_[kj]) * dm_.col(index(ij(i, j)));
      }
    }
    d_sd_.setZero();
    for (std::size_t i = 0; i < inputs_ && norm_[k] > 0; ++i) {
      d_sd_ += (b_[k * inputs_ + i] / norm_[k]) * db_.col(index(k * inputs_ + i));
    }
    for (std::size_t j = 0; j < neurons_; ++j) {
      const std::size_t kj = k * neurons_ + j;
      dc1.setZero();
      if (norm_[k] > 0) {
        for (std::size_t i = 0; i < inputs_; ++i) {
          const std::size_t ki = k * inputs_ + i;
          dc1 += v_[ki] * dm_.col(index(ij(i, j)));
          dc1 += (m_.data()[ij(i, j)] / norm_[k]) * (options_.noise_sd * db_.col(index(ki)) - v_[ki] * d_sd_);
        }
        if (lanes_.noise_sd >= 0) dc1[lanes_.noise_sd] += c1_[kj];
      }
      for (std::size_t c = 0; c < offers_; ++c) {
        double by_z = 0.0;
        double by_c1 = 0.0;
        for (std::size_t n = 0; n < kPlaces; ++n) {
          const double slope =
              by_logit_[(c * offers_ + k) * kPlaces + n] * slope_at_node_[n * offers_ * neurons_ + kj];
          by_z += slope;
          by_c1 += slope * node_at_[n];
        }
        rows_.col(index(c)) += by_z * dz_.col(index(kj)) + by_c1 * dc1;
      }
    }
    for (std::size_t c = 0; c < offers_; ++c) {
      double by_offset = 0.0;
      for (std::size_t n = 0; n < kPlaces; ++n) by_offset += by_logit_[(c * offers_ + k) * kPlaces + n];
      d_logit_.setZero();
      add_offset_slopes(offset, k, by_offset, d_logit_);
      rows_.col(index(c)) += d_logit_;
    }
  }
}

}  // namespace synfer
