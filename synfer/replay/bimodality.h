// Whether a distribution has two humps: Sarle's bimodality coefficient,
//
//   (skewness^2 + 1) / kurtosis,
//
// 1/3 for a Gaussian, 5/9 for a uniform distribution, 1 for two points; never above 1. Above 5/9 is
// the customary sign of two humps. A strong skew alone also raises it (an exponential reaches 5/9), and
// unequal humps can stay below: it warns, it does not prove.
//
// Source: SAS/STAT user's guide, PROC CLUSTER; Pfister et al., Good things peak in pairs (Front.
// Psychol. 2013). The correction for small samples is left out.
#pragma once

#include <span>

namespace synfer {

/// Beliefs with a larger coefficient are to be called two-humped.
inline constexpr double kTwoHumped = 5.0 / 9.0;

/// @param weights            as many as values, with sum 1
/// @param smallest_sd        0 is returned where the values vary less than this: humps so close do not
///                           matter, and rounding errors have any shape
double bimodality_coefficient(std::span<const double> values, std::span<const double> weights,
                              double smallest_sd);

}  // namespace synfer
