// Quantiles of the distributions that intervals are made of, by Boost.Math.
#pragma once

namespace synfer {

/// Each at probability p, strictly between 0 and 1.
double normal_quantile(double p);
double student_t_quantile(double p, double degrees_of_freedom);
double chi_squared_quantile(double p, double degrees_of_freedom);

}  // namespace synfer
