// What the filter's second order adds to its first (docs/latent-weights.md), written once: of numbers, of
// numbers with their slopes in lanes, and of numbers on a tape (tape.h). Included once for each instruction
// set (Highway's foreach_target.h).
//
// `of` hands out what a step is made of, as numbers T: m(i, j), p(d, e), u(d), v(ki), x(ki), c1(kj), c2(kj),
// noise_variance(), kappa(), apart(i, k), ... An x is data and has no slope.

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_SECOND_ORDER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_SECOND_ORDER_INL_H_
#undef SYNFER_REPLAY_KERNELS_SECOND_ORDER_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_SECOND_ORDER_INL_H_
#endif

#include <hwy/highway.h>

#include <type_traits>
#include <utility>

#include "synfer/replay/belief_values.h"
#include "synfer/replay/kernels/belief_slopes.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

/// A drive: offer and neuron.
struct Drive {
  std::size_t k, j;
};

/// The covariance of two drives z = x'w given the place t on the line, a[0] + a[1] t + a[2] t^2: of
/// g = (mu_k + t v_k on w_j, m_j + t u_j on eps_k) it is g'(Sigma - l l')g, and of the products
/// eps'dw, whose mean is the shift, tr((P - u u')(D - v v')) + (u'v)(u'v).
template <class Of>
HWY_INLINE void residual_covariance(const BeliefShape s, const Of& of, Drive a, Drive b,
                                    typename Of::T out[3]) {
  using T = Of::T;
  // Of a single drive the line takes all that moves it to first order: nothing of it is left.
  const bool single = s.offers * s.neurons == 1;
  const std::size_t ka = a.k * s.inputs;
  const std::size_t kb = b.k * s.inputs;
  T vpv = of.zero();
  T xpx = of.zero();
  T xpv = of.zero();
  for (std::size_t i = 0; i < s.inputs; ++i) {
    T pv = of.zero();
    T px = of.zero();
    for (std::size_t k = 0; k < s.inputs; ++k) {
      const T p = of.p(s.gi(a.j, i), s.gi(b.j, k));
      pv += p * of.v(kb + k);
      if (!single) px += of.x(kb + k) * p;
    }
    vpv += of.v(ka + i) * pv;
    if (single) continue;
    xpx += of.x(ka + i) * px;
    xpv += of.x(ka + i) * pv;
    xpv += of.v(ka + i) * px;
  }
  const std::size_t kja = a.k * s.neurons + a.j;
  const std::size_t kjb = b.k * s.neurons + b.j;
  const T c2 = of.c2(kja) * of.c2(kjb);
  out[0] = 2.0 * c2;
  out[0] -= vpv;
  out[1] = of.zero();
  out[2] = vpv;
  out[2] -= 4.0 * c2;
  if (a.k == b.k) {
    T uu = of.zero();
    T mm = of.zero();
    T mu = of.zero();
    T trace = of.zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const std::size_t da = s.gi(a.j, i);
      const std::size_t db = s.gi(b.j, i);
      trace += of.p(da, db);
      uu += of.u(da) * of.u(db);
      if (single) continue;
      mm += of.m(i, a.j) * of.m(i, b.j);
      mu += of.m(i, a.j) * of.u(db);
      mu += of.u(da) * of.m(i, b.j);
    }
    trace -= uu;
    out[0] += of.noise_variance() * trace;
    out[2] += of.noise_variance() * uu;
    if (!single) {
      out[0] += of.noise_variance() * mm;
      out[1] += of.noise_variance() * mu;
    }
  }
  if (single) return;
  xpx -= of.c1(kja) * of.c1(kjb);
  T cross = of.c1(kja) * of.c2(kjb);
  cross += of.c2(kja) * of.c1(kjb);
  xpv -= 2.0 * cross;
  out[0] += xpx;
  out[1] += xpv;
}

/// The variance of a neuron's drive about the mean neuron's, whose weights differ by N(0, R):
/// (mu + t v)'R(mu + t v) + tr(R (D - v v')), likewise.
template <class Of>
HWY_INLINE void variance_apart(const BeliefShape s, const Of& of, std::size_t offer, typename Of::T out[3]) {
  using T = Of::T;
  const std::size_t first = offer * s.inputs;
  T trace = of.zero();
  T xrx = of.zero();
  T xrv = of.zero();
  T vrv = of.zero();
  for (std::size_t i = 0; i < s.inputs; ++i) {
    T rv = of.zero();
    T rx = of.zero();
    for (std::size_t k = 0; k < s.inputs; ++k) {
      rv += of.apart(i, k) * of.v(first + k);
      rx += of.x(first + k) * of.apart(i, k);
    }
    trace += of.apart(i, i);
    xrx += of.x(first + i) * rx;
    xrv += of.x(first + i) * rv;
    vrv += of.v(first + i) * rv;
  }
  out[0] = xrx;
  out[0] += of.noise_variance() * trace;
  out[0] -= vrv;
  out[1] = 2.0 * xrv;
  out[2] = vrv;
}

