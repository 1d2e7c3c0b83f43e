// The functions f of y = f(z): of neurons of the plastic layer, and of units of an MLP rule.
#pragma once

#include <string>
#include <string_view>

namespace synfer {

struct Activation {
  enum class Kind { kLinear, kTanh, kSigmoid, kRelu, kLeakyRelu, kSoftplus, kSquareplus };

  Kind kind = Kind::kTanh;
  double leak = 0.01;  // slope of leaky ReLU below 0

  /// f(a). None of them overflows where its value is representable.
  [[nodiscard]] double value(double a) const;

  /// f'(a), given f(a) as well. ReLU's slope at 0 is 0, leaky ReLU's is 1.
  [[nodiscard]] double slope(double a, double value_at_a) const;

  /// f''(a), given f(a) as well; 0 for the piecewise linear ones, at their kink too.
  [[nodiscard]] double curvature(double a, double value_at_a) const;

  /// f'''(a), likewise.
  [[nodiscard]] double third(double a, double value_at_a) const;

  friend bool operator==(const Activation&, const Activation&) = default;
};

/// "tanh", "sigmoid", "relu", "linear", "leaky_relu" (with an optional slope: "leaky_relu 0.2"),
/// "softplus", "squareplus" = (a + sqrt(a^2 + 4)) / 2.
/// @throws ConfigurationError with `key` on another word.
Activation parse_activation(std::string_view text, const std::string& key);

std::string to_string(const Activation& activation);

}  // namespace synfer
