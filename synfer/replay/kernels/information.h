// The expected information J'J, gathered from rows of J: many at a time, so that what each of its
// numbers is summed from lies in cache.
#pragma once

#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/replay/lane_array.h"

namespace synfer {

class Information {
 public:
  explicit Information(std::size_t lanes);

  /// One more row of J: a column of slopes.
  void add(const LaneArray& slopes, std::size_t column);

  /// The sum so far of the rows' outer products: lanes x lanes.
  [[nodiscard]] Matrix total();

 private:
  void gather();

  std::size_t lanes_;
  std::size_t blocks_;
  std::size_t count_ = 0;
  std::vector<Lanes> rows_;  // gathered rows x blocks
  std::vector<Lanes> sum_;   // blocks x blocks x 8, on and below the diagonal: row by row of a tile
};

}  // namespace synfer
