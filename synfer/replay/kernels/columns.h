// What activities of a block of columns are worth, and the score of what was accepted, over all steps:
// compiled for several instruction sets, of which the machine's best is taken when the program runs.
//
// m columns; rows: offers of steps, one after the other. What belongs to a block is in the precision of the
// block; logits, losses and their adjoints are double.
#pragma once

#include <cstddef>
#include <span>

#include "synfer/model/activation.h"

namespace synfer::kernels {

/// From z to f(z).
void activate(const Activation& f, std::span<double> z);

/// logits (rows) += y b. readout: m.
void read_out(const double* y, std::span<const double> readout, std::span<double> logits);
void read_out(const float* y, std::span<const float> readout, std::span<double> logits);

/// y_bar (rows x m) = logit_bar (rows) times readout (m).
void pull_back_read_out(std::span<const double> logit_bar, std::span<const double> readout, double* y_bar);
void pull_back_read_out(std::span<const double> logit_bar, std::span<const float> readout, float* y_bar);

/// Sum of (y - target)^2 over targets that are not NaN; counts them.
double squared_error(std::span<const double> y, std::span<const double> target, std::size_t& count);
double squared_error(std::span<const float> y, std::span<const float> target, std::size_t& count);

/// y_bar += by d/dy of that sum.
void pull_back_squared_error(double by, std::span<const double> y, std::span<const double> target,
                             double* y_bar);
void pull_back_squared_error(double by, std::span<const float> y, std::span<const float> target,
                             float* y_bar);

/// Sum of -log P(choice) over what was accepted or rejected; logit_bar, unless it is empty, gets the slopes
/// times `by`. toward: 1 where accepted, -1 where rejected, 0 where not scored.
double accept_nll(std::span<const double> logits, std::span<const double> toward, double by,
                  std::span<double> logit_bar);

}  // namespace synfer::kernels
