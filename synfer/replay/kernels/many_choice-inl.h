// The filter with three offers and more: the recursion of belief.h where the choice depends on as many
// differences of logits as there are offers less one, R, and the line becomes a plane
// (docs/latent-weights.md, "Three offers and more"). Written once: of numbers, of numbers with slopes in
// lanes, of numbers on a tape.
//
// `on` hands out numbers T and what is not arithmetic, such as response(kj, z), f'(z) of a drive.
// Included once for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_MANY_CHOICE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_MANY_CHOICE_INL_H_
#undef SYNFER_REPLAY_KERNELS_MANY_CHOICE_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_MANY_CHOICE_INL_H_
#endif

#include <hwy/highway.h>

#include <cmath>
#include <vector>

#include "synfer/model/functions-inl.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/kernels/vectors-inl.h"
#include "synfer/replay/many_offers.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// Of the variances of logits, added to each: keeps them apart from 0 where offers are alike.
inline constexpr double kRidge = 1e-12;

HWY_INLINE double value_of(double number) { return number; }

// A number with its slopes in the parameters of a block, as it lies in memory: of Dual, a vector of the
// standard library does not keep the alignment.
struct StoredDual {
  double value = 0.0;
  Lanes slope;

  StoredDual() = default;
  HWY_INLINE StoredDual(double number, const Block& slopes) : value(number) { store(slopes, slope); }
};

HWY_INLINE double value_of(const StoredDual& number) { return number.value; }

HWY_INLINE StoredDual operator*(const StoredDual& a, const StoredDual& b) {
  Block slope = a.value * load(b.slope);
  slope += b.value * load(a.slope);
  return {a.value * b.value, slope};
}
HWY_INLINE StoredDual operator*(double a, const StoredDual& b) { return {a * b.value, a * load(b.slope)}; }
HWY_INLINE StoredDual& operator+=(StoredDual& a, const StoredDual& b) {
  a.value += b.value;
  store(load(a.slope) + load(b.slope), a.slope);
  return a;
}
HWY_INLINE StoredDual& operator-=(StoredDual& a, const StoredDual& b) {
  a.value -= b.value;
  store(load(a.slope) - load(b.slope), a.slope);
  return a;
}

// inverse (R x R, lower) of the Cholesky factor of s (R x R, lower).
template <class On>
HWY_INLINE void invert_root(std::size_t rank, const On& on, ManyStep<typename On::T>& step) {
  using T = On::T;
  auto& root = step.root;
  auto& inverse = step.inverse;
  root.assign(rank * rank, on.zero());
  inverse.assign(rank * rank, on.zero());
  for (std::size_t a = 0; a < rank; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      T sum = step.s[a * rank + b];
      for (std::size_t c = 0; c < b; ++c) sum -= root[a * rank + c] * root[b * rank + c];
      if (a == b) {
        const double value = std::sqrt(value_of(sum));
        root[a * rank + a] = on.unary(sum, value, 0.5 / value);
        inverse[a * rank + a] = on.unary(sum, 1.0 / value, -0.5 / (value * value * value));
      } else {
        root[a * rank + b] = sum * inverse[b * rank + b];
      }
    }
  }
  for (std::size_t a = 1; a < rank; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      T sum = on.zero();
      for (std::size_t c = b; c < a; ++c) sum += root[a * rank + c] * inverse[c * rank + b];
      const T with = sum * inverse[a * rank + a];
      inverse[a * rank + b] = -1.0 * with;
    }
  }
}

