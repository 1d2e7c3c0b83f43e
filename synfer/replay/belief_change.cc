// The weight change of a belief: its mean through the rule, its covariance through the slopes of that.

#include <algorithm>
#include <cmath>

#include "synfer/replay/belief.h"

namespace synfer {
namespace {

// Weights beyond this only saturate: they are held there, and nothing moves with them any more.
constexpr double kReach = 1e8;

}  // namespace

void Belief::advance(std::size_t learned, double r) {
  now_.learned = learned;
  // Given the choice, the noise of the offer has mean alpha v: x is believed to have been mu + alpha v.
  const double alpha = now_.moved ? now_.alpha : 0.0;
  for (std::size_t i = 0; i < now_.inputs; ++i) {
    const std::size_t ki = learned * now_.inputs + i;
    now_.xh[i] = now_.x[ki] + (now_.moved ? alpha * now_.v[ki] : 0.0);
  }
  change_weights(r);
  if (filtered()) {
    change_covariance();
    if (lanes_.count > 0) kernels::change_covariance(now_, d_);
    for (std::size_t d = 0; d < now_.modes; ++d) now_.p.data()[d * now_.modes + d] += now_.walk_variance;
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
  for (std::size_t j = 0; j < now_.neurons; ++j) {
    double z = 0.0;
    for (std::size_t i = 0; i < now_.inputs; ++i) z += now_.xh[i] * now_.m.data()[now_.ij(i, j)];
    const double y = f.value(z);
    const double y1 = f.slope(z, y);
    for (std::size_t i = 0; i < now_.inputs; ++i) {
      double& m = now_.m.data()[now_.ij(i, j)];
      const Synapse at{now_.xh[i], y, m, r};
      const ThetaSlopes by_theta = theta_slopes(i, j);
      SecondSlopes& s = now_.g_slopes[now_.ij(i, j)];
      if (filtered()) {
        s = sloped_ ? model_.rule.second_slopes(at, theta_, by_theta) : model_.rule.second_slopes(at, theta_);
        const double share = now_.share[j];
        const std::size_t d = now_.gi(j, i);
        now_.phi[d] += share * (1.0 + eta * s.w);
        now_.psi[d] += share * eta * s.x;
        now_.gamma_ij[now_.ij(i, j)] = eta * s.y * y1;
        now_.gamma[d] += share * now_.gamma_ij[now_.ij(i, j)];
      } else if (sloped_) {
        const synfer::Slopes first = model_.rule.slopes(at, theta_, by_theta.g);
        s.x = first.x;
        s.y = first.y;
        s.w = first.w;
      }
    }
    // The mean moves last: F and G are taken at the weights before the change.
    if (filtered()) {
      for (std::size_t i = 0; i < now_.inputs; ++i) {
        for (std::size_t k = 0; k < now_.inputs; ++k) {
          now_.g(index(now_.gi(j, i)), index(k)) +=
              now_.share[j] * now_.gamma_ij[now_.ij(i, j)] * now_.m.data()[now_.ij(k, j)];
        }
      }
    }
    if (lanes_.count > 0) kernels::change_weights(now_, j, y1, f.curvature(z, y), theta_lanes(0, j), d_);
    for (std::size_t i = 0; i < now_.inputs; ++i) {
      double& m = now_.m.data()[now_.ij(i, j)];
      m += eta * model_.rule.change({now_.xh[i], y, m, r}, theta_);
    }
  }
  for (std::size_t d = 0; d < now_.modes; ++d) now_.g(index(d), index(d % now_.inputs)) += now_.psi[d];
}

// out = F p: row gi is phi p_gi + gamma (x' p_g).
void Belief::apply_f(const Matrix& p, Matrix& out) const {
  out.resize(p.rows(), p.cols());
  for (std::size_t g = 0; g < now_.groups; ++g) {
    for (Eigen::Index c = 0; c < p.cols(); ++c) {
      double along_x = 0.0;
      for (std::size_t i = 0; i < now_.inputs; ++i) along_x += now_.xh[i] * p(index(g * now_.inputs + i), c);
      for (std::size_t i = 0; i < now_.inputs; ++i) {
        const std::size_t d = g * now_.inputs + i;
        out(index(d), c) = now_.phi[d] * p(index(d), c) + now_.gamma[d] * along_x;
      }
    }
  }
}

// P' = F P F' + G E G' + F C G' + G C' F', with E = D + kappa v v' and C = kappa u v' of the learned
// offer: F P F' + noise_sd^2 G G' + kappa (F u (G v)' + G v (F u)' + G v (G v)').
void Belief::change_covariance() {
  apply_f(now_.p, now_.fp);
  const Matrix transposed = now_.fp.transpose();
  apply_f(transposed, now_.p);
  now_.p += (options_.noise_sd * options_.noise_sd) * now_.g * now_.g.transpose();
  if (now_.moved) {
    const Matrix u = Eigen::Map<const Matrix>(now_.u.data(), index(now_.modes), 1);
    Matrix fu;
    apply_f(u, fu);
    for (std::size_t d = 0; d < now_.modes; ++d) {
      now_.fu[d] = fu(index(d), 0);
      now_.gv[d] = 0.0;
      for (std::size_t i = 0; i < now_.inputs; ++i)
        now_.gv[d] += now_.g(index(d), index(i)) * now_.v[now_.learned * now_.inputs + i];
    }
    for (std::size_t d = 0; d < now_.modes; ++d) {
      for (std::size_t e = 0; e < now_.modes; ++e) {
        now_.p.data()[d * now_.modes + e] +=
            now_.kappa * (now_.fu[d] * now_.gv[e] + now_.gv[d] * now_.fu[e] + now_.gv[d] * now_.gv[e]);
      }
    }
  }
  now_.p = 0.5 * (now_.p + now_.p.transpose()).eval();
}

void Belief::hold_within_reach() {
  held_at_.clear();
  for (std::size_t i = 0; i < now_.inputs; ++i) {
    for (std::size_t j = 0; j < now_.neurons; ++j) {
      double& m = now_.m.data()[now_.ij(i, j)];
      const bool far = std::abs(m) > kReach;
      const bool vague =
          now_.modes > 0 && now_.p(index(now_.gi(j, i)), index(now_.gi(j, i))) > kReach * kReach;
      if (!far && !vague) continue;
      if (far) m = std::copysign(kReach, m);
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
    }
  }
}

}  // namespace synfer
