// Forward sensitivities of a change of the weights: each function carries the slopes of the forward lines
// that it quotes, a block of lanes at a time. Included once for each instruction set (Highway's
// foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_CHANGE_SLOPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_CHANGE_SLOPES_INL_H_
#undef SYNFER_REPLAY_KERNELS_CHANGE_SLOPES_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_CHANGE_SLOPES_INL_H_
#endif

#include <hwy/highway.h>

#include <type_traits>

#include "synfer/replay/kernels/belief_slopes.h"
#include "synfer/replay/kernels/second_order-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class Values>
HWY_INLINE void begin_change(const BeliefShape s, const Values& now, BeliefSlopes& d) {
  const std::size_t first = now.learned * s.inputs;
  for (std::size_t n = 0; n < d.m.blocks(); ++n) {
    // forward: x = mu + alpha v
    Lanes* dxh = d.xh.block(n);
    const Lanes* dv = d.v.block(n) + first;
    const Block d_alpha = load(*d.alpha.block(n));
    for (std::size_t i = 0; i < s.inputs; ++i) {
      store(now.moved ? val(now.v[first + i]) * d_alpha + val(now.alpha) * load(dv[i]) : zero(), dxh[i]);
    }
  }
  for (LaneArray* sum : {&d.phi, &d.gamma, &d.psi, &d.g}) sum->clear();
}

template <class Values>
HWY_INLINE void change_weights(const BeliefShape s, const Values& now, std::size_t j,
                               const kernels::ResponseSlopes<EntryOf<Values>>& of_y, const Lanes* by_theta,
                               BeliefSlopes& d, Lanes* scratch) {
  const auto y1 = val(of_y.first);
  const auto y2 = val(of_y.second);
  const auto* m = now.m.data();
  const auto* xh = now.xh.data();
  const auto eta = val(now.eta);
  const double share = now.share[j];
  const std::size_t first = now.filtered ? s.gi(j, 0) : 0;
  Lanes* change = scratch;
  Lanes* gamma_ij = change + s.inputs;
  for (std::size_t n = 0; n < d.m.blocks(); ++n) {
    const bool theta_lanes = n < d.theta_blocks;
    const Lanes* dxh = d.xh.block(n);
    Lanes* dm = d.m.block(n);
    Lanes* dphi = d.phi.block(n) + first;
    Lanes* dgamma = d.gamma.block(n) + first;
    Lanes* dpsi = d.psi.block(n) + first;
    // forward: y = f(z), z = sum_i x_i m_ij
    Block dz = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      dz += val(xh[i]) * load(dm[s.ij(i, j)]);
      if (now.moved) dz += val(m[s.ij(i, j)]) * load(dxh[i]);
    }
    const Block dy = y1 * dz;
    // forward: the moments of (x, y, w) about the mean
    DualsOfStep<Values> step(s, now, d, n);
    NeuronSpread<Dual<NumberOf<Values>>> neuron;
    if (now.above_mean) {
      step.of.y1 = y1;
      step.of.y2 = y2;
      step.dy1 = y2 * dz;
      step.dy2 = val(of_y.third) * dz;
      neuron = neuron_spread(s, step, j);
    }
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const auto& g = now.g_slopes[s.ij(i, j)];
      const auto& mean = now.mean_slopes[s.ij(i, j)];
      const Lanes* theta = by_theta + i * 4 * d.theta_blocks + n;
      const Block dw = load(dm[s.ij(i, j)]);
      const Block dx = load(dxh[i]);
      // forward: change = eta (g + D g)(x, y, m, r; theta)
      Block sum = (eta * val(mean.y)) * dy + (eta * val(mean.w)) * dw;
      if (now.moved) sum += (eta * val(mean.x)) * dx;
      if (theta_lanes) sum += eta * load(theta[0]);
      if (now.above_mean) {
        SpreadOf<Dual<NumberOf<Values>>> by;
        synapse_spread(s, step, neuron, i, j, by);
        sum += (eta * val(g.y)) * by.y.slope;
        sum += (0.5 * eta * val(g.xx)) * by.xx.slope;
        sum += (0.5 * eta * val(g.yy)) * by.yy.slope;
        sum += (0.5 * eta * val(g.ww)) * by.ww.slope;
        sum += (eta * val(g.xy)) * by.xy.slope;
        sum += (eta * val(g.xw)) * by.xw.slope;
        sum += (eta * val(g.yw)) * by.yw.slope;
      }
      store(sum, change[i]);
      if (!now.filtered) continue;
      // forward: psi += share eta g_x
      Block g_x = val(g.xx) * dx + val(g.xy) * dy + val(g.xw) * dw;
      if (theta_lanes) g_x += load(theta[d.theta_blocks]);
      store(load(dpsi[i]) + (share * eta) * g_x, dpsi[i]);
      // forward: gamma_ij = eta g_y f'(z)
      Block g_y = val(g.xy) * dx + val(g.yy) * dy + val(g.yw) * dw;
      if (theta_lanes) g_y += load(theta[2 * d.theta_blocks]);
      const Block of_gamma = (eta * y1) * g_y + (eta * val(g.y) * y2) * dz;
      store(of_gamma, gamma_ij[i]);
      store(load(dgamma[i]) + share * of_gamma, dgamma[i]);
      // forward: phi += share (1 + eta g_w)
      Block g_w = val(g.xw) * dx + val(g.yw) * dy + val(g.ww) * dw;
      if (theta_lanes) g_w += load(theta[3 * d.theta_blocks]);
      store(load(dphi[i]) + (share * eta) * g_w, dphi[i]);
    }
    // forward: G_gi,k += share gamma_ij m_kj
    Lanes* dg = d.g.block(n) + first * s.inputs;
    for (std::size_t i = 0; i < s.inputs && now.filtered; ++i) {
      for (std::size_t k = 0; k < s.inputs; ++k) {
        Lanes& to = dg[i * s.inputs + k];
        store(load(to) + (share * val(m[s.ij(k, j)])) * load(gamma_ij[i]) +
                  (share * val(now.gamma_ij[s.ij(i, j)])) * load(dm[s.ij(k, j)]),
              to);
      }
    }
    for (std::size_t i = 0; i < s.inputs; ++i) {
      Lanes& to = dm[s.ij(i, j)];
      store(load(to) + load(change[i]), to);
    }
  }
}

