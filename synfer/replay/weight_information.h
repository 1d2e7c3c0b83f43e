// How the information on a session's initial weights moves with the parameters and with these weights.
//
// With known stimuli the expected information on the initial weights is a sum of products of slopes,
// dy/dw0 of recorded values and dL/dw0 of logits L. Its slopes are what integrates initial weights out of a
// likelihood (Laplace's approximation, inference/objective.h): the sum over steps of
//
//   y_a V_ab y_b moves by 2 y_aq V_ab y_b,      a, b initial weights, q any parameter,
//
// so that it takes second slopes y_aq, carried forward beside first ones. Given the data neurons are
// independent but for the logit, and y_aq joins a weight with parameters and weights of its own neuron alone.
// For a few inputs: a neuron of N inputs carries N x N x (P + N) numbers.
#pragma once

#include "synfer/replay/curvature.h"

namespace synfer {

/// Slopes of tr(choices_by I_choices) + tr(recordings_by I_recordings), where I are the blocks of the initial
/// weights in SessionCurvature::choice_information and squared_error_information, and the symmetric factors
/// are held fixed. The lanes are those of session_curvature with {.offset = offset_lanes, .initial = true}.
/// Of known stimuli and a rule that is curved.
/// @param choices_by, recordings_by  C x C, C = N M cells
Vector weight_information_slopes(const BeliefSession& of, std::size_t offset_lanes, const Matrix& choices_by,
                                 const Matrix& recordings_by);

}  // namespace synfer
