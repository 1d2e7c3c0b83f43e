// Quantiles of a sample, and of the distributions that intervals are made of, by Boost.Math.
#pragma once

#include <span>

namespace synfer {

/// Of a sample, between order statistics, linearly. sorted: ascending, not empty.
double percentile(std::span<const double> sorted, double p);

/// Each at probability p, strictly between 0 and 1.
double normal_quantile(double p);
double student_t_quantile(double p, double degrees_of_freedom);
double chi_squared_quantile(double p, double degrees_of_freedom);

}  // namespace synfer
