#include "synfer/replay/kernels/information.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/information.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// Lines of a tile of 8 x 8 that are summed at once: as many as stay in registers.
inline constexpr std::size_t kLines = kVectors < kLanes ? kLanes / kVectors : 1;

// sum += rows' rows, tile by tile on and below the diagonal. rows: count x blocks.
void AddOuterProducts(const Lanes* rows, std::size_t count, std::size_t blocks, Lanes* sum) {
  for (std::size_t a = 0; a < blocks; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      Lanes* tile = sum + (a * blocks + b) * kLanes;
      for (std::size_t first = 0; first < kLanes; first += kLines) {
        Block line[kLines];
        for (std::size_t l = 0; l < kLines; ++l) line[l] = load(tile[first + l]);
        for (std::size_t n = 0; n < count; ++n) {
          const double* left = rows[n * blocks + a].lane.data() + first;
          const Block right = load(rows[n * blocks + b]);
          for (std::size_t l = 0; l < kLines; ++l) line[l] += left[l] * right;
        }
        for (std::size_t l = 0; l < kLines; ++l) store(line[l], tile[first + l]);
      }
    }
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {
namespace {

constexpr std::size_t kGathered = 32;

HWY_EXPORT(AddOuterProducts);

}  // namespace

Information::Information(std::size_t lanes)
    : lanes_(lanes),
      blocks_(blocks_of(lanes)),
      rows_(kGathered * blocks_),
      sum_(blocks_ * blocks_ * kLanes) {}

void Information::add(const LaneArray& slopes, std::size_t column) {
  for (std::size_t n = 0; n < blocks_; ++n) rows_[count_ * blocks_ + n] = slopes.block(n)[column];
  if (++count_ == kGathered) gather();
}

void Information::gather() {
  HWY_DYNAMIC_DISPATCH(AddOuterProducts)(rows_.data(), count_, blocks_, sum_.data());
  count_ = 0;
}

Matrix Information::total() {
  gather();
  const auto size = static_cast<Eigen::Index>(lanes_);
  Matrix total(size, size);
  for (std::size_t a = 0; a < lanes_; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      const Lanes* tile = sum_.data() + (a / kLanes * blocks_ + b / kLanes) * kLanes;
      const auto i = static_cast<Eigen::Index>(a);
      const auto j = static_cast<Eigen::Index>(b);
      total(i, j) = total(j, i) = tile[a % kLanes].lane[b % kLanes];
    }
  }
  return total;
}

}  // namespace synfer
#endif
