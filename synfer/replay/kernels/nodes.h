// The choice at the nodes of the line (gauss_hermite.h), a node a lane: every exponential is taken at all
// nodes at once.
#pragma once

#include "synfer/model/activation.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/lane_array.h"

namespace synfer::kernels {

/// At each of the seven nodes t, with z + c1 t + c2 t^2 for every z: the probability of the choice made, and
/// that of the other; the eighth lane is at t = 0. Where `slopes`, writes now.slope_at_node as well.
/// toward: 1 for a choice of 1, else -1. offset: what is added to the (difference of) logits.
void choice_at_nodes(const Activation& f, double toward, double offset, bool slopes, BeliefValues& now,
                     Lanes& p, Lanes& not_p);

/// The same to second order: writes now.residual and now.spread_apart, and with `slopes` now.node_slopes.
void second_choice_at_nodes(const Activation& f, double toward, double offset, bool slopes, BeliefValues& now,
                            Lanes& p, Lanes& not_p);

}  // namespace synfer::kernels
