// The weight change of a belief: its mean through the rule, its covariance through the slopes of that.

#include <algorithm>
#include <cmath>

#include "synfer/replay/belief.h"
#include "synfer/replay/kernels/second_order-inl.h"

namespace synfer {
namespace {

// What follows is written for any shape and compiled for the plain one besides.

// P' = F P F' + G E G' + F C G' + G C' F', with E = D + kappa v v' and C = kappa u v' of the learned
// offer: F P F' + noise_sd^2 G G' + kappa (F u (G v)' + G v (F u)' + G v (G v)'); and the random walk.
[[gnu::always_inline]] inline void change_covariance(const BeliefShape s, BeliefValues& now) {
  const double* x = now.xh.data();
  const double* phi = now.phi.data();
  const double* gamma = now.gamma.data();
  const double* g = now.g.data();
  const double* u = now.u.data();
  const double* v = now.v.data() + now.learned * s.inputs;
  double* p = now.p.data();
  double* fp = now.fp.data();
  double* fu = now.fu.data();
  double* gv = now.gv.data();
  for (std::size_t first = 0; first < s.modes; first += s.inputs) {
    // Row d of F p is phi p_d + gamma (x' p_g).
    for (std::size_t e = 0; e < s.modes; ++e) {
      double along_x = 0.0;
      for (std::size_t i = 0; i < s.inputs; ++i) along_x += x[i] * p[(first + i) * s.modes + e];
      for (std::size_t d = first; d < first + s.inputs; ++d) {
        fp[d * s.modes + e] = phi[d] * p[d * s.modes + e] + gamma[d] * along_x;
      }
    }
    if (!now.moved) continue;
    double along_x = 0.0;
    for (std::size_t i = 0; i < s.inputs; ++i) along_x += x[i] * u[first + i];
    for (std::size_t d = first; d < first + s.inputs; ++d) {
      fu[d] = phi[d] * u[d] + gamma[d] * along_x;
      gv[d] = 0.0;
      for (std::size_t i = 0; i < s.inputs; ++i) gv[d] += g[d * s.inputs + i] * v[i];
    }
  }
  for (std::size_t d = 0; d < s.modes; ++d) {
    for (std::size_t e = d; e < s.modes; ++e) {
      const double* row = fp + d * s.modes;
      const std::size_t first = e - e % s.inputs;
      double along_x = 0.0;
      double squares = 0.0;
      for (std::size_t i = 0; i < s.inputs; ++i) {
        along_x += x[i] * row[first + i];
        squares += g[d * s.inputs + i] * g[e * s.inputs + i];
      }
      double sum = phi[e] * row[e] + gamma[e] * along_x + now.noise_variance * squares;
      if (now.moved) sum += now.kappa * (fu[d] * gv[e] + gv[d] * fu[e] + gv[d] * gv[e]);
      if (d == e) sum += now.walk_variance;
      p[d * s.modes + e] = p[e * s.modes + d] = sum;
    }
  }
}

}  // namespace

void Belief::advance(std::size_t learned, double r) {
  now_.learned = learned;
  if (now_.many.rank > 0) {
    advance_many(r);
    hold_within_reach();
    return;
  }
  // Given the choice, the noise of the offer has mean alpha v: x is believed to have been mu + alpha v.
  const double alpha = now_.moved ? now_.alpha : 0.0;
  for (std::size_t i = 0; i < now_.inputs; ++i) {
    const std::size_t ki = learned * now_.inputs + i;
    now_.xh[i] = now_.x[ki] + (now_.moved ? alpha * now_.v[ki] : 0.0);
  }
  change_weights(r);
  if (filtered()) {
    change_covariance();
    if (now_.apart > 0.0) change_covariance_apart();
    if (lanes_.count > 0) kernels::change_covariance(now_, d_);
  }
  hold_within_reach();
}

void Belief::keep_slopes() {
  sloped_ = kept_ = true;
  theta_slopes_.assign(now_.inputs * now_.neurons * 4 * blocks_of(theta_.size()), {});
}

Lanes* Belief::theta_lanes(std::size_t i, std::size_t j) {
  return theta_slopes_.data() + (kept_ ? now_.ij(i, j) : i) * 4 * blocks_of(theta_.size());
}

ThetaSlopes Belief::theta_slopes(std::size_t i, std::size_t j) {
  Lanes* of = theta_lanes(i, j);
  const auto next = [&] {
    const std::span<double> slopes(of->lane.data(), theta_.size());
    of += blocks_of(theta_.size());
    return slopes;
  };
  const std::span<double> g = next();
  const std::span<double> by_x = next();
  const std::span<double> by_y = next();
  return {g, by_x, by_y, next()};
}

// m' = m + eta g(x, y(m, x), m, r), with y at the believed x; and what F = dw'/dw = diag(phi) + gamma x'
// and G = dw'/dx = diag(psi) + mean_j gamma_j m_j' are made of, averaged over the neurons of a group.
void Belief::change_weights(double r) {
  const Activation& f = model_.network.activation;
  const double eta = model_.network.eta;
  for (auto* v : {&now_.phi, &now_.gamma, &now_.psi}) std::ranges::fill(*v, 0.0);
  now_.g.setZero();
  if (lanes_.count > 0) kernels::begin_change(now_, d_);
  double* m = now_.m.data();
  const double* x = now_.xh.data();
  const std::size_t inputs = now_.inputs;
  for (std::size_t j = 0; j < now_.neurons; ++j) {
    double z = 0.0;
    for (std::size_t i = 0; i < inputs; ++i) z += x[i] * m[now_.ij(i, j)];
    const double y = f.value(z);
    const double y1 = f.slope(z, y);
    const double y2 = f.curvature(z, y);
    const double share = now_.share[j];
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t ij = now_.ij(i, j);
      const Synapse at{x[i], y, m[ij], r};
      SecondSlopes& s = now_.g_slopes[ij];
      if (filtered()) {
        s = sloped_ ? model_.rule.second_slopes(at, theta_, theta_slopes(i, j))
                    : model_.rule.second_slopes(at, theta_);
        const std::size_t d = now_.gi(j, i);
        now_.phi[d] += share * (1.0 + eta * s.w);
        now_.psi[d] += share * eta * s.x;
        now_.gamma_ij[ij] = eta * s.y * y1;
        now_.gamma[d] += share * now_.gamma_ij[ij];
      } else if (sloped_) {
        const Slopes first = model_.rule.slopes(at, theta_, theta_slopes(i, j).g);
        s.x = first.x;
        s.y = first.y;
        s.w = first.w;
      }
      now_.mean_slopes[ij] = {s.x, s.y, s.w};
    }
    if (now_.above_mean) find_mean_above(j, y, y1, y2, r);
    // The mean moves last: F and G are taken at the weights before the change.
    for (std::size_t i = 0; i < inputs && filtered(); ++i) {
      double* g = now_.g.data() + now_.gi(j, i) * inputs;
      const double of_gamma = share * now_.gamma_ij[now_.ij(i, j)];
      for (std::size_t k = 0; k < inputs; ++k) g[k] += of_gamma * m[now_.ij(k, j)];
    }
    if (lanes_.count > 0) kernels::change_weights(now_, j, {y1, y2, f.third(z, y)}, theta_lanes(0, j), d_);
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t ij = now_.ij(i, j);
      const double above = now_.above_mean ? mean_above(now_.g_slopes[ij], now_.spread[ij]) : 0.0;
      m[ij] += eta * (model_.rule.change({x[i], y, m[ij], r}, theta_) + above);
    }
  }
  for (std::size_t d = 0; d < now_.modes; ++d) now_.g(index(d), index(d % now_.inputs)) += now_.psi[d];
}

