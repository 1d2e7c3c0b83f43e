// What is added to the loss for large coefficients, in nats an observation.
#pragma once

#include <span>

namespace synfer {

struct Penalty {
  enum class Kind { kNone, kL1, kL2 };

  Kind kind = Kind::kL1;
  double weight = 0.01;  // lambda

  /// lambda sum |theta_p| or lambda sum theta_p^2; all terms count, the constant too.
  [[nodiscard]] double value(std::span<const double> theta) const;

  /// Adds the slope to theta_bar. That of |theta| is 0 at 0.
  void add_slope(std::span<const double> theta, std::span<double> theta_bar) const;
};

}  // namespace synfer
