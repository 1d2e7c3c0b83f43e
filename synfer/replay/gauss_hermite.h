// Seven-point Gauss-Hermite quadrature: E[f(t)], t ~ N(0, 1), is sum_q w_q f(t_q), exact for
// polynomials up to degree 13. Source: Abramowitz and Stegun, table 25.10, rescaled.
#pragma once

#include <array>
#include <cstddef>

namespace synfer {

inline constexpr std::size_t kNodes = 7;

inline constexpr std::array<double, kNodes> kNodeAt = {
    -3.750439717725742256304, -2.366759410734541288619, -1.15440539473996812724, 0.0,
    1.15440539473996812724,   2.366759410734541288619,  3.750439717725742256304};

inline constexpr std::array<double, kNodes> kNodeWeight = {
    0.0005482688559722177916216, 0.03075712396758649703965, 0.2401231786050127137402,
    0.4571428571428571428571,    0.2401231786050127137402,  0.03075712396758649703965,
    0.0005482688559722177916216};

}  // namespace synfer