// out = F p, one column a line of p's (D x columns): row gi is phi p_gi + gamma (x' p_g).
template <class Values>
HWY_INLINE void apply_f(const BeliefShape s, const Values& now, const Lanes* p, std::size_t columns,
                        Lanes* out) {
  for (std::size_t first = 0; first < s.modes; first += s.inputs) {
    for (std::size_t c = 0; c < columns; ++c) {
      Block along_x = zero();
      for (std::size_t i = 0; i < s.inputs; ++i)
        along_x += val(now.xh[i]) * load(p[(first + i) * columns + c]);
      for (std::size_t d = first; d < first + s.inputs; ++d) {
        store(val(now.phi[d]) * load(p[d * columns + c]) + val(now.gamma[d]) * along_x, out[d * columns + c]);
      }
    }
  }
}

// The slopes of F p without those of p, added to row d of `to`: dphi p_d + dgamma (x' p_g) + gamma (dx' p_g).
// p: a column of D.
template <class Values>
HWY_INLINE void add_f_slopes(const BeliefShape s, const Values& now, const EntryOf<Values>* p,
                             const Lanes* dxh, const Lanes* dphi, const Lanes* dgamma, std::size_t columns,
                             Lanes* to) {
  for (std::size_t first = 0; first < s.modes; first += s.inputs) {
    auto along_x = none<NumberOf<Values>>();
    Block along_dx = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      along_x += val(now.xh[i]) * val(p[first + i]);
      if (now.moved) along_dx += val(p[first + i]) * load(dxh[i]);
    }
    for (std::size_t d = first; d < first + s.inputs; ++d) {
      Block sum = load(to[d * columns]) + val(p[d]) * load(dphi[d]) + along_x * load(dgamma[d]);
      if (now.moved) sum += val(now.gamma[d]) * along_dx;
      store(sum, to[d * columns]);
    }
  }
}

// forward: R' = F R F' + apart walk_sd^2 I, as P' below.
template <class Values>
HWY_INLINE void change_apart(const BeliefShape s, const Values& now, BeliefSlopes& all, std::size_t n,
                             Lanes* half, Lanes* dfr) {
  const std::size_t inputs = s.inputs;
  Lanes* dr = all.r.block(n);
  for (std::size_t d = 0; d < inputs * inputs; ++d) half[d] = {};
  for (std::size_t e = 0; e < inputs; ++e) {
    add_f_slopes(s, now, now.fr.data() + e * inputs, all.xh.block(n), all.phi.block(n), all.gamma.block(n),
                 inputs, half + e);
  }
  apply_f(s, now, dr, inputs, dfr);
  for (std::size_t d = 0; d < inputs; ++d) {
    for (std::size_t e = d; e < inputs; ++e) {
      const Lanes* row = dfr + d * inputs;
      Block along_x = zero();
      for (std::size_t i = 0; i < inputs; ++i) along_x += val(now.xh[i]) * load(row[i]);
      Block sum = val(now.phi[e]) * load(row[e]) + val(now.gamma[e]) * along_x;
      sum += load(half[d * inputs + e]) + load(half[e * inputs + d]);
      if (d == e) sum += (2.0 * now.apart * val(now.walk_variance)) * load(*all.log_walk_sd.block(n));
      store(sum, dr[d * inputs + e]);
      if (d != e) store(sum, dr[e * inputs + d]);
    }
  }
}

