// The forward sensitivities of the belief: each function carries the slopes of the forward lines that
// it quotes, a block of lanes at a time.

#include "synfer/replay/kernels/belief_slopes.h"

#include <type_traits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/belief_slopes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/second_order-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class Values>
HWY_INLINE void respond(const BeliefShape s, const Values& now, BeliefSlopes& d) {
  const auto* x = now.x.data();
  for (std::size_t n = 0; n < d.m.blocks(); ++n) {
    const Lanes* dm = d.m.block(n);
    Lanes* dz = d.z.block(n);
    // forward: z_kj = sum_i x_ki m_ij
    for (std::size_t k = 0; k < s.offers; ++k) {
      for (std::size_t j = 0; j < s.neurons; ++j) {
        Block sum = zero();
        for (std::size_t i = 0; i < s.inputs; ++i) {
          sum += val(x[k * s.inputs + i]) * load(dm[s.ij(i, j)]);
        }
        store(sum, dz[k * s.neurons + j]);
      }
    }
  }
}

// The slopes of L in weights and stimuli: da (D) and db (K N).
template <class Values>
HWY_INLINE void slopes_of_logit(const BeliefShape s, const Values& now, const Lanes* dm, const Lanes* dz,
                                Lanes* da, Lanes* db) {
  for (std::size_t d = 0; d < s.modes; ++d) da[d] = {};
  for (std::size_t k = 0; k < s.offers; ++k) {
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const std::size_t ki = k * s.inputs + i;
      Block sum = zero();
      for (std::size_t j = 0; j < s.neurons; ++j) {
        const std::size_t kj = k * s.neurons + j;
        const double reads = s.sign(k) * now.readout[j];
        const Block dz_kj = load(dz[kj]);
        // forward: a_gi += sign b_j f'(z_kj) x_ki,  b_ki += sign b_j f'(z_kj) m_ij
        if (s.modes > 0) {
          Lanes& to = da[s.gi(j, i)];
          store(load(to) + (reads * val(now.y2[kj]) * val(now.x[ki])) * dz_kj, to);
        }
        sum += (reads * val(now.y2[kj]) * val(now.m.data()[s.ij(i, j)])) * dz_kj;
        sum += (reads * val(now.y1[kj])) * load(dm[s.ij(i, j)]);
      }
      store(sum, db[ki]);
    }
  }
}

// The slopes of u (D) and v (K N), which span the line.
template <class Values>
HWY_INLINE void slopes_of_line(const BeliefShape s, const Values& now, const Lanes* dp, const Lanes* da,
                               const Lanes* db, const Lanes& log_noise_sd, Lanes* dpa, Lanes* du, Lanes* dv) {
  const auto* p = now.p.data();
  const auto* a = now.a.data();
  const auto* b = now.b.data();
  const std::size_t kn = s.offers * s.inputs;
  const Block dlog_sd = load(log_noise_sd);
  // forward: S = a'P a + noise_sd^2 b'b
  Block ds = zero();
  for (std::size_t d = 0; d < s.modes; ++d) {
    Block sum = zero();
    for (std::size_t e = 0; e < s.modes; ++e) {
      sum += val(a[e]) * load(dp[d * s.modes + e]);
      sum += val(p[d * s.modes + e]) * load(da[e]);
    }
    ds += val(a[d]) * sum;
    ds += val(now.pa[d]) * load(da[d]);
    store(sum, dpa[d]);
  }
  auto squares = none<NumberOf<Values>>();
  for (std::size_t n = 0; n < kn; ++n) {
    ds += (2.0 * now.noise_variance * val(b[n])) * load(db[n]);
    squares += val(b[n]) * val(b[n]);
  }
  ds += (2.0 * now.noise_variance * squares) * dlog_sd;
  // forward: sd = sqrt(S), u = P a / sd,  v = noise_sd^2 b / sd
  const auto over_sd = 1.0 / val(now.sd);
  const Block dlog_s = (0.5 * over_sd * over_sd) * ds;  // d log sd
  for (std::size_t d = 0; d < s.modes; ++d) {
    store(over_sd * load(dpa[d]) + (-val(now.u[d])) * dlog_s, du[d]);
  }
  for (std::size_t n = 0; n < kn; ++n) {
    const auto v = val(now.v[n]);
    store((now.noise_variance * over_sd) * load(db[n]) + (-v) * dlog_s + (2.0 * v) * dlog_sd, dv[n]);
  }
}