// The logits' slopes and the variances of their differences from the first: step.a, b, pa and s.
template <class On>
HWY_INLINE void slopes_of_logits(const BeliefShape shape, const On& on, ManyStep<typename On::T>& step) {
  using T = On::T;
  const std::size_t inputs = shape.inputs;
  const std::size_t modes = shape.modes;
  const std::size_t offers = shape.offers;
  const std::size_t rank = offers - 1;
  step.z.assign(shape.drives(), on.zero());
  step.slope.assign(shape.drives(), on.zero());
  step.a.assign(offers * modes, on.zero());
  step.pa.assign(offers * modes, on.zero());
  step.b.assign(offers * inputs, on.zero());
  for (std::size_t kj = 0; kj < shape.drives(); ++kj) {
    const std::size_t k = kj / shape.neurons;
    const std::size_t j = kj % shape.neurons;
    T z = on.zero();
    for (std::size_t i = 0; i < inputs; ++i) z += on.x(k * inputs + i) * step.m[shape.ij(i, j)];
    step.z[kj] = z;
    step.slope[kj] = on.response(kj, z);
    const T slope = on.readout(j) * step.slope[kj];
    for (std::size_t i = 0; i < inputs; ++i) {
      step.a[k * modes + shape.gi(j, i)] += on.x(k * inputs + i) * slope;
      step.b[k * inputs + i] += slope * step.m[shape.ij(i, j)];
    }
  }
  for (std::size_t k = 0; k < offers; ++k) {
    for (std::size_t d = 0; d < modes; ++d) {
      T sum = on.zero();
      for (std::size_t e = 0; e < modes; ++e) sum += step.p[d * modes + e] * step.a[k * modes + e];
      step.pa[k * modes + d] = sum;
    }
  }
  // Of differences: a_k - a_0 on the weights, b_k on offer k's noise and -b_0 on the first one's.
  T of_first = on.zero();
  for (std::size_t i = 0; i < inputs; ++i) of_first += step.b[i] * step.b[i];
  step.s.assign(rank * rank, on.zero());
  T trace = on.zero();
  for (std::size_t k = 1; k < offers; ++k) {
    for (std::size_t l = 1; l <= k; ++l) {
      T sum = on.zero();
      for (std::size_t d = 0; d < modes; ++d) {
        T a = step.a[k * modes + d];
        a -= step.a[d];
        T pa = step.pa[l * modes + d];
        pa -= step.pa[d];
        sum += a * pa;
      }
      T noise = of_first;
      for (std::size_t i = 0; k == l && i < inputs; ++i)
        noise += step.b[k * inputs + i] * step.b[k * inputs + i];
      sum += on.noise_variance() * noise;
      step.s[(k - 1) * rank + l - 1] = sum;
      if (k == l) trace += sum;
    }
  }
  for (std::size_t a = 0; a < rank; ++a) step.s[a * rank + a] += kRidge * trace;
}

// Weights and noise on the plane, (w, x_k) = (m + U t, x_k + V_k t), and z_kj there: c1 and c2.
template <class On>
HWY_INLINE void find_plane(const BeliefShape shape, const On& on, ManyStep<typename On::T>& step) {
  using T = On::T;
  const std::size_t inputs = shape.inputs;
  const std::size_t modes = shape.modes;
  const std::size_t rank = shape.offers - 1;
  step.u.assign(rank * modes, on.zero());
  step.v.assign(shape.offers * rank * inputs, on.zero());
  for (std::size_t a = 0; a < rank; ++a) {
    T all = on.zero();
    for (std::size_t b = 0; b <= a; ++b) {
      const T& w = step.inverse[a * rank + b];
      all += w;
      for (std::size_t d = 0; d < modes; ++d) {
        T pa = step.pa[(b + 1) * modes + d];
        pa -= step.pa[d];
        step.u[a * modes + d] += w * pa;
      }
      const T of_noise = on.noise_variance() * w;
      for (std::size_t i = 0; i < inputs; ++i)
        step.v[((b + 1) * rank + a) * inputs + i] = of_noise * step.b[(b + 1) * inputs + i];
    }
    const T of_noise = on.noise_variance() * all;
    for (std::size_t i = 0; i < inputs; ++i) {
      const T v = of_noise * step.b[i];
      step.v[a * inputs + i] = -1.0 * v;
    }
  }
  step.c1.assign(shape.drives() * rank, on.zero());
  step.c2.assign(shape.drives() * rank * rank, on.zero());
  for (std::size_t kj = 0; kj < shape.drives(); ++kj) {
    const std::size_t k = kj / shape.neurons;
    const std::size_t j = kj % shape.neurons;
    for (std::size_t a = 0; a < rank; ++a) {
      const T* v = &step.v[(k * rank + a) * inputs];
      T& c1 = step.c1[kj * rank + a];
      for (std::size_t i = 0; i < inputs; ++i) {
        c1 += v[i] * step.m[shape.ij(i, j)];
        c1 += on.x(k * inputs + i) * step.u[a * modes + shape.gi(j, i)];
      }
      for (std::size_t b = 0; b < rank; ++b) {
        T& c2 = step.c2[(kj * rank + a) * rank + b];
        for (std::size_t i = 0; i < inputs; ++i) c2 += v[i] * step.u[b * modes + shape.gi(j, i)];
      }
    }
  }
}

// What is left of the covariance of two drives beside the plane, on average over the plane:
// mu_k'P mu_l + [k = l] s^2 (m'm + tr P) - c1'c1 - (C2 : C2 + C2 : C2').
template <class On>
HWY_INLINE On::T mean_residual(const BeliefShape shape, const On& on, const ManyStep<typename On::T>& step,
                               std::size_t one, std::size_t other) {
  using T = On::T;
  const std::size_t rank = shape.offers - 1;
  const std::size_t k = one / shape.neurons;
  const std::size_t l = other / shape.neurons;
  const std::size_t j = one % shape.neurons;
  const std::size_t n = other % shape.neurons;
  T sum = on.zero();
  T noise = on.zero();
  for (std::size_t i = 0; i < shape.inputs; ++i) {
    T px = on.zero();
    for (std::size_t e = 0; e < shape.inputs; ++e)
      px += on.x(l * shape.inputs + e) * step.p[shape.gi(j, i) * shape.modes + shape.gi(n, e)];
    sum += on.x(k * shape.inputs + i) * px;
    if (k != l) continue;
    noise += step.m[shape.ij(i, j)] * step.m[shape.ij(i, n)];
    noise += step.p[shape.gi(j, i) * shape.modes + shape.gi(n, i)];
  }
  if (k == l) sum += on.noise_variance() * noise;
  for (std::size_t a = 0; a < rank; ++a) {
    sum -= step.c1[one * rank + a] * step.c1[other * rank + a];
    for (std::size_t b = 0; b < rank; ++b) {
      T both = step.c2[(other * rank + a) * rank + b];
      both += step.c2[(other * rank + b) * rank + a];
      sum -= step.c2[(one * rank + a) * rank + b] * both;
    }
  }
  return sum;
}

