// The weight change of the filter with three offers and more: what many_choice-inl.h is of the choice.
// `on`: as there, with response_to_believed(j, z) and rule(i, j, ...), a synapse's mean change and slopes
// times eta. Included once for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_MANY_CHANGE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_MANY_CHANGE_INL_H_
#undef SYNFER_REPLAY_KERNELS_MANY_CHANGE_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_MANY_CHANGE_INL_H_
#endif

#include <hwy/highway.h>

#include <vector>

#include "synfer/replay/belief_values.h"
#include "synfer/replay/many_offers.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

/// The weight change from offer `learned`. `moved`: whether there was a choice.
template <class On>
HWY_INLINE void change_many(const BeliefShape shape, On& on, std::size_t learned, bool moved, bool above_mean,
                            ManyStep<typename On::T>& step) {
  using T = On::T;
  const std::size_t inputs = shape.inputs;
  const std::size_t modes = shape.modes;
  const std::size_t rank = moved ? shape.offers - 1 : 0;
  const T* v = moved ? &step.v[learned * rank * inputs] : nullptr;  // R x N
  // x = mu + V alpha, and V kappa
  step.believed_x.assign(inputs, on.zero());
  step.kv.assign(rank * inputs, on.zero());
  for (std::size_t i = 0; i < inputs; ++i) {
    T x = on.x(learned * inputs + i) * on.one();
    for (std::size_t a = 0; a < rank; ++a) {
      x += step.alpha[a] * v[a * inputs + i];
      for (std::size_t b = 0; b < rank; ++b)
        step.kv[a * inputs + i] += step.kappa[a * rank + b] * v[b * inputs + i];
    }
    step.believed_x[i] = x;
  }
  const std::vector<T>& x = step.believed_x;
  const auto spread_of = [&](std::size_t d, std::size_t e) HWY_ATTR {
    T sum = step.p[d * modes + e];
    if (!step.r.empty()) sum += step.r[d * modes + e];
    return sum;
  };
  step.phi.assign(modes, on.zero());
  step.gamma.assign(modes, on.zero());
  step.psi.assign(modes, on.zero());
  step.g.assign(modes * inputs, on.zero());
  step.gamma_ij.assign(inputs, on.zero());
  step.change.assign(inputs, on.zero());
  for (std::size_t j = 0; j < shape.neurons; ++j) {
    T z = on.zero();
    for (std::size_t i = 0; i < inputs; ++i) z += x[i] * step.m[shape.ij(i, j)];
    const auto y = on.response_to_believed(j, z);  // value, slope, half_curvature
    // The moments of (x, y, w) about the mean, as in second_order-inl.h.
    std::vector<T> vw(rank, on.zero());
    std::vector<T> along(rank, on.zero());
    std::vector<T> kvw(rank, on.zero());
    T variance = on.zero();
    T of_y = on.zero();
    if (above_mean) {
      T ww = on.zero();
      for (std::size_t i = 0; i < inputs; ++i) {
        const T& w = step.m[shape.ij(i, j)];
        ww += w * w;
        T px = on.zero();
        for (std::size_t e = 0; e < inputs; ++e) px += x[e] * spread_of(shape.gi(j, i), shape.gi(j, e));
        variance += x[i] * px;
        for (std::size_t a = 0; a < rank; ++a) {
          vw[a] += v[a * inputs + i] * w;
          kvw[a] += step.kv[a * inputs + i] * w;
          along[a] += x[i] * step.u[a * modes + shape.gi(j, i)];
          of_y += step.u[a * modes + shape.gi(j, i)] * step.kv[a * inputs + i];
        }
      }
      variance += on.noise_variance() * ww;
      for (std::size_t a = 0; a < rank; ++a) {
        T both = vw[a];
        both += 2.0 * along[a];
        variance += kvw[a] * both;
        along[a] += vw[a];
      }
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      const std::size_t d = shape.gi(j, i);
      const T& w = step.m[shape.ij(i, j)];
      SpreadOf<T> by;
      if (above_mean) {
        T wz = on.zero();
        for (std::size_t e = 0; e < inputs; ++e) wz += x[e] * spread_of(d, shape.gi(j, e));
        T xz = on.noise_variance() * w;
        by.xx = on.noise_variance() * on.one();
        by.ww = spread_of(d, d);
        by.xw = on.zero();
        for (std::size_t a = 0; a < rank; ++a) {
          wz += step.u[a * modes + d] * kvw[a];
          xz += step.kv[a * inputs + i] * along[a];
          by.xx += step.kv[a * inputs + i] * v[a * inputs + i];
          by.xw += step.u[a * modes + d] * step.kv[a * inputs + i];
        }
        by.y = y.half_curvature * variance;
        by.y += y.slope * of_y;
        const T squared = y.slope * y.slope;
        by.yy = squared * variance;
        by.xy = y.slope * xz;
        by.yw = y.slope * wz;
      }
      const auto of = on.rule(i, j, x[i], y.value, w, by);  // change, by_x, by_y, by_w: times eta
      step.change[i] = of.change;
      const double share = on.share(j);
      step.phi[d] += share * of.by_w;
      step.phi[d] += share * on.one();
      step.psi[d] += share * of.by_x;
      step.gamma_ij[i] = of.by_y * y.slope;
      step.gamma[d] += share * step.gamma_ij[i];
    }
    for (std::size_t i = 0; i < inputs; ++i) {
      const T of_gamma = on.share(j) * step.gamma_ij[i];
      for (std::size_t e = 0; e < inputs; ++e)
        step.g[shape.gi(j, i) * inputs + e] += of_gamma * step.m[shape.ij(e, j)];
    }
    for (std::size_t i = 0; i < inputs; ++i) step.m[shape.ij(i, j)] += step.change[i];
  }
  for (std::size_t d = 0; d < modes; ++d) step.g[d * inputs + d % inputs] += step.psi[d];

  // to = F of, F = diag(phi) + gamma x' of a group; of: D x columns
  const auto apply_f = [&](const std::vector<T>& of, std::size_t rows, std::size_t columns,
                           std::vector<T>& to) HWY_ATTR {
    to.assign(rows * columns, on.zero());
    for (std::size_t first = 0; first < rows; first += inputs) {
      for (std::size_t c = 0; c < columns; ++c) {
        T along_x = on.zero();
        for (std::size_t i = 0; i < inputs; ++i) along_x += x[i] * of[(first + i) * columns + c];
        for (std::size_t d = first; d < first + inputs; ++d) {
          T sum = step.phi[d] * of[d * columns + c];
          sum += step.gamma[d] * along_x;
          to[d * columns + c] = sum;
        }
      }
    }
  };
  // (F of F')_de of rows F of
  const auto times_f = [&](const std::vector<T>& rows, std::size_t size, std::size_t d, std::size_t e)
                           HWY_ATTR {
                             T along_x = on.zero();
                             const std::size_t first = e - e % inputs;
                             for (std::size_t i = 0; i < inputs; ++i)
                               along_x += x[i] * rows[d * size + first + i];
                             T sum = step.phi[e] * rows[d * size + e];
                             sum += step.gamma[e] * along_x;
                             return sum;
                           };
  // P' = F P F' + s^2 G G' + sum_ab kappa_ab (F u_a (G v_b)' + G v_b (F u_a)' + G v_a (G v_b)')
  apply_f(step.p, modes, modes, step.fp);
  step.fu.assign(rank * modes, on.zero());
  step.gv.assign(rank * modes, on.zero());
  step.gkv.assign(rank * modes, on.zero());
  for (std::size_t a = 0; a < rank; ++a) {
    for (std::size_t first = 0; first < modes; first += inputs) {
      T along_x = on.zero();
      for (std::size_t i = 0; i < inputs; ++i) along_x += x[i] * step.u[a * modes + first + i];
      for (std::size_t d = first; d < first + inputs; ++d) {
        step.fu[a * modes + d] = step.phi[d] * step.u[a * modes + d];
        step.fu[a * modes + d] += step.gamma[d] * along_x;
        for (std::size_t i = 0; i < inputs; ++i) {
          step.gv[a * modes + d] += step.g[d * inputs + i] * v[a * inputs + i];
          step.gkv[a * modes + d] += step.g[d * inputs + i] * step.kv[a * inputs + i];
        }
      }
    }
  }
  for (std::size_t d = 0; d < modes; ++d) {
    for (std::size_t e = d; e < modes; ++e) {
      T sum = times_f(step.fp, modes, d, e);
      T squares = on.zero();
      for (std::size_t i = 0; i < inputs; ++i) squares += step.g[d * inputs + i] * step.g[e * inputs + i];
      sum += on.noise_variance() * squares;
      for (std::size_t a = 0; a < rank; ++a) {
        T both = step.fu[a * modes + d];
        both += step.gv[a * modes + d];
        sum += both * step.gkv[a * modes + e];
        sum += step.gkv[a * modes + d] * step.fu[a * modes + e];
      }
      if (d == e) sum += on.walk_variance();
      step.p[d * modes + e] = sum;
      step.p[e * modes + d] = sum;
    }
  }
  if (step.r.empty()) return;
  apply_f(step.r, inputs, inputs, step.fp);
  for (std::size_t d = 0; d < inputs; ++d) {
    for (std::size_t e = d; e < inputs; ++e) {
      T sum = times_f(step.fp, inputs, d, e);
      if (d == e) sum += on.apart() * on.walk_variance();
      step.r[d * inputs + e] = sum;
      step.r[e * inputs + d] = sum;
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
