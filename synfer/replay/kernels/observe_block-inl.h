// What a choice tells of the weights of eight sessions, one offer a step. Included once for each instruction
// set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_OBSERVE_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_OBSERVE_BLOCK_INL_H_
#undef SYNFER_REPLAY_KERNELS_OBSERVE_BLOCK_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_OBSERVE_BLOCK_INL_H_
#endif

#include <hwy/highway.h>

#include "synfer/model/functions-inl.h"
#include "synfer/replay/kernels/belief_block.h"
#include "synfer/replay/kernels/second_nodes-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr double kSmallestProbability = 1e-300;
inline constexpr double kSmallestLogitVariance = 1e-300;

using kernels::ChoiceLanes;

// `of` where `by` > `than`, `otherwise` elsewhere.
HWY_INLINE Block where_above(const Block& by, double than, const Block& of, const Block& otherwise) {
  Block chosen;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto above = hn::Gt(by.part[n], hn::Set(Tag(), than));
    chosen.part[n] = hn::IfThenElse(above, of.part[n], otherwise.part[n]);
  }
  return chosen;
}

// What follows is written for any shape of one offer and compiled for the plain one besides.

template <int kKind>
HWY_INLINE void respond(const BeliefShape s, const Activation& f, BlockValues& now) {
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Block z = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) z += load(now.x[i]) * load(now.m[s.ij(i, j)]);
    const Response of = activate_block<kKind>(f, z);
    store(z, now.z[j]);
    store(of.value, now.y[j]);
    store(of.slope, now.y1[j]);
    store(of.curvature, now.y2[j]);
  }
}

// The line on which weights and noise move the logit: see belief.cc. A lane without choice, or where nothing
// moves the logit, has a line that is a point.
HWY_INLINE void find_line(const BeliefShape s, const Block& toward, BlockValues& now) {
  for (std::size_t d = 0; d < s.modes; ++d) now.a[d] = {};
  for (std::size_t i = 0; i < s.inputs; ++i) {
    Block b = zero();
    for (std::size_t j = 0; j < s.neurons; ++j) {
      const Block slope = now.readout[j] * load(now.y1[j]);
      Lanes& a = now.a[s.gi(j, i)];
      store(load(a) + slope * load(now.x[i]), a);
      b += slope * load(now.m[s.ij(i, j)]);
    }
    store(b, now.b[i]);
  }
  Block variance = zero();
  for (std::size_t d = 0; d < s.modes; ++d) {
    Block sum = zero();
    for (std::size_t e = 0; e < s.modes; ++e) sum += load(now.p[d * s.modes + e]) * load(now.a[e]);
    variance += load(now.a[d]) * sum;
    store(sum, now.pa[d]);
  }
  for (std::size_t i = 0; i < s.inputs; ++i) {
    const Block b = load(now.b[i]);
    variance += (now.noise_variance * b) * b;
  }
  Block sd;
  for (std::size_t n = 0; n < kVectors; ++n) sd.part[n] = hn::Sqrt(variance.part[n]);
  sd = where_above(variance, kSmallestLogitVariance, sd, all(1.0));
  store(variance, now.variance);
  store(sd, now.sd);
  const Block chosen = toward * toward;
  const Block over_sd = where_above(variance, kSmallestLogitVariance, chosen * (1.0 / sd), zero());
  for (std::size_t d = 0; d < s.modes; ++d) store(load(now.pa[d]) * over_sd, now.u[d]);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    store((now.noise_variance * load(now.b[i])) * over_sd, now.v[i]);
  }
  // z along the line: (mu + t v)(m + t u) = z + c1 t + c2 t^2
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Block c1 = zero();
    Block c2 = zero();
    for (std::size_t i = 0; i < s.inputs; ++i) {
      const Block u = load(now.u[s.gi(j, i)]);
      const Block v = load(now.v[i]);
      c1 += v * load(now.m[s.ij(i, j)]);
      c1 += load(now.x[i]) * u;
      c2 += v * u;
    }
    store(c1, now.c1[j]);
    store(c2, now.c2[j]);
  }
}

