// The choice at a node of the line, to second order: at place t the logit has a mean and a variance, since
// what lies beside the line moves it as well (docs/latent-weights.md, "Second order").
//
//   z = z0 - c2 + c1 t + c2 t^2,    rho = Var z,
//   mean L = sum_kj sign b_j E f(z + sqrt(rho) xi),    g_kj = sign b_j E f'(z + sqrt(rho) xi),
//   Var L = g'C g,    p = (p(L + sd) + p(L - sd)) / 2,
//
// xi ~ N(0, 1) by three or five nodes of Gauss-Hermite. Slopes are exact, also those in variances, whose
// roots have none at 0: the roots have a floor. Included once for each instruction set (Highway's
// foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_SECOND_NODES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_SECOND_NODES_INL_H_
#undef SYNFER_REPLAY_KERNELS_SECOND_NODES_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_SECOND_NODES_INL_H_
#endif

#include <cmath>

#include "synfer/model/functions-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// Of a variance before its root is taken: far below what moves a likelihood's last digit.
inline constexpr double kVarianceFloor = 1e-16;

struct SpreadNode {
  double at, weight;
};
// Gauss-Hermite with three and five nodes: the one at 0, and those above it, each with its mirror image.
inline constexpr double kCentreOfThree = 2.0 / 3.0;
inline constexpr SpreadNode kAboveOfThree[] = {{1.7320508075688772935, 1.0 / 6.0}};
inline constexpr double kCentreOfFive = 8.0 / 15.0;
inline constexpr SpreadNode kAboveOfFive[] = {{1.3556261799742658658, 0.22207592200561264440},
                                              {2.8569700138728056542, 0.011257411327720688933}};

HWY_INLINE Block all(double number) {
  Block block;
  for (auto& part : block.part) part = hn::Set(Tag(), number);
  return block;
}
HWY_INLINE Block all(const Block& block) { return block; }

HWY_INLINE Block root_above(const Block& variance) {
  Block root;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto positive = hn::Max(variance.part[n], hn::Zero(Tag()));
    root.part[n] = hn::Sqrt(hn::Add(positive, hn::Set(Tag(), kVarianceFloor)));
  }
  return root;
}

struct Response {
  Block value, slope, curvature, third;
};

template <int kKind>
HWY_INLINE Response activate_block(const Activation& f, const Block& z) {
  Response response;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto of = activate<kKind>(Tag(), f, z.part[n]);
    response.value.part[n] = of.value;
    response.slope.part[n] = of.slope;
    response.curvature.part[n] = of.curvature;
    response.third.part[n] = of.third;
  }
  return response;
}

// p(choice), p(other) and their product at a logit.
struct Chosen {
  Block p, not_p, product;
};
HWY_INLINE Chosen choose(const Block& logit, const Block& toward) {
  Chosen chosen;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto of = logistic(Tag(), logit.part[n]);
    const auto unlikely = hn::Lt(hn::Mul(toward.part[n], logit.part[n]), hn::Zero(Tag()));
    chosen.p.part[n] = hn::IfThenElse(unlikely, of.smaller, of.larger);
    chosen.not_p.part[n] = hn::IfThenElse(unlikely, of.larger, of.smaller);
    chosen.product.part[n] = hn::Mul(of.smaller, of.larger);
  }
  return chosen;
}

// E f, E f' and their slopes in the mean and the variance of z.
struct SpreadResponse {
  Block value, slope, curvature;  // E f, E f', E f''
  Block value_by_rho, slope_by_rho;
};

// Exact for units that are linear but for a kink at 0, of which nodes would see only on which side they lie:
// with q = z / sd, phi and Phi of a normal, E max(z + sd xi, 0) = z Phi(q) + sd phi(q), and its slope is
// Phi(q): without a kink.
HWY_INLINE SpreadResponse respond_spread_kinked(const Activation& f, const Block& z, const Block& sd) {
  constexpr double kOverRootTwoPi = 0.39894228040143267794;
  const double leak = f.kind == Activation::Kind::kLeakyRelu ? f.leak : 0.0;
  Lanes at, width, value, slope, curvature, value_by_rho, slope_by_rho;
  store(z, at);
  store(sd, width);
  for (std::size_t l = 0; l < kLanes; ++l) {
    const double q = at.lane[l] / width.lane[l];
    const double above = 0.5 * std::erfc(-q * 0.70710678118654752440);
    const double density = kOverRootTwoPi * std::exp(-0.5 * q * q) * (1.0 - leak) / width.lane[l];
    const double kinked = at.lane[l] * above + kOverRootTwoPi * width.lane[l] * std::exp(-0.5 * q * q);
    value.lane[l] = leak * at.lane[l] + (1.0 - leak) * kinked;
    slope.lane[l] = leak + (1.0 - leak) * above;
    curvature.lane[l] = density;
    value_by_rho.lane[l] = 0.5 * density;
    slope_by_rho.lane[l] = -0.5 * q * density / width.lane[l];
  }
  return {load(value), load(slope), load(curvature), load(value_by_rho), load(slope_by_rho)};
}

