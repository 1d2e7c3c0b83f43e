// Coordinates in which a rule's parameters act alike, for an optimiser that knows no curvature yet.
//
// With phi = dg/dtheta at the synapses that change, M = mean of phi phi' is the metric in which two
// rules differ by how differently they move weights: |theta - theta'|^2 = mean (g - g')^2 for a rule
// linear in theta. Terms such as 1, y and y^2 of a saturated neuron are nearly one under it. With
// theta = T u and T M T' = 1 a step of length one in u moves weights alike in every direction.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/inference/objective.h"

namespace synfer {

/// T (F x F) for F `free` parameters of the rule, from the synapses that the sessions visit under
/// `parameters`, a regular subset of them. Directions that hardly move weights are widened by 1e5 at most.
/// @throws NonFiniteError where a trajectory overflows.
Matrix whitening(const Objective& objective, std::span<const double> parameters,
                 std::span<const std::size_t> free);

}  // namespace synfer
