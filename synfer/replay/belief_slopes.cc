// The forward sensitivities of the belief: each function carries the slopes of the forward lines that
// it quotes, in all lanes at once.

#include <cmath>

#include "synfer/replay/belief.h"
#include "synfer/replay/gauss_hermite.h"

namespace synfer {

void Belief::prepare_slopes(const BeliefLanes& lanes) {
  lanes_ = LanePlaces(lanes, theta_.size(), inputs_ * neurons_);
  sloped_ = true;
  const auto zero = [&](Slopes& slopes, std::size_t count) {
    slopes.setZero(index(lanes_.count), index(count));
  };
  zero(dm_, inputs_ * neurons_);
  zero(dp_, modes_ * modes_);
  zero(dz_, offers_ * neurons_);
  zero(dxh_, inputs_);
  zero(dchange_, inputs_);
  zero(rows_, 1);
  for (Slopes* s : {&da_, &dpa_, &du_, &dphi_, &dgamma_, &dpsi_, &dfu_, &dgv_}) zero(*s, modes_);
  for (Slopes* s : {&db_, &dv_}) zero(*s, offers_ * inputs_);
  zero(dgamma_ij_, inputs_);
  for (Slopes* s : {&dg_, &dfp_}) zero(*s, modes_ * std::max(modes_, inputs_));
  for (Eigen::ArrayXd* s : {&d_log_p_, &d_logit_, &d_alpha_, &d_kappa_, &d_sd_, &d_y_, &d_y1_, &t1_, &t2_}) {
    s->setZero(index(lanes_.count));
  }
  for (std::size_t n = 0; n < lanes_.initials; ++n) dm_(index(lanes_.initial + n), index(n)) = 1.0;
  if (lanes_.initial_sd >= 0) {
    // forward: P = initial_sd^2 / size
    for (std::size_t d = 0; d < modes_; ++d) {
      dp_(lanes_.initial_sd, index(d * modes_ + d)) = 2.0 * p_(index(d), index(d));
    }
  }
}

void Belief::respond_slopes() {
  // forward: z_kj = sum_i x_ki m_ij
  for (std::size_t k = 0; k < offers_; ++k) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      auto dz = dz_.col(index(k * neurons_ + j));
      dz.setZero();
      for (std::size_t i = 0; i < inputs_; ++i) {
        if (x_[k * inputs_ + i] != 0.0) dz += x_[k * inputs_ + i] * dm_.col(index(ij(i, j)));
      }
    }
  }
}

void Belief::activity_slopes(std::size_t offer, std::size_t neuron, Eigen::ArrayXd& out) const {
  const std::size_t kj = offer * neurons_ + neuron;
  out = y1_[kj] * dz_.col(index(kj));
}

void Belief::add_offset_slopes(const LogitOffset& offset, std::size_t k, double factor,
                               Eigen::ArrayXd& to) const {
  for (std::size_t n = 0; n < lanes_.offsets; ++n) {
    to[index(lanes_.offset + n)] += factor * offset.slopes[k * lanes_.offsets + n];
  }
}

void Belief::add_logit_slopes(std::size_t k, double factor, const LogitOffset& offset,
                              Eigen::ArrayXd& to) const {
  // forward: logit_k = sum_j b_j f(z_kj) + offset_k
  for (std::size_t j = 0; j < neurons_; ++j) {
    const std::size_t kj = k * neurons_ + j;
    to += (factor * model_.network.readout[j] * y1_[kj]) * dz_.col(index(kj));
  }
  add_offset_slopes(offset, k, factor, to);
}