template <int kKind>
HWY_INLINE SpreadResponse respond_spread(const Activation& f, bool wide, bool slopes, const Block& z,
                                         const Block& rho) {
  const Block sd = root_above(rho);
  if constexpr (kKind == kAnyKind) {
    if (f.kind == Activation::Kind::kLinear) return {z, all(1.0), zero(), zero(), zero()};
    if (f.kind == Activation::Kind::kRelu || f.kind == Activation::Kind::kLeakyRelu)
      return respond_spread_kinked(f, z, sd);
  }
  const Response centre = activate_block<kKind>(f, z);
  const double c0 = wide ? kCentreOfFive : kCentreOfThree;
  const SpreadNode* above = wide ? kAboveOfFive : kAboveOfThree;
  const std::size_t count = wide ? std::size(kAboveOfFive) : std::size(kAboveOfThree);
  SpreadResponse of = {c0 * centre.value, c0 * centre.slope, c0 * centre.curvature, zero(), zero()};
  for (std::size_t n = 0; n < count; ++n) {
    const auto [at, weight] = above[n];
    const Block up_at = z + at * sd;
    const Block down_at = z - at * sd;
    const Response up = activate_block<kKind>(f, up_at);
    const Response down = activate_block<kKind>(f, down_at);
    const Block value = up.value + down.value;
    const Block slope = up.slope + down.slope;
    of.value += weight * value;
    of.slope += weight * slope;
    if (!slopes) continue;
    const Block curvature = up.curvature + down.curvature;
    of.curvature += weight * curvature;
    const Block bends = up.slope - down.slope;
    const Block turns = up.curvature - down.curvature;
    of.value_by_rho += (weight * at) * bends;
    of.slope_by_rho += (weight * at) * turns;
  }
  if (!slopes) return of;
  const Block over = 0.5 / sd;
  of.value_by_rho = of.value_by_rho * over;
  of.slope_by_rho = of.slope_by_rho * over;
  return of;
}

HWY_INLINE Block at_place(const Block& t, const Block& a0, const Block& a1, const Block& a2) {
  const Block rest = a1 + a2 * t;
  return a0 + t * rest;
}

// p and not_p of the choice at t, a place in each lane; with slopes also dp/d(what it is made of), as
// BeliefValuesOf::node_slopes says.
template <int kKind, class Values>
HWY_INLINE void choose_at_node(const BeliefShape s, const Activation& f, bool slopes, const Block& t,
                               const Block& offset, const Block& toward, Values& now, Block& p,
                               Block& not_p) {
  const std::size_t km = s.offers * s.neurons;
  const auto covariance = [&](std::size_t pair) HWY_ATTR {
    const auto& of = now.residual[pair];
    return at_place(t, all(val(of[0])), all(val(of[1])), all(val(of[2])));
  };
  Lanes* g = now.node_work.data();  // KM each
  Lanes* curvature = g + km;
  Lanes* value_by_rho = curvature + km;
  Lanes* slope_by_rho = value_by_rho + km;
  Lanes* cg = slope_by_rho + km;
  Block logit = offset;
  for (std::size_t kj = 0; kj < km; ++kj) {
    const std::size_t k = kj / s.neurons;
    const Block c2 = all(val(now.c2[kj]));
    const Block z = at_place(t, all(val(now.z[kj])) - c2, all(val(now.c1[kj])), c2);
    Block rho = covariance(s.pair(kj, kj));
    if (now.apart > 0.0) {
      const auto& of = now.spread_apart[k];
      rho += at_place(t, all(val(of[0])), all(val(of[1])), all(val(of[2])));
    }
    const SpreadResponse of = respond_spread<kKind>(f, now.wide, slopes, z, rho);
    const double reads = s.sign(k) * now.readout[kj % s.neurons];
    logit += reads * of.value;
    store(reads * of.slope, g[kj]);
    if (!slopes) continue;
    store(reads * of.curvature, curvature[kj]);
    store(reads * of.value_by_rho, value_by_rho[kj]);
    store(reads * of.slope_by_rho, slope_by_rho[kj]);
  }
  for (std::size_t kj = 0; kj < km; ++kj) cg[kj] = {};
  Block variance = zero();
  for (std::size_t a = 0; a < km; ++a) {
    for (std::size_t b = a; b < km; ++b) {
      const Block c = covariance(s.pair(a, b));
      store(load(cg[a]) + c * load(g[b]), cg[a]);
      if (b != a) store(load(cg[b]) + c * load(g[a]), cg[b]);
    }
    variance += load(cg[a]) * load(g[a]);
  }
  const Block sd = root_above(variance);
  const Chosen up = choose(logit + sd, toward);
  const Chosen down = choose(logit - sd, toward);
  const Block both = up.p + down.p;
  const Block others = up.not_p + down.not_p;
  p = 0.5 * both;
  not_p = 0.5 * others;
  if (!slopes) return;
  const Block products = up.product + down.product;
  const Block by_logit = (0.5 * toward) * products;
  const Block differences = up.product - down.product;
  const Block over_sd = 0.25 / sd;
  const Block by_variance = over_sd * (toward * differences);
  Lanes* out = now.node_slopes.data();
  store(by_logit, out[km]);
  for (std::size_t k = 0; now.apart > 0.0 && k < s.offers; ++k) out[s.apart_input(k)] = {};
  for (std::size_t kj = 0; kj < km; ++kj) {
    const Block of_g = 2.0 * Block(by_variance * load(cg[kj]));
    store(by_logit * load(g[kj]) + of_g * load(curvature[kj]), out[kj]);
    const Block by_rho = by_logit * load(value_by_rho[kj]) + of_g * load(slope_by_rho[kj]);
    const Block of_variance = by_variance * load(g[kj]);
    store(by_rho + of_variance * load(g[kj]), out[s.pair_input(kj, kj)]);
    for (std::size_t b = kj + 1; b < km; ++b) {
      store(2.0 * Block(of_variance * load(g[b])), out[s.pair_input(kj, b)]);
    }
    if (now.apart > 0.0) {
      Lanes& to = out[s.apart_input(kj / s.neurons)];
      store(load(to) + by_rho, to);
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