// p and not_p at place t on the line, to first order; with slopes also how they move with each drive and with
// the offset, into now.node_slopes.
template <int kKind>
HWY_INLINE void choose_on_line(const BeliefShape s, const Activation& f, bool slopes, double t,
                               const Block& offset, const Block& toward, BlockValues& now, Block& p,
                               Block& not_p) {
  Block logit = offset;
  for (std::size_t j = 0; j < s.neurons; ++j) {
    Response of;
    if (t == 0.0) {
      of = {load(now.y[j]), load(now.y1[j]), zero(), zero()};
    } else {
      of = activate_block<kKind>(f, load(now.z[j]) + t * load(now.c1[j]) + (t * t) * load(now.c2[j]));
    }
    logit += now.readout[j] * of.value;
    if (slopes) store(now.readout[j] * of.slope, now.node_slopes[j]);
  }
  const Chosen chosen = choose(logit, toward);
  p = chosen.p;
  not_p = chosen.not_p;
  if (!slopes) return;
  const Block by_logit = toward * chosen.product;
  for (std::size_t j = 0; j < s.neurons; ++j) store(by_logit * load(now.node_slopes[j]), now.node_slopes[j]);
  store(by_logit, now.node_slopes[s.neurons]);
}

template <int kKind>
HWY_INLINE void observe(const BeliefShape s, const Activation& f, bool moments, ChoiceLanes& choice,
                        BlockValues& now) {
  const Block toward = load(choice.toward);
  const Block offset = load(choice.offset);
  find_line(s, toward, now);
  if (now.second) find_residuals(s, now);
  if (moments) {
    for (auto& of : now.moments) of.fill({});
  }
  Block z = zero();
  Block not_z = zero();
  Block first = zero();
  Block second = zero();
  for (std::size_t q = 0; q < kNodes; ++q) {
    const double t = kNodeAt[q];
    Block p;
    Block not_p;
    if (now.second) {
      choose_at_node<kKind>(s, f, moments, all(t), offset, toward, now, p, not_p);
    } else {
      choose_on_line<kKind>(s, f, moments, t, offset, toward, now, p, not_p);
    }
    z += kNodeWeight[q] * p;
    not_z += kNodeWeight[q] * not_p;
    first += (kNodeWeight[q] * t) * p;
    second += (kNodeWeight[q] * t * t) * p;
    if (!moments) continue;
    for (std::size_t n = 0; n < now.moments.size(); ++n) {
      Block term = kNodeWeight[q] * load(now.node_slopes[n]);
      for (Lanes& sum : now.moments[n]) {
        store(load(sum) + term, sum);
        term = t * term;
      }
    }
  }
  for (auto& part : z.part) part = hn::Max(part, hn::Set(Tag(), kSmallestProbability));
  const Block over_z = 1.0 / z;
  const Block mean = first * over_z;
  const Block square = second * over_z;
  store(z, choice.p);
  store(not_z, choice.not_p);
  store(mean, now.first);
  store(square, now.second_moment);
  const Block chosen = toward * toward;
  store(chosen * mean, now.alpha);
  store(chosen * (square - mean * mean + all(-1.0)), now.kappa);
  if (!moments) return;
  for (auto& of : now.moments) {
    for (Lanes& sum : of) store(load(sum) * over_z, sum);
  }
}

HWY_INLINE void move(const BeliefShape s, BlockValues& now) {
  const Block alpha = load(now.alpha);
  const Block kappa = load(now.kappa);
  for (std::size_t i = 0; i < s.inputs; ++i) {
    for (std::size_t j = 0; j < s.neurons; ++j) {
      Lanes& m = now.m[s.ij(i, j)];
      store(load(m) + alpha * load(now.u[s.gi(j, i)]), m);
    }
  }
  for (std::size_t d = 0; d < s.modes; ++d) {
    const Block ku = kappa * load(now.u[d]);
    for (std::size_t e = d; e < s.modes; ++e) {
      const Block p = load(now.p[d * s.modes + e]) + ku * load(now.u[e]);
      store(p, now.p[d * s.modes + e]);
      store(p, now.p[e * s.modes + d]);
    }
  }
}

template <int kKind>
HWY_INLINE void respond_to_believed(const BeliefShape s, const Activation& f, std::size_t j,
                                    const BlockValues& now, Lanes& y,
                                    kernels::ResponseSlopes<Lanes>& slopes) {
  Block z = zero();
  for (std::size_t i = 0; i < s.inputs; ++i) z += load(now.xh[i]) * load(now.m[s.ij(i, j)]);
  const Response of = activate_block<kKind>(f, z);
  store(of.value, y);
  store(of.slope, slopes.first);
  store(of.curvature, slopes.second);
  store(of.third, slopes.third);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