// The slopes of log Z, alpha and kappa. With T_r = sum_q h_q t_q^r dL_q,
//   d log Z = T_0,  d a1 = T_1 - a1 T_0,  d a2 = T_2 - a2 T_0,  alpha = a1, kappa = a2 - a1^2 - 1,
// and dL_q = sum_kj b_j f'(z_q) (dz + t dc1 + t^2 dc2), so that nodes are summed before lanes are touched.
void Belief::line_slopes(const LogitOffset& offset) {
  const double sd2 = options_.noise_sd * options_.noise_sd;
  const auto& readout = model_.network.readout;
  da_.setZero();
  db_.setZero();
  for (std::size_t k = 0; k < offers_; ++k) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      const std::size_t kj = k * neurons_ + j;
      const double reads = sign(k) * readout[j];
      const auto dz = dz_.col(index(kj));
      for (std::size_t i = 0; i < inputs_; ++i) {
        const std::size_t ki = k * inputs_ + i;
        // forward: a_gi += sign b_j f'(z_kj) x_ki,  b_ki += sign b_j f'(z_kj) m_ij
        if (modes_ > 0 && x_[ki] != 0.0) da_.col(index(gi(j, i))) += (reads * y2_[kj] * x_[ki]) * dz;
        db_.col(index(ki)) += (reads * y2_[kj] * m_.data()[ij(i, j)]) * dz;
        db_.col(index(ki)) += (reads * y1_[kj]) * dm_.col(index(ij(i, j)));
      }
    }
  }
  // forward: S = a'P a + noise_sd^2 b'b
  t1_.setZero();
  for (std::size_t d = 0; d < modes_; ++d) {
    auto dpa = dpa_.col(index(d));
    dpa.setZero();
    for (std::size_t e = 0; e < modes_; ++e) {
      dpa += a_[e] * dp_.col(index(d * modes_ + e));
      dpa += p_.data()[d * modes_ + e] * da_.col(index(e));
    }
    t1_ += a_[d] * dpa + pa_[d] * da_.col(index(d));
  }
  double squares = 0.0;
  for (std::size_t n = 0; n < b_.size(); ++n) {
    t1_ += (2.0 * sd2 * b_[n]) * db_.col(index(n));
    squares += b_[n] * b_[n];
  }
  if (lanes_.noise_sd >= 0) t1_[lanes_.noise_sd] += 2.0 * sd2 * squares;
  d_sd_ = t1_ / (2.0 * sd_);
  // forward: u = P a / sd,  v = noise_sd^2 b / sd
  for (std::size_t d = 0; d < modes_; ++d) {
    du_.col(index(d)) = (dpa_.col(index(d)) - u_[d] * d_sd_) / sd_;
  }
  for (std::size_t n = 0; n < b_.size(); ++n) {
    auto dv = dv_.col(index(n));
    dv = (sd2 * db_.col(index(n)) - v_[n] * d_sd_) / sd_;
    if (lanes_.noise_sd >= 0) dv[lanes_.noise_sd] += 2.0 * v_[n];
  }

  d_log_p_.setZero();
  d_alpha_.setZero();
  d_kappa_.setZero();
  const std::size_t km = offers_ * neurons_;
  for (std::size_t kj = 0; kj < km; ++kj) {
    std::array<double, 5> of{};
    for (std::size_t q = 0; q < kNodes; ++q) {
      double term = h_[q] * slope_at_node_[q * km + kj];
      for (double& sum : of) {
        sum += term;
        term *= kNodeAt[q];
      }
    }
    // forward: c1_kj = sum_i v_ki m_ij + x_ki u_gi,  c2_kj = sum_i v_ki u_gi
    const std::size_t k = kj / neurons_;
    const std::size_t j = kj % neurons_;
    t1_.setZero();
    t2_.setZero();
    for (std::size_t i = 0; i < inputs_; ++i) {
      const std::size_t ki = k * inputs_ + i;
      const auto dv = dv_.col(index(ki));
      t1_ += m_.data()[ij(i, j)] * dv + v_[ki] * dm_.col(index(ij(i, j)));
      if (modes_ == 0) continue;
      const auto du = du_.col(index(gi(j, i)));
      t1_ += x_[ki] * du;
      t2_ += u_[gi(j, i)] * dv + v_[ki] * du;
    }
    const auto dz = dz_.col(index(kj));
    d_log_p_ += of[0] * dz + of[1] * t1_ + of[2] * t2_;
    if (!filtered()) continue;
    d_alpha_ += of[1] * dz + of[2] * t1_ + of[3] * t2_;
    d_kappa_ += of[2] * dz + of[3] * t1_ + of[4] * t2_;
  }
  if (lanes_.offsets > 0) {
    std::array<double, 3> of{};
    for (std::size_t q = 0; q < kNodes; ++q) {
      of[0] += h_[q];
      of[1] += h_[q] * kNodeAt[q];
      of[2] += h_[q] * kNodeAt[q] * kNodeAt[q];
    }
    for (std::size_t k = 0; k < offers_; ++k) {
      add_offset_slopes(offset, k, sign(k) * of[0], d_log_p_);
      add_offset_slopes(offset, k, sign(k) * of[1], d_alpha_);
      add_offset_slopes(offset, k, sign(k) * of[2], d_kappa_);
    }
  }
  d_alpha_ -= first_ * d_log_p_;
  d_kappa_ -= second_ * d_log_p_ + (2.0 * first_) * d_alpha_;
}

