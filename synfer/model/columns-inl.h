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

using Eight = hn::CappedTag<double, 8>;
using Four = hn::CappedTag<double, 4>;
using Two = hn::CappedTag<double, 2>;
using One = hn::CappedTag<double, 1>;

// Calls kernel(tag, first, end) so that all columns are covered: in vectors of eight where they are a
// multiple of eight, in vectors of four as long as there are four, then two, then one. A tag is at most so
// wide.
template <class Kernel>
HWY_INLINE void over_columns(std::size_t columns, const Kernel& kernel) {
  if (columns % 8 == 0) return kernel(Eight(), 0, columns);
  const std::size_t fours = columns / 4 * 4;
  if (fours > 0) kernel(Four(), 0, fours);
  const std::size_t twos = columns / 2 * 2;
  if (fours < twos) kernel(Two(), fours, twos);
  if (twos < columns) kernel(One(), twos, columns);
}

// to[n] = the sum of v[n]'s lanes.
template <class D>
HWY_INLINE void store_sums(D d, const hn::Vec<D>* v, std::size_t count, double* to) {
  std::size_t n = 0;
#if HWY_TARGET != HWY_SCALAR  // which has none of these shuffles
  constexpr std::size_t kWidth = hn::MaxLanes(D());
  if constexpr (kWidth == 8) {
    const hn::Half<D> half;
    for (; n + 4 <= count; n += 4) {
      hn::Vec<hn::Half<D>> sums[4];
      for (std::size_t k = 0; k < 4; ++k)
        sums[k] = hn::Add(hn::LowerHalf(half, v[n + k]), hn::UpperHalf(half, v[n + k]));
      store_sums(half, sums, 4, to + n);
    }
  } else if constexpr (kWidth == 4) {
    for (; n + 4 <= count; n += 4) {
      const auto ab = hn::Add(hn::InterleaveLower(d, v[n], v[n + 1]), hn::InterleaveUpper(d, v[n], v[n + 1]));
      const auto cd =
          hn::Add(hn::InterleaveLower(d, v[n + 2], v[n + 3]), hn::InterleaveUpper(d, v[n + 2], v[n + 3]));
      const auto sums = hn::Add(hn::ConcatLowerLower(d, cd, ab), hn::ConcatUpperUpper(d, cd, ab));
      hn::StoreU(sums, d, to + n);
    }
  }
#endif
  for (; n < count; ++n) to[n] = hn::GetLane(hn::SumOfLanes(d, v[n]));
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
