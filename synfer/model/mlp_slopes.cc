#include "synfer/model/mlp_slopes.h"

#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/mlp_slopes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/columns-inl.h"
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

using kernels::MlpAtSynapse;

inline constexpr std::size_t kState = 3;  // x, y and w, in which slopes are taken
inline constexpr std::size_t kPairs = 6;  // xx, xy, xw, yy, yw, ww

// Where things stand in theta, and what inputs are worth.
struct Places {
  HWY_INLINE explicit Places(const MlpAtSynapse& of)
      : bias(of.theta.data() + of.variables.size() * of.units), out(bias + of.units) {
    for (std::size_t k = 0; k < of.variables.size(); ++k) {
      const auto v = static_cast<std::size_t>(of.variables[k]);
      weights[v] = of.theta.data() + k * of.units;
      input[v] = of.scale[k] * of.at[v];
      scale[v] = of.scale[k];
    }
  }

  const double* bias;
  const double* out;
  std::array<const double*, 4> weights = {};  // null where a variable is no input
  std::array<double, 4> input = {};
  std::array<double, 4> scale = {};
};

template <class D>
HWY_INLINE hn::Vec<D> sum_of_inputs(D d, const Places& p, std::size_t h) {
  auto a = hn::LoadU(d, p.bias + h);
  for (std::size_t v = 0; v < 4; ++v) {
    if (p.weights[v] != nullptr) a = hn::MulAdd(hn::Set(d, p.input[v]), hn::LoadU(d, p.weights[v] + h), a);
  }
  return a;
}

struct SumUnits {
  const Activation& f;
  const Places& p;
  double& sum;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    auto all = hn::Zero(d);
    for (std::size_t h = first; h < end; h += hn::Lanes(d)) {
      all = hn::MulAdd(hn::LoadU(d, p.out + h), activate(d, f, sum_of_inputs(d, p, h)).value, all);
    }
    sum += hn::GetLane(hn::SumOfLanes(d, all));
  }
};

// A, A_k and A_kl; keeps f, out f' and out f'' of every unit.
struct SumSlopes {
  const Activation& f;
  const Places& p;
  double* sums;                                     // 1 + kState + kPairs, to a multiple of four
  double *value, *first_slope, *slope, *curvature;  // H; f, f', out f', out f''

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    hn::Vec<D> all[1 + kState + kPairs];
    for (auto& one : all) one = hn::Zero(d);
    for (std::size_t h = first; h < end; h += hn::Lanes(d)) {
      const auto unit = activate(d, f, sum_of_inputs(d, p, h));
      const auto out = hn::LoadU(d, p.out + h);
      const auto out_slope = hn::Mul(out, unit.slope);
      const auto out_curvature = hn::Mul(out, unit.curvature);
      hn::StoreU(unit.value, d, value + h);
      hn::StoreU(unit.slope, d, first_slope + h);
      hn::StoreU(out_slope, d, slope + h);
      hn::StoreU(out_curvature, d, curvature + h);
      all[0] = hn::MulAdd(out, unit.value, all[0]);
      std::size_t pair = 1 + kState;
      for (std::size_t k = 0; k < kState; ++k) {
        if (p.weights[k] == nullptr) {
          pair += kState - k;
          continue;
        }
        const auto by_k = hn::Mul(hn::Set(d, p.scale[k]), hn::LoadU(d, p.weights[k] + h));
        all[1 + k] = hn::MulAdd(out_slope, by_k, all[1 + k]);
        const auto curved = hn::Mul(out_curvature, by_k);
        for (std::size_t l = k; l < kState; ++l, ++pair) {
          if (p.weights[l] == nullptr) continue;
          all[pair] =
              hn::MulAdd(curved, hn::Mul(hn::Set(d, p.scale[l]), hn::LoadU(d, p.weights[l] + h)), all[pair]);
        }
      }
    }
    double part[std::size(all)];
    store_sums(d, all, std::size(all), part);
    for (std::size_t n = 0; n < std::size(all); ++n) sums[n] += part[n];
  }
};

