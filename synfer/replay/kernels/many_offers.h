// The kernels of the filter with three offers and more (many_offers.h).
#pragma once

#include "synfer/model/activation.h"
#include "synfer/replay/belief_values.h"
#include "synfer/replay/kernels/belief_slopes.h"

namespace synfer::kernels {

/// The choice at the nodes: given many.step.inputs, its outputs, and with `slopes` the jacobian.
void choose_at_nodes_of_many(const Activation& f, std::size_t choice, bool slopes, BeliefValues& now);

/// The slopes of the choice, and m and P as it moved them; values are those before the move.
void observe_many(const BeliefValues& now, BeliefSlopes& d);

/// Those of the weight change; values are those before it. by_theta: of every synapse dg/dtheta, ... by x, y
/// and w.
void change_many(const BeliefValues& now, const Lanes* by_theta, BeliefSlopes& d);

}  // namespace synfer::kernels
