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

#include <type_traits>

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

#if HWY_TARGET != HWY_SCALAR  // which has no halves and no shuffles
// to[n] = v[n] + v[4 + n] + v[8 + n] + ..., n < 4.
template <class D>
HWY_INLINE void store_sum_of_fours(D d, hn::Vec<D> v, hn::TFromD<D>* to) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    store_sum_of_fours(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)), to);
  } else {
    hn::StoreU(v, d, to);
  }
}
#endif

// to[n] = the sum of v[n]'s lanes; count is a multiple of four.
template <class D>
HWY_INLINE void store_sums(D d, const hn::Vec<D>* v, std::size_t count, hn::TFromD<D>* to) {
  std::size_t n = 0;
#if HWY_TARGET != HWY_SCALAR
  constexpr std::size_t kWidth = hn::MaxLanes(D());
  for (; kWidth >= 4 && n + 4 <= count; n += 4) {
    if constexpr (std::is_same_v<hn::TFromD<D>, double> && kWidth == 8) {
      const hn::Half<D> half;
      hn::Vec<hn::Half<D>> halves[4];
      for (std::size_t k = 0; k < 4; ++k)
        halves[k] = hn::Add(hn::LowerHalf(half, v[n + k]), hn::UpperHalf(half, v[n + k]));
      store_sums(half, halves, 4, to + n);
    } else if constexpr (kWidth >= 4) {
      const auto ab = hn::Add(hn::InterleaveLower(d, v[n], v[n + 1]), hn::InterleaveUpper(d, v[n], v[n + 1]));
      const auto cd =
          hn::Add(hn::InterleaveLower(d, v[n + 2], v[n + 3]), hn::InterleaveUpper(d, v[n + 2], v[n + 3]));
      if constexpr (kWidth == 4) {
        hn::StoreU(hn::Add(hn::ConcatLowerLower(d, cd, ab), hn::ConcatUpperUpper(d, cd, ab)), d, to + n);
      } else {
        // The same within each block of four, of which there are some.
        const hn::Repartition<double, D> pairs;
        const auto first = hn::InterleaveLower(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, cd));
        const auto second = hn::InterleaveUpper(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, cd));
        store_sum_of_fours(d, hn::Add(hn::BitCast(d, first), hn::BitCast(d, second)), to + n);
      }
    }
  }
#endif
  for (; n < count; ++n) to[n] = hn::GetLane(hn::SumOfLanes(d, v[n]));
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