void Belief::move_slopes() {
  // forward: m_ij += alpha u_gi
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t j = 0; j < neurons_; ++j) {
      dm_.col(index(ij(i, j))) += u_[gi(j, i)] * d_alpha_ + alpha_ * du_.col(index(gi(j, i)));
    }
  }
  // forward: P += kappa u u'
  for (std::size_t d = 0; d < modes_; ++d) {
    for (std::size_t e = d; e < modes_; ++e) {
      auto dp = dp_.col(index(d * modes_ + e));
      dp += (u_[d] * u_[e]) * d_kappa_ + (kappa_ * u_[e]) * du_.col(index(d)) +
            (kappa_ * u_[d]) * du_.col(index(e));
      if (e != d) dp_.col(index(e * modes_ + d)) = dp;
    }
  }
}

void Belief::learned_offer_slopes() {
  // forward: x = mu + alpha v
  for (std::size_t i = 0; i < inputs_; ++i) {
    const std::size_t ki = learned_ * inputs_ + i;
    if (moved_) {
      dxh_.col(index(i)) = v_[ki] * d_alpha_ + alpha_ * dv_.col(index(ki));
    } else {
      dxh_.col(index(i)).setZero();
    }
  }
}

void Belief::clear_change_slopes() {
  for (Slopes* s : {&dphi_, &dgamma_, &dpsi_, &dg_}) s->setZero();
}

void Belief::learned_response_slopes(std::size_t j, double y1, double y2) {
  // forward: y = f(z), z = sum_i x_i m_ij
  t1_.setZero();
  for (std::size_t i = 0; i < inputs_; ++i) {
    t1_ += xh_[i] * dm_.col(index(ij(i, j)));
    if (moved_) t1_ += m_.data()[ij(i, j)] * dxh_.col(index(i));
  }
  d_y_ = y1 * t1_;
  d_y1_ = y2 * t1_;
}

void Belief::synapse_slopes(std::size_t i, std::size_t j, const SecondSlopes& s, const ThetaSlopes& by_theta,
                            double y1) {
  const double eta = model_.network.eta;
  const auto parameters = index(theta_.size());
  const auto theta_lanes = [&](std::span<const double> of) {
    return Eigen::Map<const Eigen::ArrayXd>(of.data(), parameters);
  };
  const auto dm = dm_.col(index(ij(i, j)));
  const auto dx = dxh_.col(index(i));
  // forward: change = eta g(x, y, m, r; theta)
  auto change = dchange_.col(index(i));
  change = (eta * s.y) * d_y_ + (eta * s.w) * dm;
  if (moved_) change += (eta * s.x) * dx;
  change.head(parameters) += eta * theta_lanes(by_theta.g);
  if (!filtered()) return;
  const double share = share_[j] * eta;
  const auto d = index(gi(j, i));
  // forward: phi += share (1 + eta g_w)
  auto dphi = dphi_.col(d);
  dphi += share * (s.xw * dx + s.yw * d_y_ + s.ww * dm);
  dphi.head(parameters) += share * theta_lanes(by_theta.w);
  // forward: psi += share eta g_x
  auto dpsi = dpsi_.col(d);
  dpsi += share * (s.xx * dx + s.xy * d_y_ + s.xw * dm);
  dpsi.head(parameters) += share * theta_lanes(by_theta.x);
  // forward: gamma_ij = eta g_y f'(z)
  auto dgamma = dgamma_ij_.col(index(i));
  dgamma = (eta * y1) * (s.xy * dx + s.yy * d_y_ + s.yw * dm) + (eta * s.y) * d_y1_;
  dgamma.head(parameters) += (eta * y1) * theta_lanes(by_theta.y);
  dgamma_.col(d) += share_[j] * dgamma;
}

void Belief::gain_slopes(std::size_t j) {
  // forward: G_gi,k += share gamma_ij m_kj
  for (std::size_t i = 0; i < inputs_; ++i) {
    for (std::size_t k = 0; k < inputs_; ++k) {
      dg_.col(index(gi(j, i) * inputs_ + k)) += (share_[j] * m_.data()[ij(k, j)]) * dgamma_ij_.col(index(i)) +
                                                (share_[j] * gamma_ij_[ij(i, j)]) * dm_.col(index(ij(k, j)));
    }
  }
}

// out = F p, one column of slopes an entry; p is D x columns.
void Belief::apply_f(const Slopes& p, std::size_t columns, Slopes& out) {
  for (std::size_t g = 0; g < groups_; ++g) {
    for (std::size_t c = 0; c < columns; ++c) {
      t1_.setZero();
      for (std::size_t i = 0; i < inputs_; ++i) t1_ += xh_[i] * p.col(index((g * inputs_ + i) * columns + c));
      for (std::size_t i = 0; i < inputs_; ++i) {
        const std::size_t d = g * inputs_ + i;
        out.col(index(d * columns + c)) = phi_[d] * p.col(index(d * columns + c)) + gamma_[d] * t1_;
      }
    }
  }
}

