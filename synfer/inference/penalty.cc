#include "synfer/inference/penalty.h"

#include <cmath>

namespace synfer {

double Penalty::value(std::span<const double> theta) const {
  double sum = 0.0;
  for (const double v : theta) sum += kind == Kind::kL1 ? std::abs(v) : v * v;
  return kind == Kind::kNone ? 0.0 : weight * sum;
}

void Penalty::add_slope(std::span<const double> theta, std::span<double> theta_bar) const {
  for (std::size_t p = 0; p < theta.size(); ++p) {
    if (kind == Kind::kL1) theta_bar[p] += weight * (theta[p] > 0 ? 1.0 : theta[p] < 0 ? -1.0 : 0.0);
    if (kind == Kind::kL2) theta_bar[p] += weight * 2.0 * theta[p];
  }
}

}  // namespace synfer
