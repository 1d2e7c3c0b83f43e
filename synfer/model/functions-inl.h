// exp, the logistic function, tanh and the activations on vectors of any width, each to its own last digits
// and without overflow. NaN stays NaN: Highway's own Exp and Log1p swallow it. Included once for each
// instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_FUNCTIONS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_FUNCTIONS_INL_H_
#undef SYNFER_MODEL_FUNCTIONS_INL_H_
#else
#define SYNFER_MODEL_FUNCTIONS_INL_H_
#endif

#include <hwy/highway.h>

#include "synfer/model/activation.h"
#include "synfer/model/columns-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// exp(x) and exp(x) - 1 for x <= 0.
template <class D>
struct Exponential {
  hn::Vec<D> value, less_one;
};

// exp(x) = 2^n exp(r), n a whole number and |r| <= log(2) / 2, with Taylor's series of exp(r) - 1.
template <typename Number>
struct ExponentialNumbers;

template <>
struct ExponentialNumbers<double> {
  static constexpr int kFraction = 52;                         // bits
  static constexpr double kRounds = 6755399441055744.0;        // 1.5 2^52: added, it leaves whole numbers
  static constexpr double kLog2 = 6.93147180369123816490e-01;  // its leading digits: n times them is exact
  static constexpr double kLog2Rest = 1.90821492927058770002e-10;  // and the others
  static constexpr double kLeast = -708.0;                         // below, exp(x) is taken as 0
  // 1/13!, 1/11!, ... 1/3! and 1/12!, 1/10!, ... 1/2!
  static constexpr double kOdd[] = {1.0 / 6227020800.0, 1.0 / 39916800.0, 1.0 / 362880.0,
                                    1.0 / 5040.0,       1.0 / 120.0,      1.0 / 6.0};
  static constexpr double kEven[] = {1.0 / 479001600.0, 1.0 / 3628800.0, 1.0 / 40320.0,
                                     1.0 / 720.0,       1.0 / 24.0,      1.0 / 2.0};
};

template <>
struct ExponentialNumbers<float> {
  static constexpr int kFraction = 23;
  static constexpr double kRounds = 12582912.0;  // 1.5 2^23
  static constexpr double kLog2 = 0.693359375;
  static constexpr double kLog2Rest = -2.12194440054690583e-4;
  static constexpr double kLeast = -87.0;
  static constexpr double kOdd[] = {1.0 / 5040.0, 1.0 / 120.0, 1.0 / 6.0};
  static constexpr double kEven[] = {1.0 / 720.0, 1.0 / 24.0, 1.0 / 2.0};
};

// Even and odd powers apart, since a chain of sums is what one waits for.
template <class D>
HWY_INLINE Exponential<D> exponential(D d, hn::Vec<D> x) {
  using Numbers = ExponentialNumbers<hn::TFromD<D>>;
  constexpr double kToBase2 = 1.44269504088896340736;
  const auto number = [d](double value) HWY_ATTR { return in_lanes(d, value); };
  const auto rounded = hn::MulAdd(x, number(kToBase2), number(Numbers::kRounds));
  const auto n = hn::Sub(rounded, number(Numbers::kRounds));
  const auto r = hn::NegMulAdd(n, number(Numbers::kLog2Rest), hn::NegMulAdd(n, number(Numbers::kLog2), x));
  const auto squared = hn::Mul(r, r);
  auto of_odd = number(Numbers::kOdd[0]);
  auto of_even = number(Numbers::kEven[0]);
  for (std::size_t k = 1; k < std::size(Numbers::kOdd); ++k) {
    of_odd = hn::MulAdd(of_odd, squared, number(Numbers::kOdd[k]));
    of_even = hn::MulAdd(of_even, squared, number(Numbers::kEven[k]));
  }
  const auto series = hn::MulAdd(squared, hn::MulAdd(of_odd, r, of_even), r);
  // n stands in the last bits of `rounded`; as an exponent it is 2^n.
  const hn::RebindToSigned<D> bits;
  const auto power = hn::BitCast(d, hn::Add(hn::ShiftLeft<Numbers::kFraction>(hn::BitCast(bits, rounded)),
                                            hn::BitCast(bits, number(1.0))));
  const auto tiny = hn::Lt(x, number(Numbers::kLeast));
  return {hn::IfThenZeroElse(tiny, hn::MulAdd(power, series, power)),
          hn::IfThenElse(tiny, number(-1.0), hn::MulAdd(power, series, hn::Sub(power, number(1.0))))};
}

// 1 / (1 + exp(-|a|)) and its complement, without cancelling.
template <class D>
struct Logistic {
  hn::Vec<D> larger, smaller;
};

template <class D>
HWY_INLINE Logistic<D> logistic(D d, hn::Vec<D> a) {
  const auto e = exponential(d, hn::Neg(hn::Abs(a))).value;
  const auto larger = hn::Div(in_lanes(d, 1.0), hn::Add(in_lanes(d, 1.0), e));
  return {larger, hn::Mul(e, larger)};
}

