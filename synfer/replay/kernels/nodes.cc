#include "synfer/replay/kernels/nodes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/nodes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

using Numbers = hn::Vec<Tag>;

HWY_INLINE Numbers number(double value) { return hn::Set(Tag(), value); }

// exp(x) and exp(x) - 1 for x <= 0, each to its own last digits. NaN stays NaN.
struct Exponential {
  Numbers value, less_one;
};

// exp(x) = 2^n exp(r), n a whole number and |r| <= log(2) / 2, with Taylor's series of exp(r) - 1 up to r^13.
HWY_INLINE Exponential exponential(Numbers x) {
  constexpr double kToBase2 = 1.44269504088896340736;
  constexpr double kLog2 = 6.93147180369123816490e-01;      // its leading digits: n times them is exact
  constexpr double kLog2Rest = 1.90821492927058770002e-10;  // and the others
  constexpr double kRounds = 6755399441055744.0;            // 1.5 2^52: added, it leaves whole numbers
  constexpr double kLeast = -708.0;                         // below, exp(x) is taken as 0
  constexpr double kInverseFactorials[] = {
      1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0,
      1.0 / 5040.0,       1.0 / 720.0,       1.0 / 120.0,      1.0 / 24.0,      1.0 / 6.0,      1.0 / 2.0};
  const Numbers rounded = hn::MulAdd(x, number(kToBase2), number(kRounds));
  const Numbers n = hn::Sub(rounded, number(kRounds));
  const Numbers r = hn::NegMulAdd(n, number(kLog2Rest), hn::NegMulAdd(n, number(kLog2), x));
  Numbers series = number(kInverseFactorials[0]);
  for (std::size_t k = 1; k < std::size(kInverseFactorials); ++k) {
    series = hn::MulAdd(series, r, number(kInverseFactorials[k]));
  }
  series = hn::MulAdd(hn::Mul(r, r), series, r);
  // n stands in the last bits of `rounded`; as an exponent it is 2^n.
  const hn::RebindToSigned<Tag> bits;
  const Numbers power = hn::BitCast(
      Tag(), hn::Add(hn::ShiftLeft<52>(hn::BitCast(bits, rounded)), hn::BitCast(bits, number(1.0))));
  const auto tiny = hn::Lt(x, number(kLeast));
  return {hn::IfThenZeroElse(tiny, hn::MulAdd(power, series, power)),
          hn::IfThenElse(tiny, number(-1.0), hn::MulAdd(power, series, hn::Sub(power, number(1.0))))};
}

// 1 / (1 + exp(-|a|)) and its complement, without cancelling.
struct Logistic {
  Numbers larger, smaller;
};

HWY_INLINE Logistic logistic(Numbers a) {
  const Numbers e = exponential(hn::Neg(hn::Abs(a))).value;
  const Numbers larger = hn::Div(number(1.0), hn::Add(number(1.0), e));
  return {larger, hn::Mul(e, larger)};
}

HWY_INLINE void tanh(Numbers a, Numbers& value, Numbers& slope) {
  const Exponential e = exponential(hn::Mul(number(-2.0), hn::Abs(a)));
  const Numbers share = hn::Div(number(1.0), hn::Add(number(1.0), e.value));
  value = hn::CopySign(hn::Mul(e.less_one, share), a);
  slope = hn::Mul(hn::Mul(number(4.0), e.value), hn::Mul(share, share));
}

HWY_INLINE void sigmoid(Numbers a, Numbers& value, Numbers& slope) {
  const Logistic of = logistic(a);
  value = hn::IfThenElse(hn::Lt(a, hn::Zero(Tag())), of.smaller, of.larger);
  slope = hn::Mul(of.smaller, of.larger);
}

HWY_INLINE void activate(const Activation& f, const Block& z, Block& value, Block& slope) {
  if (f.kind == Activation::Kind::kTanh) {
    for (std::size_t n = 0; n < kVectors; ++n) tanh(z.part[n], value.part[n], slope.part[n]);
  } else if (f.kind == Activation::Kind::kSigmoid) {
    for (std::size_t n = 0; n < kVectors; ++n) sigmoid(z.part[n], value.part[n], slope.part[n]);
  } else {
    Lanes at;
    Lanes values;
    Lanes slopes;
    store(z, at);
    for (std::size_t l = 0; l < kLanes; ++l) {
      values.lane[l] = f.value(at.lane[l]);
      slopes.lane[l] = f.slope(at.lane[l], values.lane[l]);
    }
    value = load(values);
    slope = load(slopes);
  }
}

void ChoiceAtNodes(const Activation& f, double toward, double offset, bool slopes, BeliefValues& now,
                   Lanes& p, Lanes& not_p) {
  Lanes nodes;
  for (std::size_t q = 0; q < kNodes; ++q) nodes.lane[q] = kNodeAt[q];
  const Block t = load(nodes);
  Block squares;
  Block logit;
  for (std::size_t n = 0; n < kVectors; ++n) {
    squares.part[n] = hn::Mul(t.part[n], t.part[n]);
    logit.part[n] = number(offset);
  }
  const std::size_t km = now.offers * now.neurons;
  for (std::size_t k = 0; k < now.offers; ++k) {
    for (std::size_t j = 0; j < now.neurons; ++j) {
      const std::size_t kj = k * now.neurons + j;
      const double reads = now.sign(k) * now.readout[j];
      Block z;
      for (auto& part : z.part) part = number(now.z[kj]);
      z += now.c1[kj] * t;
      z += now.c2[kj] * squares;
      Block y;
      Block slope;
      activate(f, z, y, slope);
      logit += reads * y;
      if (!slopes) continue;
      Lanes there;
      store(reads * slope, there);
      for (std::size_t q = 0; q < kNodes; ++q) now.slope_at_node[q * km + kj] = there.lane[q];
    }
  }
  Block chosen;
  Block other;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const Logistic of = logistic(logit.part[n]);
    const auto unlikely = hn::Lt(hn::Mul(number(toward), logit.part[n]), hn::Zero(Tag()));
    chosen.part[n] = hn::IfThenElse(unlikely, of.smaller, of.larger);
    other.part[n] = hn::IfThenElse(unlikely, of.larger, of.smaller);
  }
  store(chosen, p);
  store(other, not_p);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(ChoiceAtNodes);

void kernels::choice_at_nodes(const Activation& f, double toward, double offset, bool slopes,
                              BeliefValues& now, Lanes& p, Lanes& not_p) {
  HWY_DYNAMIC_DISPATCH(ChoiceAtNodes)(f, toward, offset, slopes, now, p, not_p);
}

}  // namespace synfer
#endif
