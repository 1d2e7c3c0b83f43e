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
  learned_ = learned;
  // Given the choice, the noise of the offer has mean alpha v: x is believed to have been mu + alpha v.
  const double alpha = moved_ ? alpha_ : 0.0;
  for (std::size_t i = 0; i < inputs_; ++i) {
    const std::size_t ki = learned * inputs_ + i;
    xh_[i] = x_[ki] + (moved_ ? alpha * v_[ki] : 0.0);
  }
  if (lanes_.count > 0) learned_offer_slopes();
  change_weights(r);
  if (filtered()) {
    change_covariance();
    if (lanes_.count > 0) change_covariance_slopes();
    const double walk = options_.walk_sd * options_.walk_sd * share_.front();
    for (std::size_t d = 0; d < modes_; ++d) p_.data()[d * modes_ + d] += walk;
    if (lanes_.walk_sd >= 0) {
      for (std::size_t d = 0; d < modes_; ++d) dp_(lanes_.walk_sd, index(d * modes_ + d)) += 2.0 * walk;
    }
  }
  hold_within_reach();
}

void Belief::keep_slopes() {
  sloped_ = kept_ = true;
  theta_slopes_.assign(inputs_ * neurons_ * 4 * theta_.size(), 0.0);
}

ThetaSlopes Belief::theta_slopes(std::size_t i, std::size_t j) {
  const std::size_t parameters = theta_.size();
  const auto of = std::span(theta_slopes_).subspan(kept_ ? ij(i, j) * 4 * parameters : 0, 4 * parameters);
  return {of.subspan(0, parameters), of.subspan(parameters, parameters),
          of.subspan(2 * parameters, parameters), of.subspan(3 * parameters)};
}

// m' = m + eta g(x, y(m, x), m, r), with y at the believed x; and what F = dw'/dw = diag(phi) + gamma x'
// and G = dw'/dx = diag(psi) + mean_j gamma_j m_j' are made of, averaged over the neurons of a group.
void Belief::change_weights(double r) {
  const Activation& f = model_.network.activation;
  const double eta = model_.network.eta;
  for (auto* v : {&phi_, &gamma_, &psi_}) std::ranges::fill(*v, 0.0);
  g_.setZero();
  if (lanes_.count > 0) clear_change_slopes();
  for (std::size_t j = 0; j < neurons_; ++j) {
    double z = 0.0;
    for (std::size_t i = 0; i < inputs_; ++i) z += xh_[i] * m_.data()[ij(i, j)];
    const double y = f.value(z);
    const double y1 = f.slope(z, y);
    if (lanes_.count > 0) learned_response_slopes(j, y1, f.curvature(z, y));
    for (std::size_t i = 0; i < inputs_; ++i) {
      double& m = m_.data()[ij(i, j)];
      const Synapse at{xh_[i], y, m, r};
      const ThetaSlopes by_theta = theta_slopes(i, j);
      SecondSlopes& s = g_slopes_[ij(i, j)];
      if (filtered()) {
        s = sloped_ ? model_.rule.second_slopes(at, theta_, by_theta) : model_.rule.second_slopes(at, theta_);
        const double share = share_[j];
        const std::size_t d = gi(j, i);
        phi_[d] += share * (1.0 + eta * s.w);
        psi_[d] += share * eta * s.x;
        gamma_ij_[ij(i, j)] = eta * s.y * y1;
        gamma_[d] += share * gamma_ij_[ij(i, j)];
      } else if (sloped_) {
        const synfer::Slopes first = model_.rule.slopes(at, theta_, by_theta.g);
        s.x = first.x;
        s.y = first.y;
        s.w = first.w;
      }
      if (lanes_.count > 0) synapse_slopes(i, j, s, by_theta, y1);
    }
    // The mean moves last: F and G are taken at the weights before the change.
    if (filtered()) {
      for (std::size_t i = 0; i < inputs_; ++i) {
        for (std::size_t k = 0; k < inputs_; ++k) {
          g_(index(gi(j, i)), index(k)) += share_[j] * gamma_ij_[ij(i, j)] * m_.data()[ij(k, j)];
        }
      }
      if (lanes_.count > 0) gain_slopes(j);
    }
    for (std::size_t i = 0; i < inputs_; ++i) {
      double& m = m_.data()[ij(i, j)];
      m += eta * model_.rule.change({xh_[i], y, m, r}, theta_);
      if (lanes_.count > 0) dm_.col(index(ij(i, j))) += dchange_.col(index(i));
    }
  }
  for (std::size_t d = 0; d < modes_; ++d) g_(index(d), index(d % inputs_)) += psi_[d];
}

// out = F p: row gi is phi p_gi + gamma (x' p_g).
void Belief::apply_f(const Matrix& p, Matrix& out) const {
  out.resize(p.rows(), p.cols());
  for (std::size_t g = 0; g < groups_; ++g) {
    for (Eigen::Index c = 0; c < p.cols(); ++c) {
      double along_x = 0.0;
      for (std::size_t i = 0; i < inputs_; ++i) along_x += xh_[i] * p(index(g * inputs_ + i), c);
      for (std::size_t i = 0; i < inputs_; ++i) {
        const std::size_t d = g * inputs_ + i;
        out(index(d), c) = phi_[d] * p(index(d), c) + gamma_[d] * along_x;
      }
    }
  }
}

// P' = F P F' + G E G' + F C G' + G C' F', with E = D + kappa v v' and C = kappa u v' of the learned
// offer: F P F' + noise_sd^2 G G' + kappa (F u (G v)' + G v (F u)' + G v (G v)').
void Belief::change_covariance() {
  apply_f(p_, fp_);
  const Matrix transposed = fp_.transpose();
  apply_f(transposed, p_);
  p_ += (options_.noise_sd * options_.noise_sd) * g_ * g_.transpose();
  if (moved_) {
    const Matrix u = Eigen::Map<const Matrix>(u_.data(), index(modes_), 1);
    Matrix fu;
    apply_f(u, fu);
    for (std::size_t d = 0; d < modes_; ++d) {
      fu_[d] = fu(index(d), 0);
      gv_[d] = 0.0;
      for (std::size_t i = 0; i < inputs_; ++i) gv_[d] += g_(index(d), index(i)) * v_[learned_ * inputs_ + i];
    }
    for (std::size_t d = 0; d < modes_; ++d) {
      for (std::size_t e = 0; e < modes_; ++e) {
        p_.data()[d * modes_ + e] += kappa_ * (fu_[d] * gv_[e] + gv_[d] * fu_[e] + gv_[d] * gv_[e]);
      }
    }
  }
  p_ = 0.5 * (p_ + p_.transpose()).eval();
}

void Belief::hold_within_reach() {
  held_at_.clear();
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      double& m = m_.data()[ij(i, j)];
      const bool far = std::abs(m) > kReach;
      const bool vague = modes_ > 0 && p_(index(gi(j, i)), index(gi(j, i))) > kReach * kReach;
      if (!far && !vague) continue;
      if (far) m = std::copysign(kReach, m);
      held_ = true;
      held_at_.push_back(ij(i, j));
      if (lanes_.count > 0) dm_.col(index(ij(i, j))).setZero();
      if (modes_ == 0) continue;
      const std::size_t d = gi(j, i);
      for (std::size_t e = 0; e < modes_; ++e) {
        p_(index(d), index(e)) = p_(index(e), index(d)) = 0.0;
        if (lanes_.count == 0) continue;
        dp_.col(index(d * modes_ + e)).setZero();
        dp_.col(index(e * modes_ + d)).setZero();
      }
    }
  }
}

}  // namespace synfer