// With T_r = sum_q h_q t_q^r dL_q,
//   d log Z = T_0,  d a1 = T_1 - a1 T_0,  d a2 = T_2 - a2 T_0,  alpha = a1, kappa = a2 - a1^2 - 1,
// and dL_q = sum_kj b_j f'(z_q) (dz + t dc1 + t^2 dc2), so that nodes are summed before lanes are touched.
template <class Values>
HWY_INLINE void slopes_of_choice(const BeliefShape s, const Values& now, const BeliefSlopes& d, std::size_t n,
                                 Lanes* dc, Lanes& log_p, Lanes& alpha, Lanes& kappa) {
  const Lanes* dm = d.m.block(n);
  const Lanes* dz = d.z.block(n);
  const Lanes* du = d.u.block(n);
  const Lanes* dv = d.v.block(n);
  const auto* m = now.m.data();
  const auto* x = now.x.data();
  const auto* u = now.u.data();
  const auto* v = now.v.data();
  Block t0 = zero();
  Block t1 = zero();
  Block t2 = zero();
  const auto add_terms = [&](const auto& of, const Block& d0, const Block& d1, const Block& d2) HWY_ATTR {
    t0 = t0 + val(of[0]) * d0 + val(of[1]) * d1 + val(of[2]) * d2;
    t1 = t1 + val(of[1]) * d0 + val(of[2]) * d1 + val(of[3]) * d2;
    t2 = t2 + val(of[2]) * d0 + val(of[3]) * d1 + val(of[4]) * d2;
  };
  Lanes* all_dc1 = dc;
  Lanes* all_dc2 = dc + s.drives();
  for (std::size_t kj = 0; kj < s.drives(); ++kj) {
    // forward: c1_kj = sum_i v_ki m_ij + x_ki u_gi,  c2_kj = sum_i v_ki u_gi
    const std::size_t k = kj / s.neurons;
    const std::size_t j = kj % s.neurons;
    Block dc1 = zero();
    Block dc2 = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const std::size_t ki = k * s.inputs + i;
      const Block dv_ki = load(dv[ki]);
      dc1 += val(m[s.ij(i, j)]) * dv_ki;
      dc1 += val(v[ki]) * load(dm[s.ij(i, j)]);
      if (s.modes == 0) continue;
      const Block du_gi = load(du[s.gi(j, i)]);
      dc1 += val(x[ki]) * du_gi;
      dc2 += val(u[s.gi(j, i)]) * dv_ki;
      dc2 += val(v[ki]) * du_gi;
    }
    // forward: z + c1 t + c2 t^2, less c2 to second order
    const Block dz_kj = load(dz[kj]);
    if (!now.second) {
      add_terms(now.moments[kj], dz_kj, dc1, dc2);
      continue;
    }
    add_terms(now.moments[kj], dz_kj - dc2, dc1, dc2);
    store(dc1, all_dc1[kj]);
    store(dc2, all_dc2[kj]);
  }
  if (now.second) {
    DualsOfStep<Values> of(s, now, d, n);
    of.dc1 = all_dc1;
    of.dc2 = all_dc2;
    Dual<NumberOf<Values>> a[3];
    for (std::size_t kj = 0; kj < s.drives(); ++kj) {
      for (std::size_t other = kj; other < s.drives(); ++other) {
        residual_covariance(s, of, {kj / s.neurons, kj % s.neurons}, {other / s.neurons, other % s.neurons},
                            a);
        add_terms(now.moments[s.pair_input(kj, other)], a[0].slope, a[1].slope, a[2].slope);
      }
    }
    for (std::size_t k = 0; now.apart > 0.0 && k < s.offers; ++k) {
      variance_apart(s, of, k, a);
      add_terms(now.moments[s.apart_input(k)], a[0].slope, a[1].slope, a[2].slope);
    }
  }
  if (d.offsets) {
    const auto& of = now.moments[s.drives()];
    for (std::size_t k = 0; k < s.offers; ++k) {
      const Block offset = load(d.offset.block(n)[k]);
      t0 += (s.sign(k) * val(of[0])) * offset;
      t1 += (s.sign(k) * val(of[1])) * offset;
      t2 += (s.sign(k) * val(of[2])) * offset;
    }
  }
  const Block d_alpha = t1 - val(now.first) * t0;
  store(t0, log_p);
  store(d_alpha, alpha);
  store(t2 - val(now.second_moment) * t0 - (2.0 * val(now.first)) * d_alpha, kappa);
}

