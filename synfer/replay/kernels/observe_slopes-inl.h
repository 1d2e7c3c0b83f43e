// Forward sensitivities of what a choice tells of the weights: each function carries the slopes of the
// forward lines that it quotes, a block of lanes at a time. Included once for each instruction set (Highway's
// foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_OBSERVE_SLOPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_OBSERVE_SLOPES_INL_H_
#undef SYNFER_REPLAY_KERNELS_OBSERVE_SLOPES_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_OBSERVE_SLOPES_INL_H_
#endif

#include <hwy/highway.h>

#include "synfer/replay/kernels/belief_slopes.h"
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

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