// The slopes in theta of g = F(A) and of g_k = F'(A) A_k:  F' dA,  F'' A_k dA + F' dA_k.
struct WriteThetaSlopes {
  const Places& p;
  double first, second;                                   // F', F''
  const double* a_k;                                      // kState
  const double *value, *first_slope, *slope, *curvature;  // H, as above
  const double* theta;
  std::array<double*, 1 + kState> out;  // of g, g_x, g_y, g_w: P

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t begin, std::size_t end) const {
    const auto of_a = hn::Set(d, first);
    for (std::size_t h = begin; h < end; h += hn::Lanes(d)) {
      const auto u = hn::LoadU(d, value + h);
      const auto u1 = hn::LoadU(d, first_slope + h);
      const auto s = hn::LoadU(d, slope + h);
      const auto c = hn::LoadU(d, curvature + h);
      write(d, out[0], h, hn::Mul(of_a, u), hn::Mul(of_a, s), nullptr);
      for (std::size_t k = 0; k < kState; ++k) {
        const auto by_k = p.weights[k] == nullptr
                              ? hn::Zero(d)
                              : hn::Mul(hn::Set(d, p.scale[k]), hn::LoadU(d, p.weights[k] + h));
        const auto of_a_k = hn::Set(d, second * a_k[k]);
        // forward: A_k = sum_h out_h f'(a_h) W_kh
        const auto by_out = hn::MulAdd(of_a_k, u, hn::Mul(of_a, hn::Mul(u1, by_k)));
        const auto by_a = hn::MulAdd(of_a_k, s, hn::Mul(of_a, hn::Mul(c, by_k)));
        const auto own = hn::Mul(hn::Set(d, first * p.scale[k]), s);
        write(d, out[1 + k], h, by_out, by_a, p.weights[k], own);
      }
    }
  }

 private:
  // by_a: the slope in a_h, which weights and bias share; `own` besides, of W_kh itself.
  template <class D>
  HWY_INLINE void write(D d, double* to, std::size_t h, hn::Vec<D> by_out, hn::Vec<D> by_a,
                        const double* weights_k, hn::Vec<D> own = hn::Zero(D())) const {
    for (std::size_t v = 0; v < 4; ++v) {
      if (p.weights[v] == nullptr) continue;
      auto slope_v = hn::Mul(hn::Set(d, p.input[v]), by_a);
      if (p.weights[v] == weights_k) slope_v = hn::Add(slope_v, own);
      hn::StoreU(slope_v, d, to + (p.weights[v] - theta) + h);
    }
    hn::StoreU(by_a, d, to + (p.bias - theta) + h);
    hn::StoreU(by_out, d, to + (p.out - theta) + h);
  }
};

HWY_INLINE double change(const Activation& f, const MlpAtSynapse& of) {
  const Places p(of);
  double sum = p.out[of.units];
  over_columns(of.units, SumUnits{f, p, sum});
  return of.output.value(sum);
}

HWY_INLINE SecondSlopes second_slopes(const Activation& f, const MlpAtSynapse& of, const ThetaSlopes& out,
                                      double* scratch) {
  const Places p(of);
  const std::size_t H = of.units;
  double sums[12] = {p.out[H]};
  double* const value = scratch;
  double* const first_slope = scratch + H;
  double* const slope = scratch + 2 * H;
  double* const curvature = scratch + 3 * H;
  over_columns(H, SumSlopes{f, p, sums, value, first_slope, slope, curvature});
  const double g = of.output.value(sums[0]);
  const double first = of.output.slope(sums[0], g);
  const double second = of.output.curvature(sums[0], g);
  const double* a_k = sums + 1;
  if (!out.g.empty()) {
    over_columns(H, WriteThetaSlopes{p,
                                     first,
                                     second,
                                     a_k,
                                     value,
                                     first_slope,
                                     slope,
                                     curvature,
                                     of.theta.data(),
                                     {out.g.data(), out.x.data(), out.y.data(), out.w.data()}});
    const std::size_t last = of.theta.size() - 1;  // forward: A = out_bias + ...
    out.g[last] = first;
    out.x[last] = second * a_k[0];
    out.y[last] = second * a_k[1];
    out.w[last] = second * a_k[2];
  }
  const auto curved = [&](std::size_t k, std::size_t l, std::size_t pair) {
    return first * sums[1 + kState + pair] + second * a_k[k] * a_k[l];
  };
  return {first * a_k[0],  first * a_k[1],  first * a_k[2],  curved(0, 0, 0), curved(0, 1, 1),
          curved(0, 2, 2), curved(1, 1, 3), curved(1, 2, 4), curved(2, 2, 5)};
}

// The kinds that fits use are compiled each by itself, so that no unit asks which it is.
double MlpChangeAt(const MlpAtSynapse& of) {
  using Kind = Activation::Kind;
  if (of.hidden.kind == Kind::kSquareplus) return change({Kind::kSquareplus}, of);
  return change(of.hidden, of);
}

SecondSlopes MlpSecondSlopesAt(const MlpAtSynapse& of, const ThetaSlopes& out, double* scratch) {
  using Kind = Activation::Kind;
  if (of.hidden.kind == Kind::kSquareplus) return second_slopes({Kind::kSquareplus}, of, out, scratch);
  return second_slopes(of.hidden, of, out, scratch);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(MlpChangeAt);
HWY_EXPORT(MlpSecondSlopesAt);

double mlp_change(const MlpAtSynapse& of) { return HWY_DYNAMIC_DISPATCH(MlpChangeAt)(of); }

SecondSlopes mlp_second_slopes(const MlpAtSynapse& of, const ThetaSlopes& out) {
  thread_local std::vector<double> scratch;
  scratch.resize(4 * of.units);
  return HWY_DYNAMIC_DISPATCH(MlpSecondSlopesAt)(of, out, scratch.data());
}

}  // namespace synfer::kernels
#endif