template <class Values>
HWY_INLINE void move(const BeliefShape s, const Values& now, const Block& d_alpha, const Block& d_kappa,
                     const Lanes* du, Lanes* dm, Lanes* dp) {
  const auto* u = now.u.data();
  // forward: m_ij += alpha u_gi
  for (std::size_t i = 0; i < s.inputs; ++i) {
    for (std::size_t j = 0; j < s.neurons; ++j) {
      const std::size_t d = s.gi(j, i);
      Lanes& to = dm[s.ij(i, j)];
      store(load(to) + val(u[d]) * d_alpha + val(now.alpha) * load(du[d]), to);
    }
  }
  // forward: P += kappa u u'
  for (std::size_t d = 0; d < s.modes; ++d) {
    for (std::size_t e = d; e < s.modes; ++e) {
      const Block sum = load(dp[d * s.modes + e]) + (val(u[d]) * val(u[e])) * d_kappa +
                        (val(now.kappa) * val(u[e])) * load(du[d]) +
                        (val(now.kappa) * val(u[d])) * load(du[e]);
      store(sum, dp[d * s.modes + e]);
      if (e != d) store(sum, dp[e * s.modes + d]);
    }
  }
}

template <class Values>
HWY_INLINE void observe_along_line(const BeliefShape s, const Values& now, BeliefSlopes& d, Lanes* scratch) {
  Lanes* da = scratch;
  Lanes* dpa = da + s.modes;
  Lanes* db = dpa + s.modes;
  Lanes* dc = db + s.offers * s.inputs;
  for (std::size_t n = 0; n < d.m.blocks(); ++n) {
    Lanes* du = d.u.block(n);
    slopes_of_logit(s, now, d.m.block(n), d.z.block(n), da, db);
    slopes_of_line(s, now, d.p.block(n), da, db, *d.log_noise_sd.block(n), dpa, du, d.v.block(n));
    Lanes& alpha = *d.alpha.block(n);
    Lanes& kappa = *d.kappa.block(n);
    slopes_of_choice(s, now, d, n, dc, *d.log_p.block(n), alpha, kappa);
    if (now.filtered) move(s, now, load(alpha), load(kappa), du, d.m.block(n), d.p.block(n));
  }
}

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

template <class Values>
void Respond(const Values& now, BeliefSlopes& d) {
  now == kPlainShape ? respond(kPlainShape, now, d) : respond(now, now, d);
}

// Calls run(shape, scratch): what does not outlive a line is the function's own where the shape is known, and
// then stays in registers. `run` is always_inline: it stands here twice, and must see the shape.
template <class Values, class Run>
HWY_INLINE void with_scratch(const Values& now, BeliefSlopes& d, const Run& run) {
  if (now == kPlainShape) {
    Lanes scratch[BeliefSlopes::scratch_of(kPlainShape)];
    run(kPlainShape, scratch);
  } else {
    run(now, d.scratch.block(0));
  }
}

template <class Values>
void ObserveAlongLine(const Values& now, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    observe_along_line(s, now, d, scratch);
  });
}

template <class Values>
void BeginChange(const Values& now, BeliefSlopes& d) {
  begin_change(now, now, d);
}

template <class Values>
void ChangeWeights(const Values& now, std::size_t j, const kernels::ResponseSlopes<EntryOf<Values>>& y,
                   const Lanes* by_theta, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    change_weights(s, now, j, y, by_theta, d, scratch);
  });
}