void Belief::find_mean_above(std::size_t j, double y, double y1, double y2, double r) {
  const HWY_NAMESPACE::ValuesOfStep<BeliefValues> step{now_, now_, y1, y2};
  const auto neuron = HWY_NAMESPACE::neuron_spread(now_, step, j);
  for (std::size_t i = 0; i < now_.inputs; ++i) {
    const std::size_t ij = now_.ij(i, j);
    HWY_NAMESPACE::synapse_spread(now_, step, neuron, i, j, now_.spread[ij]);
    if (!sloped_) continue;
    const Slopes above = model_.rule.spread_slopes({now_.xh[i], y, now_.m.data()[ij], r}, now_.spread[ij],
                                                   theta_, theta_slopes(i, j).g);
    Slopes& mean = now_.mean_slopes[ij];
    mean = {mean.x + above.x, mean.y + above.y, mean.w + above.w};
  }
}

// R' = F R F' + apart walk_sd^2 I.
void Belief::change_covariance_apart() {
  const Eigen::Map<const Vector> phi(now_.phi.data(), index(now_.inputs));
  const Eigen::Map<const Vector> gamma(now_.gamma.data(), index(now_.inputs));
  const Eigen::Map<const Vector> x(now_.xh.data(), index(now_.inputs));
  now_.fr = phi.asDiagonal() * now_.r;
  now_.fr += gamma * (x.transpose() * now_.r);
  now_.r = now_.fr * phi.asDiagonal();
  now_.r += (now_.fr * x) * gamma.transpose();
  now_.r.diagonal().array() += now_.apart * now_.walk_variance;
}

void Belief::change_covariance() {
  now_ == kPlainShape ? synfer::change_covariance(kPlainShape, now_) : synfer::change_covariance(now_, now_);
}

void Belief::hold_within_reach() {
  held_at_.clear();
  for (std::size_t i = 0; i < now_.inputs; ++i) {
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      double& m = now_.m.data()[now_.ij(i, j)];
      const bool far = std::abs(m) > now_.reach;
      const bool vague =
          now_.modes > 0 && now_.p(index(now_.gi(j, i)), index(now_.gi(j, i))) > now_.reach * now_.reach;
      if (!far && !vague) continue;
      if (far) m = std::copysign(now_.reach, m);
      held_ = true;
      held_at_.push_back(now_.ij(i, j));
      if (lanes_.count > 0) d_.m.clear(now_.ij(i, j));
      if (now_.modes == 0) continue;
      const std::size_t d = now_.gi(j, i);
      for (std::size_t e = 0; e < now_.modes; ++e) {
        now_.p(index(d), index(e)) = now_.p(index(e), index(d)) = 0.0;
        if (lanes_.count == 0) continue;
        d_.p.clear(d * now_.modes + e);
        d_.p.clear(e * now_.modes + d);
      }
      if (now_.apart == 0.0) continue;
      now_.r.row(index(d)).setZero();
      now_.r.col(index(d)).setZero();
      for (std::size_t e = 0; e < now_.modes && lanes_.count > 0; ++e) {
        d_.r.clear(d * now_.modes + e);
        d_.r.clear(e * now_.modes + d);
      }
    }
  }
}

}  // namespace synfer
