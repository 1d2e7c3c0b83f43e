#include "synfer/replay/bimodality.h"

#include <cstddef>

namespace synfer {

double bimodality_coefficient(std::span<const double> values, std::span<const double> weights,
                              double smallest_sd) {
  double mean = 0.0;
  for (std::size_t n = 0; n < values.size(); ++n) mean += weights[n] * values[n];
  double second = 0.0;
  double third = 0.0;
  double fourth = 0.0;
  for (std::size_t n = 0; n < values.size(); ++n) {
    const double d = values[n] - mean;
    const double square = d * d;
    second += weights[n] * square;
    third += weights[n] * square * d;
    fourth += weights[n] * square * square;
  }
  if (!(second > smallest_sd * smallest_sd)) return 0.0;
  return (third * third / second + second * second) / fourth;
}

}  // namespace synfer