template <class Values>
void ChangeCovariance(const Values& now, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    change_covariance(s, now, d, scratch);
  });
}

// Of one session, a block of lanes for eight parameters; and of eight sessions, a block a parameter.
void RespondOne(const BeliefValues& now, BeliefSlopes& d) { Respond(now, d); }
void ObserveOne(const BeliefValues& now, BeliefSlopes& d) { ObserveAlongLine(now, d); }
void BeginOne(const BeliefValues& now, BeliefSlopes& d) { BeginChange(now, d); }
void ChangeOne(const BeliefValues& now, std::size_t j, const kernels::ResponseSlopes<double>& y,
               const Lanes* by_theta, BeliefSlopes& d) {
  ChangeWeights(now, j, y, by_theta, d);
}
void SpreadOne(const BeliefValues& now, BeliefSlopes& d) { ChangeCovariance(now, d); }

void RespondEight(const BlockValues& now, BeliefSlopes& d) { Respond(now, d); }
void ObserveEight(const BlockValues& now, BeliefSlopes& d) { ObserveAlongLine(now, d); }
void BeginEight(const BlockValues& now, BeliefSlopes& d) { BeginChange(now, d); }
void ChangeEight(const BlockValues& now, std::size_t j, const kernels::ResponseSlopes<Lanes>& y,
                 const Lanes* by_theta, BeliefSlopes& d) {
  ChangeWeights(now, j, y, by_theta, d);
}
void SpreadEight(const BlockValues& now, BeliefSlopes& d) { ChangeCovariance(now, d); }

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

BeliefSlopes::BeliefSlopes(const BeliefShape& of, std::size_t lanes, std::size_t theta_lanes)
    : theta_blocks(blocks_of(theta_lanes)) {
  const std::size_t modes = of.modes;
  const std::size_t kn = of.offers * of.inputs;
  const std::size_t km = of.offers * of.neurons;
  const auto columns = [&](std::size_t count) { return LaneArray(lanes, count); };
  m = columns(of.inputs * of.neurons);
  p = r = columns(modes * modes);
  z = columns(km);
  // Of three offers and more as many lines as there are differences of logits.
  const std::size_t rank = of.offers > 2 ? of.offers - 1 : 1;
  phi = gamma = psi = columns(modes);
  u = columns(rank * modes);
  v = columns(rank * kn);
  alpha = columns(rank);
  kappa = columns(rank * rank);
  log_p = log_noise_sd = log_walk_sd = columns(1);
  rows = columns(of.offers > 2 ? of.offers : 1);
  xh = columns(of.inputs);
  g = columns(modes * of.inputs);
  offset = columns(of.offers);
  scratch = LaneArray(1, scratch_of(of));
}

namespace kernels {

HWY_EXPORT(RespondOne);
HWY_EXPORT(ObserveOne);
HWY_EXPORT(BeginOne);
HWY_EXPORT(ChangeOne);
HWY_EXPORT(SpreadOne);
HWY_EXPORT(RespondEight);
HWY_EXPORT(ObserveEight);
HWY_EXPORT(BeginEight);
HWY_EXPORT(ChangeEight);
HWY_EXPORT(SpreadEight);

void respond(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(RespondOne)(now, d); }
void respond(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(RespondEight)(now, d); }

void observe_along_line(const BeliefValues& now, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ObserveOne)(now, d);
}
void observe_along_line(const BlockValues& now, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ObserveEight)(now, d);
}

void begin_change(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(BeginOne)(now, d); }
void begin_change(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(BeginEight)(now, d); }

void change_weights(const BeliefValues& now, std::size_t j, const ResponseSlopes<double>& y,
                    const Lanes* by_theta, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ChangeOne)(now, j, y, by_theta, d);
}
void change_weights(const BlockValues& now, std::size_t j, const ResponseSlopes<Lanes>& y,
                    const Lanes* by_theta, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ChangeEight)(now, j, y, by_theta, d);
}

void change_covariance(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(SpreadOne)(now, d); }
void change_covariance(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(SpreadEight)(now, d); }

}  // namespace kernels
}  // namespace synfer
#endif
