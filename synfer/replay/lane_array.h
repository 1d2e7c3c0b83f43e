// Slopes in lanes: of every quantity its slope in each parameter, one lane a parameter.
//
// Lanes come in blocks of eight, the last one padded with zeros, and storage is block by block: the
// slopes that one block has of all quantities lie together, and stay in the nearest cache while the
// recursion's lines pass over them. Lanes never mix, so nothing is lost by taking block after block.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "synfer/base/lanes.h"

namespace synfer {

/// The slopes of some quantities, the columns: all 0 at first.
class LaneArray {
 public:
  LaneArray() = default;
  LaneArray(std::size_t lanes, std::size_t columns)
      : lanes_(lanes), columns_(columns), all_(blocks_of(lanes) * columns) {}

  [[nodiscard]] std::size_t lanes() const { return lanes_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t blocks() const { return blocks_of(lanes_); }

  /// Every column of one block.
  [[nodiscard]] Lanes* block(std::size_t n) { return all_.data() + n * columns_; }
  [[nodiscard]] const Lanes* block(std::size_t n) const { return all_.data() + n * columns_; }

  [[nodiscard]] double& at(std::size_t lane, std::size_t column) {
    return block(lane / kLanes)[column].lane[lane % kLanes];
  }
  [[nodiscard]] double at(std::size_t lane, std::size_t column) const {
    return block(lane / kLanes)[column].lane[lane % kLanes];
  }

  void clear() { std::ranges::fill(all_, Lanes{}); }
  void clear(std::size_t column) {
    for (std::size_t n = 0; n < blocks(); ++n) block(n)[column] = {};
  }

  /// A column: = its own times `own`, plus `factor` times another's.
  void combine(std::size_t column, double own, double factor, const LaneArray& other, std::size_t of) {
    for (std::size_t n = 0; n < blocks(); ++n) {
      Lanes& to = block(n)[column];
      const Lanes& from = other.block(n)[of];
      for (std::size_t l = 0; l < kLanes; ++l) to.lane[l] = own * to.lane[l] + factor * from.lane[l];
    }
  }
  /// A column plus `factor` times another's.
  void add(std::size_t column, double factor, const LaneArray& other, std::size_t of) {
    combine(column, 1.0, factor, other, of);
  }

  [[nodiscard]] bool finite() const {
    return std::ranges::all_of(all_, [](const Lanes& slopes) {
      return std::ranges::all_of(slopes.lane, [](double slope) { return std::isfinite(slope); });
    });
  }

 private:
  std::size_t lanes_ = 0;
  std::size_t columns_ = 0;
  std::vector<Lanes> all_;  // blocks x columns
};

}  // namespace synfer
