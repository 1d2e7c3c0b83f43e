// A block of lanes as vectors of whatever width the machine has, with the operators that the forward
// lines are written in. Included once for each instruction set (Highway's foreach_target.h).
//
// A product is kept as a pair until it meets a sum, which makes it one fused operation. What multiplies a
// block is a number, the same for all lanes, or a block itself: kernels read it by val() and are then the
// same lines for both.

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_REPLAY_KERNELS_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_REPLAY_KERNELS_VECTORS_INL_H_
#undef SYNFER_REPLAY_KERNELS_VECTORS_INL_H_
#else
#define SYNFER_REPLAY_KERNELS_VECTORS_INL_H_
#endif

#include <hwy/highway.h>

#include <type_traits>

#include "synfer/replay/lane_array.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<double, kLanes>;
inline constexpr std::size_t kWidth = hn::MaxLanes(Tag());
inline constexpr std::size_t kVectors = kLanes / kWidth;

struct Block {
  hn::Vec<Tag> part[kVectors];
};

struct Scaled {
  const Block& of;
  double by;

  HWY_INLINE operator Block() const {  // NOLINT(google-explicit-constructor): it is one
    Block product;
    const auto factor = hn::Set(Tag(), by);
    for (std::size_t n = 0; n < kVectors; ++n) product.part[n] = hn::Mul(factor, of.part[n]);
    return product;
  }
};

struct Product {
  Block a, b;

  HWY_INLINE operator Block() const {  // NOLINT(google-explicit-constructor): it is one
    Block product;
    for (std::size_t n = 0; n < kVectors; ++n) product.part[n] = hn::Mul(a.part[n], b.part[n]);
    return product;
  }
};

HWY_INLINE Block zero() {
  Block block;
  for (auto& part : block.part) part = hn::Zero(Tag());
  return block;
}

HWY_INLINE Block load(const Lanes& from) {
  Block block;
  for (std::size_t n = 0; n < kVectors; ++n) {
    block.part[n] = hn::Load(Tag(), from.lane.data() + n * kWidth);
  }
  return block;
}

HWY_INLINE void store(const Block& block, Lanes& to) {
  for (std::size_t n = 0; n < kVectors; ++n) hn::Store(block.part[n], Tag(), to.lane.data() + n * kWidth);
}

HWY_INLINE double val(double number) { return number; }
HWY_INLINE Block val(const Lanes& from) { return load(from); }

// Where a sum of such numbers starts.
template <typename Number>
HWY_INLINE Number none() {
  if constexpr (std::is_same_v<Number, double>) {
    return 0.0;
  } else {
    return zero();
  }
}

HWY_INLINE Scaled operator*(double by, const Block& of) { return {of, by}; }
HWY_INLINE Product operator*(const Block& a, const Block& b) { return {a, b}; }

HWY_INLINE Block operator+(const Block& a, const Block& b) {
  Block sum;
  for (std::size_t n = 0; n < kVectors; ++n) sum.part[n] = hn::Add(a.part[n], b.part[n]);
  return sum;
}

HWY_INLINE Block operator+(const Block& a, const Scaled& b) {
  Block sum;
  const auto factor = hn::Set(Tag(), b.by);
  for (std::size_t n = 0; n < kVectors; ++n) sum.part[n] = hn::MulAdd(factor, b.of.part[n], a.part[n]);
  return sum;
}

HWY_INLINE Block operator+(const Block& a, const Product& b) {
  Block sum;
  for (std::size_t n = 0; n < kVectors; ++n) sum.part[n] = hn::MulAdd(b.a.part[n], b.b.part[n], a.part[n]);
  return sum;
}

HWY_INLINE Block operator-(const Block& a) {
  Block minus;
  for (std::size_t n = 0; n < kVectors; ++n) minus.part[n] = hn::Neg(a.part[n]);
  return minus;
}

HWY_INLINE Block operator-(const Block& a, const Block& b) {
  Block rest;
  for (std::size_t n = 0; n < kVectors; ++n) rest.part[n] = hn::Sub(a.part[n], b.part[n]);
  return rest;
}

HWY_INLINE Block operator-(const Block& a, const Scaled& b) { return a + (-b.by) * b.of; }

HWY_INLINE Block operator-(const Block& a, const Product& b) {
  Block rest;
  for (std::size_t n = 0; n < kVectors; ++n)
    rest.part[n] = hn::NegMulAdd(b.a.part[n], b.b.part[n], a.part[n]);
  return rest;
}

HWY_INLINE Block operator/(double a, const Block& b) {
  Block ratio;
  for (std::size_t n = 0; n < kVectors; ++n) ratio.part[n] = hn::Div(hn::Set(Tag(), a), b.part[n]);
  return ratio;
}

HWY_INLINE Block operator+(const Scaled& a, const Scaled& b) { return Block(a) + b; }

HWY_INLINE Block& operator+=(Block& a, const Block& b) { return a = a + b; }

HWY_INLINE Block& operator+=(Block& a, const Scaled& b) { return a = a + b; }

HWY_INLINE Block& operator+=(Block& a, const Product& b) { return a = a + b; }

template <typename Term>
HWY_INLINE Block& operator-=(Block& a, const Term& b) {
  return a = a - b;
}

// A number with its slopes in the parameters of a block.
template <typename Number>
struct Dual {
  Number value;
  Block slope;
};

template <typename Number>
HWY_INLINE Dual<Number> operator*(const Dual<Number>& a, const Dual<Number>& b) {
  Block slope = a.value * b.slope;
  slope += b.value * a.slope;
  return {a.value * b.value, slope};
}

template <typename Number>
HWY_INLINE Dual<Number> operator*(double a, const Dual<Number>& b) {
  return {a * b.value, a * b.slope};
}

HWY_INLINE Dual<Block> operator*(const Block& a, const Dual<Block>& b) { return {a * b.value, a * b.slope}; }

template <typename Number>
HWY_INLINE Dual<Number>& operator+=(Dual<Number>& a, const Dual<Number>& b) {
  a.value += b.value;
  a.slope += b.slope;
  return a;
}

template <typename Number>
HWY_INLINE Dual<Number>& operator-=(Dual<Number>& a, const Dual<Number>& b) {
  a.value -= b.value;
  a.slope -= b.slope;
  return a;
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