// The slopes of F applied to p (D values a row) without those of p: row gi of dF p is
// dphi p_gi + dgamma (x' p_g) + gamma (dx' p_g).
void Belief::add_f_slopes(const double* p, std::size_t columns, std::size_t column, Slopes& to) {
  for (std::size_t g = 0; g < groups_; ++g) {
    double along_x = 0.0;
    t1_.setZero();
    for (std::size_t i = 0; i < inputs_; ++i) {
      const double at = p[(g * inputs_ + i) * columns + column];
      along_x += xh_[i] * at;
      if (moved_) t1_ += at * dxh_.col(index(i));
    }
    for (std::size_t i = 0; i < inputs_; ++i) {
      const std::size_t d = g * inputs_ + i;
      auto out = to.col(index(d * columns + column));
      out += p[d * columns + column] * dphi_.col(index(d)) + along_x * dgamma_.col(index(d));
      if (moved_) out += gamma_[d] * t1_;
    }
  }
}

void Belief::change_covariance_slopes() {
  const double sd2 = options_.noise_sd * options_.noise_sd;
  // G's diagonal part
  for (std::size_t d = 0; d < modes_; ++d) dg_.col(index(d * inputs_ + d % inputs_)) += dpsi_.col(index(d));
  // forward: P' = F P F': dP' = F dP F' + X + X' with X = dF (P F'), and P F' = (F P)'
  apply_f(dp_, modes_, dfp_);
  for (std::size_t d = 0; d < modes_; ++d) {  // transposed in place, so that F acts on the right
    for (std::size_t e = d + 1; e < modes_; ++e) {
      t2_ = dfp_.col(index(d * modes_ + e));
      dfp_.col(index(d * modes_ + e)) = dfp_.col(index(e * modes_ + d));
      dfp_.col(index(e * modes_ + d)) = t2_;
    }
  }
  apply_f(dfp_, modes_, dp_);
  dfp_.setZero();
  const Matrix pf = fp_.transpose();
  for (std::size_t c = 0; c < modes_; ++c) add_f_slopes(pf.data(), modes_, c, dfp_);
  // forward: P' += noise_sd^2 G G': X += noise_sd^2 dG G'
  for (std::size_t d = 0; d < modes_; ++d) {
    for (std::size_t e = 0; e < modes_; ++e) {
      auto x = dfp_.col(index(d * modes_ + e));
      for (std::size_t i = 0; i < inputs_; ++i) {
        x += (sd2 * g_(index(e), index(i))) * dg_.col(index(d * inputs_ + i));
      }
      // forward: with the log of noise_sd as a parameter
      if (lanes_.noise_sd >= 0) x[lanes_.noise_sd] += sd2 * g_.row(index(d)).dot(g_.row(index(e)));
    }
  }
  if (moved_) {
    // forward: fu = F u, gv = G v
    apply_f(du_, 1, dfu_);
    add_f_slopes(u_.data(), 1, 0, dfu_);
    for (std::size_t d = 0; d < modes_; ++d) {
      auto dgv = dgv_.col(index(d));
      dgv.setZero();
      for (std::size_t i = 0; i < inputs_; ++i) {
        const std::size_t ki = learned_ * inputs_ + i;
        dgv += g_(index(d), index(i)) * dv_.col(index(ki)) + v_[ki] * dg_.col(index(d * inputs_ + i));
      }
    }
    // forward: P' += kappa (fu gv' + gv fu' + gv gv'): X += half of it each way
    for (std::size_t d = 0; d < modes_; ++d) {
      for (std::size_t e = 0; e < modes_; ++e) {
        auto x = dfp_.col(index(d * modes_ + e));
        x += (fu_[d] * gv_[e] + 0.5 * gv_[d] * gv_[e]) * d_kappa_;
        x += (kappa_ * gv_[e]) * (dfu_.col(index(d)) + dgv_.col(index(d)));
        x += (kappa_ * fu_[d]) * dgv_.col(index(e));
      }
    }
  }
  for (std::size_t d = 0; d < modes_; ++d) {
    for (std::size_t e = d; e < modes_; ++e) {
      t2_ = 0.5 * (dp_.col(index(d * modes_ + e)) + dp_.col(index(e * modes_ + d))) +
            dfp_.col(index(d * modes_ + e)) + dfp_.col(index(e * modes_ + d));
      dp_.col(index(d * modes_ + e)) = t2_;
      dp_.col(index(e * modes_ + d)) = t2_;
    }
  }
}

}  // namespace synfer