// What the nodes are made of, in the order of ManyOffers.
template <class On>
HWY_INLINE void fill_node_inputs(const BeliefShape shape, const On& on, const ManyOffers& many,
                                 ManyStep<typename On::T>& step) {
  using T = On::T;
  const std::size_t rank = shape.offers - 1;
  step.inputs.assign(many.inputs(), on.zero());
  for (std::size_t kj = 0; kj < shape.drives(); ++kj) {
    T* to = &step.inputs[kj * many.of_drive()];
    *to = step.z[kj];
    for (std::size_t a = 0; a < rank; ++a) *to -= step.c2[(kj * rank + a) * rank + a];
    ++to;
    for (std::size_t a = 0; a < rank; ++a) *to++ = step.c1[kj * rank + a];
    for (std::size_t a = 0; a < rank; ++a) {
      for (std::size_t b = a; b < rank; ++b, ++to) {
        *to = step.c2[(kj * rank + a) * rank + b];
        if (b > a) *to += step.c2[(kj * rank + b) * rank + a];
      }
    }
  }
  for (std::size_t one = 0; one < shape.drives(); ++one) {
    for (std::size_t other = one; other < shape.drives(); ++other)
      step.inputs[many.pair_input(one, other)] = mean_residual(shape, on, step, one, other);
  }
  for (std::size_t k = 0; k < shape.offers; ++k) {
    step.inputs[many.offset_input(k)] = on.offset(k);
    if (step.r.empty()) continue;
    T trace = on.zero();
    T& variance = step.inputs[many.apart_input(k)];
    for (std::size_t i = 0; i < shape.inputs; ++i) {
      T rx = on.zero();
      for (std::size_t e = 0; e < shape.inputs; ++e)
        rx += on.x(k * shape.inputs + e) * step.r[i * shape.inputs + e];
      variance += on.x(k * shape.inputs + i) * rx;
      trace += step.r[i * shape.inputs + i];
    }
    variance += on.noise_variance() * trace;
  }
}

/// Everything up to the nodes.
template <class On>
HWY_INLINE void before_choice(const BeliefShape shape, const On& on, const ManyOffers& many,
                              ManyStep<typename On::T>& step) {
  find_plane(shape, on, step);
  fill_node_inputs(shape, on, many, step);
}

/// What the choice tells, given the nodes' outputs: alpha, kappa, and m and P as it moved them.
template <class On>
HWY_INLINE void after_choice(const BeliefShape shape, const On& on, const ManyOffers& many,
                             ManyStep<typename On::T>& step) {
  using T = On::T;
  const std::size_t rank = shape.offers - 1;
  step.alpha.assign(step.outputs.begin() + 1, step.outputs.begin() + 1 + static_cast<std::ptrdiff_t>(rank));
  step.kappa.assign(rank * rank, on.zero());
  for (std::size_t a = 0; a < rank; ++a) {
    for (std::size_t b = a; b < rank; ++b) {
      T kappa = step.outputs[many.second_output(a, b)];
      kappa -= step.alpha[a] * step.alpha[b];
      if (a == b) kappa -= on.one();
      step.kappa[a * rank + b] = kappa;
      step.kappa[b * rank + a] = kappa;
    }
  }
  for (std::size_t i = 0; i < shape.inputs; ++i) {
    for (std::size_t j = 0; j < shape.neurons; ++j) {
      for (std::size_t a = 0; a < rank; ++a)
        step.m[shape.ij(i, j)] += step.alpha[a] * step.u[a * shape.modes + shape.gi(j, i)];
    }
  }
  for (std::size_t a = 0; a < rank; ++a) {
    for (std::size_t d = 0; d < shape.modes; ++d) {
      T ku = on.zero();
      for (std::size_t b = 0; b < rank; ++b) ku += step.kappa[a * rank + b] * step.u[b * shape.modes + d];
      for (std::size_t e = 0; e < shape.modes; ++e)
        step.p[d * shape.modes + e] += ku * step.u[a * shape.modes + e];
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