/// What all synapses of a neuron share of the second moments of (x, y, w) at a weight change.
template <class T>
struct NeuronSpread {
  T uv, vw, along, variance;  // u'v, v'w, v'w + u'x, Var z
};

/// Second moments of the learned offer and the weights once the choice is known: P (with R where neurons came
/// apart), D + kappa v v' and kappa u v', with z = x'w.
template <class Of>
HWY_INLINE NeuronSpread<typename Of::T> neuron_spread(const BeliefShape s, const Of& of, std::size_t j) {
  using T = Of::T;
  T uv = of.zero();
  T vw = of.zero();
  T xu = of.zero();
  T ww = of.zero();
  T xpx = of.zero();
  for (std::size_t i = 0; i < s.inputs; ++i) {
    const T w = of.m(i, j);
    ww += w * w;
    T px = of.zero();
    for (std::size_t k = 0; k < s.inputs; ++k) px += of.believed_x(k) * of.spread(s.gi(j, i), s.gi(j, k));
    xpx += of.believed_x(i) * px;
    if (!of.moved()) continue;
    uv += of.u(s.gi(j, i)) * of.learned_v(i);
    vw += of.learned_v(i) * w;
    xu += of.believed_x(i) * of.u(s.gi(j, i));
  }
  T variance = xpx;
  variance += of.noise_variance() * ww;
  T along = vw;
  along += xu;
  if (of.moved()) {
    T both = along;
    both += xu;
    const T of_kappa = vw * both;
    variance += of.kappa() * of_kappa;
    uv = of.kappa() * uv;
  }
  return {uv, vw, along, variance};
}

/// Those of synapse (i, j), y = f(z) to second order: what SpreadOf names (rule.h).
template <class Of>
HWY_INLINE void synapse_spread(const BeliefShape s, const Of& of, const NeuronSpread<typename Of::T>& neuron,
                               std::size_t i, std::size_t j, SpreadOf<typename Of::T>& out) {
  using T = Of::T;
  const std::size_t d = s.gi(j, i);
  T wz = of.zero();
  for (std::size_t k = 0; k < s.inputs; ++k) wz += of.believed_x(k) * of.spread(d, s.gi(j, k));
  T xz = of.noise_variance() * of.m(i, j);
  out.xx = of.noise_variance() * of.one();
  out.ww = of.spread(d, d);
  out.xw = of.zero();
  out.y = of.half_curvature() * neuron.variance;
  if (of.moved()) {
    const T ku = of.kappa() * of.u(d);
    const T kv = of.kappa() * of.learned_v(i);
    wz += ku * neuron.vw;
    xz += kv * neuron.along;
    out.xx += kv * of.learned_v(i);
    out.xw = ku * of.learned_v(i);
    out.y += of.slope() * neuron.uv;
  }
  out.xy = of.slope() * xz;
  out.yw = of.slope() * wz;
  const T slope_squared = of.slope() * of.slope();
  out.yy = slope_squared * neuron.variance;
}

template <class Values>
using EntryOf = std::remove_cvref_t<decltype(std::declval<Values>().sd)>;  // double or Lanes
template <class Values>
using NumberOf = decltype(val(std::declval<EntryOf<Values>>()));  // double or Block

/// The values of a step.
template <class Values>
struct ValuesOfStep {
  using T = NumberOf<Values>;

  const BeliefShape s;
  const Values& now;
  T y1 = none<T>(), y2 = none<T>();  // f' and f'' of the neuron that changes

  HWY_INLINE T zero() const { return none<T>(); }
  HWY_INLINE T one() const {
    if constexpr (std::is_same_v<T, double>) {
      return 1.0;
    } else {
      Block block;
      for (auto& part : block.part) part = hn::Set(Tag(), 1.0);
      return block;
    }
  }
  HWY_INLINE T m(std::size_t i, std::size_t j) const { return val(now.m.data()[s.ij(i, j)]); }
  HWY_INLINE T p(std::size_t d, std::size_t e) const { return val(now.p.data()[d * s.modes + e]); }
  HWY_INLINE T apart(std::size_t i, std::size_t k) const { return val(now.r.data()[i * s.inputs + k]); }
  HWY_INLINE T u(std::size_t d) const { return val(now.u[d]); }
  HWY_INLINE T v(std::size_t ki) const { return val(now.v[ki]); }
  HWY_INLINE T x(std::size_t ki) const { return val(now.x[ki]); }
  HWY_INLINE T c1(std::size_t kj) const { return val(now.c1[kj]); }
  HWY_INLINE T c2(std::size_t kj) const { return val(now.c2[kj]); }
  HWY_INLINE double noise_variance() const { return now.noise_variance; }
  // At a weight change.
  HWY_INLINE bool moved() const { return now.moved; }
  HWY_INLINE T kappa() const { return val(now.kappa); }
  HWY_INLINE T believed_x(std::size_t i) const { return val(now.xh[i]); }
  HWY_INLINE T learned_v(std::size_t i) const { return v(now.learned * s.inputs + i); }
  HWY_INLINE T spread(std::size_t d, std::size_t e) const {
    T sum = p(d, e);
    if (now.apart > 0.0) sum += apart(d, e);
    return sum;
  }
  HWY_INLINE T slope() const { return y1; }
  HWY_INLINE T half_curvature() const { return 0.5 * y2; }
};