template <class Values>
HWY_INLINE void change_covariance(const BeliefShape s, const Values& now, BeliefSlopes& all, Lanes* scratch) {
  const std::size_t inputs = s.inputs;
  const std::size_t modes = s.modes;
  const auto* g = now.g.data();
  const auto* v = now.v.data() + now.learned * inputs;
  Lanes* dfp = scratch;
  Lanes* half = dfp + modes * modes;  // X of dP' = ... + X + X'
  Lanes* dfu = half + modes * modes;
  Lanes* dgv = dfu + modes;
  Lanes* dfr = dgv + modes;
  Lanes* half_of_r = dfr + modes * modes;
  for (std::size_t n = 0; n < all.m.blocks(); ++n) {
    const Lanes* dphi = all.phi.block(n);
    const Lanes* dgamma = all.gamma.block(n);
    const Lanes* dpsi = all.psi.block(n);
    const Lanes* dxh = all.xh.block(n);
    const Lanes* dv = all.v.block(n) + now.learned * inputs;
    Lanes* dg = all.g.block(n);
    Lanes* dp = all.p.block(n);
    // forward: G_gi,i += psi_gi
    for (std::size_t d = 0; d < modes; ++d) {
      Lanes& to = dg[d * inputs + d % inputs];
      store(load(to) + load(dpsi[d]), to);
    }
    if (now.moved) {
      // forward: fu = F u, gv = G v
      apply_f(s, now, all.u.block(n), 1, dfu);
      add_f_slopes(s, now, now.u.data(), dxh, dphi, dgamma, 1, dfu);
      for (std::size_t d = 0; d < modes; ++d) {
        Block sum = zero();
        for (std::size_t i = 0; i < inputs; ++i) {
          sum += val(g[d * inputs + i]) * load(dv[i]);
          sum += val(v[i]) * load(dg[d * inputs + i]);
        }
        store(sum, dgv[d]);
      }
    }
    for (std::size_t d = 0; d < modes; ++d) {
      for (std::size_t e = 0; e < modes; ++e) {
        // forward: P' += noise_sd^2 G G': X += noise_sd^2 dG G'
        Block x = zero();
        for (std::size_t i = 0; i < inputs; ++i) {
          x += (now.noise_variance * val(g[e * inputs + i])) * load(dg[d * inputs + i]);
        }
        // forward: P' += kappa (fu gv' + gv fu' + gv gv')
        if (now.moved) {
          x += (val(now.kappa) * val(now.gv[e])) * load(dfu[d]);
          x += (val(now.kappa) * (val(now.fu[e]) + val(now.gv[e]))) * load(dgv[d]);
        }
        store(x, half[d * modes + e]);
      }
    }
    // forward: P' = F P F': dP' = F dP F' + X + X' with X = dF (P F'), whose column e is row e of F P
    for (std::size_t e = 0; e < modes; ++e) {
      add_f_slopes(s, now, now.fp.data() + e * modes, dxh, dphi, dgamma, modes, half + e);
    }
    apply_f(s, now, dp, modes, dfp);
    if (now.apart > 0.0) change_apart(s, now, all, n, half_of_r, dfr);
    const Block dlog_sd = load(*all.log_noise_sd.block(n));
    const Block d_kappa = load(*all.kappa.block(n));
    const Block walk = (2.0 * val(now.walk_variance)) * load(*all.log_walk_sd.block(n));
    for (std::size_t d = 0; d < modes; ++d) {
      for (std::size_t e = d; e < modes; ++e) {
        // forward: F P F', F on the right
        const Lanes* row = dfp + d * modes;
        const std::size_t first = e - e % inputs;
        Block along_x = zero();
        auto squares = none<NumberOf<Values>>();
        for (std::size_t i = 0; i < inputs; ++i) {
          along_x += val(now.xh[i]) * load(row[first + i]);
          squares += val(g[d * inputs + i]) * val(g[e * inputs + i]);
        }
        Block sum = val(now.phi[e]) * load(row[e]) + val(now.gamma[e]) * along_x;
        sum += load(half[d * modes + e]) + load(half[e * modes + d]);
        // forward: noise_sd^2 G G', kappa (...) and walk_sd^2 share, of these numbers themselves
        sum += (2.0 * now.noise_variance * squares) * dlog_sd;
        if (now.moved) {
          sum += (val(now.fu[d]) * val(now.gv[e]) + val(now.gv[d]) * val(now.fu[e]) +
                  val(now.gv[d]) * val(now.gv[e])) *
                 d_kappa;
        }
        if (d == e) sum += walk;
        store(sum, dp[d * modes + e]);
        if (d != e) store(sum, dp[e * modes + d]);
      }
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
