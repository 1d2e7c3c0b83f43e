// A Taylor rule at eight synapses side by side (lane_rule.h). Terms come state by state, so that the
// coefficient of each y^b w^c,
//
//   C_n = sum over its terms of theta_p x^a r^d,   g = sum_n C_n y^b w^c,
//
// and its slopes in x are sums that stay in registers. Terms whose coefficient is 0 add nothing to them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "synfer/model/lane_rule.h"
#include "synfer/model/term.h"

namespace synfer {

class TaylorLanes final : public LaneRule {
 public:
  /// theta: P, one a term.
  TaylorLanes(const std::vector<Term>& terms, std::span<const double> theta);

  void change(const SynapseLanes& synapse, Lanes& g) override;
  void at(const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes, Lanes* by_theta) override;
  void spread_slopes(const SynapseLanes& synapse, const SpreadOf<Lanes>& by, SlopesOf<Lanes>& slopes,
                     Lanes* by_theta) override;

  // Plain data, for the kernel.
  struct DataFactor {
    std::size_t a, d;  // x^a r^d
  };
  struct Summand {
    double theta;
    std::size_t factor;  // its place among those of the data
    std::size_t a;       // of that
  };
  struct StateFactor {
    std::size_t b, c;        // y^b w^c
    std::size_t first, end;  // its summands
  };
  struct Place {
    std::size_t factor, state;
  };

  std::vector<DataFactor> data;
  std::vector<StateFactor> state;
  std::vector<Summand> summands;  // state by state
  std::vector<Place> places;      // P
  std::size_t highest_x = 0, highest_y = 0, highest_w = 0, highest_r = 0;
};

}  // namespace synfer
