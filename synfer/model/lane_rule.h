// A rule at given parameters at eight synapses side by side: the same place in eight sessions, as the filter
// over latent weights sees it that carries sessions in lanes (synfer/replay/belief_block.h), or in eight
// particles.
//
// TaylorRule has kernels of its own; any other rule is taken lane by lane (rule.h).
#pragma once

#include <cstddef>

#include "synfer/base/lanes.h"

namespace synfer {

template <typename Number>
struct SlopesOf;
template <typename Number>
struct SecondSlopesOf;
template <typename Number>
struct SpreadOf;

/// A synapse in each of eight sessions at a weight change.
struct SynapseLanes {
  Lanes x, y, w, r;
  Lanes learns;  // 0 in a lane that need not be computed
};

class LaneRule {
 public:
  LaneRule() = default;
  LaneRule(const LaneRule&) = delete;
  LaneRule& operator=(const LaneRule&) = delete;
  virtual ~LaneRule() = default;

  virtual void change(const SynapseLanes& synapse, Lanes& g) = 0;

  /// g, its slopes and second slopes.
  /// @param by_theta  dg/dtheta, d(dg/dx)/dtheta, ... by y and by w, P each; null where they are not wanted
  /// @throws std::logic_error where the rule has no second slopes.
  virtual void at(const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes, Lanes* by_theta) = 0;

  /// The slopes of D g at a given spread (rule.h).
  /// @param by_theta  P; what is there grows by d(D g)/dtheta; null where it is not wanted
  /// @throws std::logic_error where the rule has no third slopes.
  virtual void spread_slopes(const SynapseLanes& synapse, const SpreadOf<Lanes>& by, SlopesOf<Lanes>& slopes,
                             Lanes* by_theta) = 0;
};

}  // namespace synfer
