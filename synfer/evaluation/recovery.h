// How well a fitted rule reproduces the weights and activity of the true one.
//
// Two replays of a session, under the true and under the fitted rule, from the same initial
// weights and with the true stimulus draws, choices and rewards. R2 of each weight over the weight
// changes (of each neuron's activity over the steps) is 1 - residual / variance; the mean over
// columns follows, as scikit-learn's r2_score with uniform_average, but that a column that never
// varies is left out and counted. Source: Mehta et al. (NeurIPS 2024), section 3.
#pragma once

#include <span>

#include "synfer/base/matrix.h"
#include "synfer/replay/replay.h"

namespace synfer {

struct R2 {
  double mean = 0.0;         // over the columns that vary; NaN where none does
  std::size_t columns = 0;   // that entered the mean
  std::size_t constant = 0;  // that were left out
};

/// Columns are variables, rows are times. A column is constant where the reference's variance is 0 to
/// rounding: at most (1e-12 max |value|)^2.
/// @throws std::invalid_argument where reference and candidate are not of one shape.
R2 r2(const Matrix& reference, const Matrix& candidate);

struct Recovery {
  R2 weights;   // after each weight change
  R2 activity;  // at every step, offer by offer
};

/// @param session  with the true draws as its stimuli
/// @throws std::invalid_argument where the two layers differ in size.
/// @throws NonFiniteError where the fitted rule makes weights overflow.
Recovery recovery(const Model& truth, std::span<const double> true_theta, const Model& fitted,
                  std::span<const double> theta, const EncodedSession& session, const Matrix& initial);

}  // namespace synfer
