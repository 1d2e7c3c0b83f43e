// Columns in lanes: how kernels run over a row of a block of columns, with the widest vectors that fill it.
// Included once for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_COLUMNS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_COLUMNS_INL_H_
#undef SYNFER_MODEL_COLUMNS_INL_H_
#else
#define SYNFER_MODEL_COLUMNS_INL_H_
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors of at most so many numbers.
template <typename Number, std::size_t kCount>
using AtMost = hn::CappedTag<Number, kCount>;

// Numbers of the widest vector that any instruction set has.
template <typename Number>
inline constexpr std::size_t kWidest = 64 / sizeof(Number);
template <typename Number>
using Widest = AtMost<Number, kWidest<Number>>;

// A number that is known in double precision, in every lane.
template <class D>
HWY_INLINE hn::Vec<D> in_lanes(D d, double value) {
  return hn::Set(d, static_cast<hn::TFromD<D>>(value));
}

// Calls kernel(tag, first, end) so that all columns are covered: in the widest vectors where these divide the
// columns, in vectors of four as long as there are four, then two, then one. A tag is at most so wide.
template <typename Number = double, class Kernel>
HWY_INLINE void over_columns(std::size_t columns, const Kernel& kernel) {
  if (columns % kWidest<Number> == 0) return kernel(Widest<Number>(), 0, columns);
  if constexpr (kWidest<Number> > 8) {
    if (columns % 8 == 0) return kernel(AtMost<Number, 8>(), 0, columns);
  }
  const std::size_t fours = columns / 4 * 4;
  if (fours > 0) kernel(AtMost<Number, 4>(), 0, fours);
  const std::size_t twos = columns / 2 * 2;
  if (fours < twos) kernel(AtMost<Number, 2>(), fours, twos);
  if (twos < columns) kernel(AtMost<Number, 1>(), twos, columns);
}

// to[n] = the sum of v[n]'s lanes, four vectors at a time.
template <class D>
HWY_INLINE void store_sums(D d, const hn::Vec<D>* v, std::size_t count, hn::TFromD<D>* to) {
  std::size_t n = 0;
#if HWY_TARGET != HWY_SCALAR  // which has none of these shuffles
  constexpr std::size_t kWidth = hn::MaxLanes(D());
  constexpr std::size_t kBytes = kWidth * sizeof(hn::TFromD<D>);
  if constexpr (kWidth == 4) {
    for (; n + 4 <= count; n += 4) {
      const auto ab = hn::Add(hn::InterleaveLower(d, v[n], v[n + 1]), hn::InterleaveUpper(d, v[n], v[n + 1]));
      const auto cd =
          hn::Add(hn::InterleaveLower(d, v[n + 2], v[n + 3]), hn::InterleaveUpper(d, v[n + 2], v[n + 3]));
      const auto sums = hn::Add(hn::ConcatLowerLower(d, cd, ab), hn::ConcatUpperUpper(d, cd, ab));
      hn::StoreU(sums, d, to + n);
    }
  } else if constexpr (kBytes > 16) {
    const hn::Half<D> half;
    for (; n + 4 <= count; n += 4) {
      hn::Vec<hn::Half<D>> sums[4];
      for (std::size_t k = 0; k < 4; ++k)
        sums[k] = hn::Add(hn::LowerHalf(half, v[n + k]), hn::UpperHalf(half, v[n + k]));
      store_sums(half, sums, 4, to + n);
    }
  }
#endif
  for (; n < count; ++n) to[n] = hn::GetLane(hn::SumOfLanes(d, v[n]));
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