// f(a), f'(a), f''(a) and f'''(a). Where it is inlined, what is not used is not computed.
template <class D>
struct Activated {
  hn::Vec<D> value, slope, curvature, third;
};

// Kinds of units that are compiled each by itself, so that none asks which it is; or one that is known when
// the program runs.
inline constexpr int kAnyKind = -1;
inline constexpr int kLinear = static_cast<int>(Activation::Kind::kLinear);
inline constexpr int kTanh = static_cast<int>(Activation::Kind::kTanh);
inline constexpr int kLeakyRelu = static_cast<int>(Activation::Kind::kLeakyRelu);
inline constexpr int kSquareplus = static_cast<int>(Activation::Kind::kSquareplus);

template <int kKind = kAnyKind, class D>
HWY_INLINE Activated<D> activate(D d, const Activation& f, hn::Vec<D> a) {
  using Kind = Activation::Kind;
  const auto zero = hn::Zero(d);
  const auto one = in_lanes(d, 1.0);
  const auto two = in_lanes(d, 2.0);
  switch (kKind == kAnyKind ? f.kind : static_cast<Kind>(kKind)) {
    case Kind::kLinear:
      return {a, one, zero, zero};
    case Kind::kTanh: {
      const auto e = exponential(d, hn::Mul(in_lanes(d, -2.0), hn::Abs(a)));
      const auto share = hn::Div(one, hn::Add(one, e.value));
      const auto value = hn::CopySign(hn::Mul(e.less_one, share), a);
      const auto slope = hn::Mul(hn::Mul(in_lanes(d, 4.0), e.value), hn::Mul(share, share));
      const auto curvature = hn::Mul(hn::Mul(in_lanes(d, -2.0), value), slope);
      // -2 (f' f' + f f'')
      const auto third = hn::Mul(in_lanes(d, -2.0), hn::MulAdd(value, curvature, hn::Mul(slope, slope)));
      return {value, slope, curvature, third};
    }
    case Kind::kSigmoid: {
      const auto of = logistic(d, a);
      const auto value = hn::IfThenElse(hn::Lt(a, zero), of.smaller, of.larger);
      const auto slope = hn::Mul(of.smaller, of.larger);
      const auto odd = hn::NegMulAdd(two, value, one);  // 1 - 2 f
      const auto curvature = hn::Mul(slope, odd);
      return {value, slope, curvature, hn::NegMulAdd(hn::Mul(two, slope), slope, hn::Mul(curvature, odd))};
    }
    case Kind::kRelu:
      return {hn::IfThenElse(hn::Lt(a, zero), zero, a), hn::IfThenElseZero(hn::Gt(a, zero), one), zero, zero};
    case Kind::kLeakyRelu: {
      const auto leak = in_lanes(d, f.leak);
      const auto below = hn::Lt(a, zero);
      return {hn::IfThenElse(below, hn::Mul(leak, a), a), hn::IfThenElse(below, leak, one), zero, zero};
    }
    case Kind::kSquareplus: {
      // (a + s) / 2 with s = sqrt(a^2 + 4), f' = f / s, f'' = 2 / s^3, f''' = -6 a / s^5; for a < 0 the
      // conjugate, 2 / (s - a), which does not cancel. The square overflows far out, where s is |a| to the
      // last digit.
      const auto far = hn::Gt(hn::Abs(a), in_lanes(d, sizeof(hn::TFromD<D>) == 4 ? 1e18 : 1e150));
      const auto s = hn::IfThenElse(far, hn::Abs(a), hn::Sqrt(hn::MulAdd(a, a, in_lanes(d, 4.0))));
      const auto half = in_lanes(d, 0.5);
      const auto half_sum = hn::MulAdd(half, hn::Abs(a), hn::Mul(half, s));
      const auto value = hn::IfThenElse(hn::Lt(a, zero), hn::Div(one, half_sum), half_sum);
      const auto over = hn::Div(one, s);
      const auto curvature = hn::Mul(hn::Mul(two, over), hn::Mul(over, over));
      const auto third = hn::Mul(hn::Mul(in_lanes(d, -3.0), hn::Mul(a, over)), hn::Mul(over, curvature));
      return {value, hn::Mul(value, over), curvature, third};
    }
    case Kind::kSoftplus:
      break;
  }
  using Number = hn::TFromD<D>;
  constexpr std::size_t kWidth = hn::MaxLanes(D());
  alignas(64) Number at[kWidth];
  alignas(64) Number values[kWidth];
  alignas(64) Number slopes[kWidth];
  alignas(64) Number curvatures[kWidth];
  alignas(64) Number thirds[kWidth];
  hn::Store(a, d, at);
  for (std::size_t l = 0; l < hn::Lanes(d); ++l) {
    const double value = f.value(at[l]);
    values[l] = static_cast<Number>(value);
    slopes[l] = static_cast<Number>(f.slope(at[l], value));
    curvatures[l] = static_cast<Number>(f.curvature(at[l], value));
    thirds[l] = static_cast<Number>(f.third(at[l], value));
  }
  return {hn::Load(d, values), hn::Load(d, slopes), hn::Load(d, curvatures), hn::Load(d, thirds)};
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
