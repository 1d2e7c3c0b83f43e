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
  const auto k_count = static_cast<double>(now_.offers);
  const double a = std::sqrt(k_count + 2.0);
  const double b = std::sqrt((k_count + 2.0) / 2.0);
  now_.node_at = {0.0, a, -a, b, -b};  // by place
  now_.along_line = true;
  const Activation& f = model_.network.activation;
  const auto& readout = model_.network.readout;

  // L_k at each place: z moves by t c1, c1_kj = sum_i v_ki m_ij, v_k = noise_sd b_k / |b_k|.
  std::vector<std::array<double, kPlaces>> logit(now_.offers);
  now_.norm.assign(now_.offers, 0.0);
  now_.slope_at_node.assign(kPlaces * now_.offers * now_.neurons, 0.0);
  for (std::size_t k = 0; k < now_.offers; ++k) {
    double squares = 0.0;
    for (std::size_t i = 0; i < now_.inputs; ++i) {
      double& of = now_.b[k * now_.inputs + i];
      of = 0.0;
      for (std::size_t j = 0; j < now_.neurons; ++j)
        of += readout[j] * now_.y1[k * now_.neurons + j] * now_.m.data()[now_.ij(i, j)];
      squares += of * of;
    }
    now_.norm[k] = std::sqrt(squares);
    for (std::size_t i = 0; i < now_.inputs; ++i) {
      now_.v[k * now_.inputs + i] =
          now_.norm[k] > 0 ? options_.noise_sd * now_.b[k * now_.inputs + i] / now_.norm[k] : 0.0;
    }
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      double& c1 = now_.c1[k * now_.neurons + j];
      c1 = 0.0;
      for (std::size_t i = 0; i < now_.inputs; ++i)
        c1 += now_.v[k * now_.inputs + i] * now_.m.data()[now_.ij(i, j)];
    }
    for (std::size_t n = 0; n < kPlaces; ++n) {
      logit[k][n] = offset_of(offset, k);
      for (std::size_t j = 0; j < now_.neurons; ++j) {
        const std::size_t kj = k * now_.neurons + j;
        const double z = now_.z[kj] + now_.node_at[n] * now_.c1[kj];
        const double y = f.value(z);
        logit[k][n] += readout[j] * y;
        now_.slope_at_node[n * now_.offers * now_.neurons + kj] = readout[j] * f.slope(z, y);
      }
    }
  }

  // p_c = sum over points of w softmax_c, and its slope in every L_k at every place.
  now_.p_choice.assign(now_.offers, 0.0);
  now_.by_logit.assign(now_.offers * now_.offers * kPlaces, 0.0);
  std::vector<double> at(now_.offers);
  std::vector<double> softmax(now_.offers);
  for (const Point& point : cubature(now_.offers)) {
    for (std::size_t k = 0; k < now_.offers; ++k) at[k] = logit[k][point.place[k]];
    for (std::size_t k = 0; k < now_.offers; ++k) softmax[k] = std::exp(log_softmax(at, static_cast<int>(k)));
    for (std::size_t c = 0; c < now_.offers; ++c) {
      now_.p_choice[c] += point.weight * softmax[c];
      for (std::size_t k = 0; k < now_.offers; ++k) {
        now_.by_logit[(c * now_.offers + k) * kPlaces + point.place[k]] +=
            point.weight * softmax[c] * ((c == k ? 1.0 : 0.0) - softmax[k]);
      }
    }
  }
  for (double& of : now_.p_choice) of = std::max(of, 1e-300);
  const double p = now_.p_choice[static_cast<std::size_t>(choice)];
  if (lanes_.count == 0) return std::log(p);
  averaged_offers_slopes();
  d_.log_p.combine(0, 0.0, 1.0 / p, d_.rows, static_cast<std::size_t>(choice));
  for (std::size_t c = 0; c < now_.offers; ++c) {
    d_.rows.combine(c, 0.0, 1.0 / std::sqrt(now_.p_choice[c]), d_.rows, c);
  }
  return std::log(p);
}

// The slopes of every choice's probability, in d_.rows.
void Belief::averaged_offers_slopes() {
  const auto& readout = now_.readout;
  d_.rows.clear();
  LaneArray db(lanes_.count, now_.inputs);
  LaneArray d_norm(lanes_.count, 1);
  LaneArray dc1(lanes_.count, 1);
  for (std::size_t k = 0; k < now_.offers; ++k) {
    const double norm = now_.norm[k];
    const double* b = &now_.b[k * now_.inputs];
    const double* v = &now_.v[k * now_.inputs];
    // forward: v_k = noise_sd b_k / |b_k|, so that c1_kj = noise_sd (b_k . m_j) / |b_k|
    db.clear();
    d_norm.clear();
    for (std::size_t i = 0; i < now_.inputs; ++i) {
      for (std::size_t j = 0; j < now_.neurons; ++j) {
        const std::size_t kj = k * now_.neurons + j;
        db.add(i, readout[j] * now_.y2[kj] * now_.m.data()[now_.ij(i, j)], d_.z, kj);
        db.add(i, readout[j] * now_.y1[kj], d_.m, now_.ij(i, j));
      }
      if (norm > 0) d_norm.add(0, b[i] / norm, db, i);
    }
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      const std::size_t kj = k * now_.neurons + j;
      dc1.clear();
      for (std::size_t i = 0; i < now_.inputs && norm > 0; ++i) {
        const double by_v = now_.m.data()[now_.ij(i, j)] / norm;
        dc1.add(0, v[i], d_.m, now_.ij(i, j));
        dc1.add(0, by_v * options_.noise_sd, db, i);
        dc1.add(0, -by_v * v[i], d_norm, 0);
      }
      if (norm > 0) dc1.add(0, now_.c1[kj], d_.log_noise_sd, 0);
      for (std::size_t c = 0; c < now_.offers; ++c) {
        double by_z = 0.0;
        double by_c1 = 0.0;
        for (std::size_t n = 0; n < kPlaces; ++n) {
          const double slope = now_.by_logit[(c * now_.offers + k) * kPlaces + n] *
                               now_.slope_at_node[n * now_.offers * now_.neurons + kj];
          by_z += slope;
          by_c1 += slope * now_.node_at[n];
        }
        d_.rows.add(c, by_z, d_.z, kj);
        d_.rows.add(c, by_c1, dc1, 0);
      }
    }
    for (std::size_t c = 0; c < now_.offers; ++c) {
      double by_offset = 0.0;
      for (std::size_t n = 0; n < kPlaces; ++n) {
        by_offset += now_.by_logit[(c * now_.offers + k) * kPlaces + n];
      }
      d_.rows.add(c, by_offset, d_.offset, k);
    }
  }
}

}  // namespace synfer