/// now.residual and now.spread_apart.
template <class Values>
HWY_INLINE void find_residuals(const BeliefShape s, Values& now) {
  const ValuesOfStep<Values> of{s, now};
  NumberOf<Values> a[3];
  const auto keep = [&a](std::array<EntryOf<Values>, 3>& to) HWY_ATTR {
    for (std::size_t n = 0; n < 3; ++n) {
      if constexpr (std::is_same_v<EntryOf<Values>, double>) {
        to[n] = a[n];
      } else {
        store(a[n], to[n]);
      }
    }
  };
  for (std::size_t kj = 0; kj < s.drives(); ++kj) {
    for (std::size_t other = kj; other < s.drives(); ++other) {
      residual_covariance(s, of, {kj / s.neurons, kj % s.neurons}, {other / s.neurons, other % s.neurons}, a);
      keep(now.residual[s.pair(kj, other)]);
    }
  }
  for (std::size_t k = 0; now.apart > 0.0 && k < s.offers; ++k) {
    variance_apart(s, of, k, a);
    keep(now.spread_apart[k]);
  }
}

/// With their slopes in a block of lanes. dc1, dc2: K M; dy1, dy2: of f' and f''.
template <class Values>
struct DualsOfStep {
  using Number = NumberOf<Values>;
  using T = Dual<Number>;

  HWY_INLINE DualsOfStep(const BeliefShape shape, const Values& values, const BeliefSlopes& d, std::size_t n)
      : of{shape, values},
        dm(d.m.block(n)),
        dp(d.p.block(n)),
        dr(d.r.block(n)),
        du(d.u.block(n)),
        dv(d.v.block(n)),
        dxh(d.xh.block(n)),
        dkappa(d.kappa.block(n)),
        dlog_sd(d.log_noise_sd.block(n)) {}

  ValuesOfStep<Values> of;
  const Lanes *dm, *dp, *dr, *du, *dv, *dxh, *dkappa, *dlog_sd;
  const Lanes *dc1 = nullptr, *dc2 = nullptr;
  Block dy1 = synfer::HWY_NAMESPACE::zero(), dy2 = synfer::HWY_NAMESPACE::zero();

  HWY_INLINE T zero() const { return {of.zero(), synfer::HWY_NAMESPACE::zero()}; }
  HWY_INLINE T one() const { return {of.one(), synfer::HWY_NAMESPACE::zero()}; }
  HWY_INLINE T m(std::size_t i, std::size_t j) const { return {of.m(i, j), load(dm[of.s.ij(i, j)])}; }
  HWY_INLINE T p(std::size_t d, std::size_t e) const { return {of.p(d, e), load(dp[d * of.s.modes + e])}; }
  HWY_INLINE T apart(std::size_t i, std::size_t k) const {
    return {of.apart(i, k), load(dr[i * of.s.inputs + k])};
  }
  HWY_INLINE T u(std::size_t d) const { return {of.u(d), load(du[d])}; }
  HWY_INLINE T v(std::size_t ki) const { return {of.v(ki), load(dv[ki])}; }
  HWY_INLINE Number x(std::size_t ki) const { return of.x(ki); }
  HWY_INLINE T c1(std::size_t kj) const { return {of.c1(kj), load(dc1[kj])}; }
  HWY_INLINE T c2(std::size_t kj) const { return {of.c2(kj), load(dc2[kj])}; }
  HWY_INLINE T noise_variance() const {
    const double variance = of.noise_variance();
    Number number = variance * of.one();
    return {number, (2.0 * variance) * load(*dlog_sd)};
  }
  HWY_INLINE bool moved() const { return of.moved(); }
  HWY_INLINE T kappa() const { return {of.kappa(), load(*dkappa)}; }
  HWY_INLINE T believed_x(std::size_t i) const { return {of.believed_x(i), load(dxh[i])}; }
  HWY_INLINE T learned_v(std::size_t i) const { return v(of.now.learned * of.s.inputs + i); }
  HWY_INLINE T spread(std::size_t d, std::size_t e) const {
    T sum = p(d, e);
    if (of.now.apart > 0.0) sum += apart(d, e);
    return sum;
  }
  HWY_INLINE T slope() const { return {of.y1, dy1}; }
  HWY_INLINE T half_curvature() const { return {0.5 * of.y2, 0.5 * dy2}; }
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
