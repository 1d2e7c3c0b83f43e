#include "synfer/model/activation.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/model/likelihood.h"

namespace synfer {
namespace {

using Kind = Activation::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 7> kNames = {{
    {"linear", Kind::kLinear},
    {"tanh", Kind::kTanh},
    {"sigmoid", Kind::kSigmoid},
    {"relu", Kind::kRelu},
    {"leaky_relu", Kind::kLeakyRelu},
    {"softplus", Kind::kSoftplus},
    {"squareplus", Kind::kSquareplus},
}};

// Beyond this 1 - f(a)^2 cancels: the slope is small, but its size relative to others counts.
constexpr double kSaturated = 2.0;

// sqrt(a^2 + 4), of squareplus. The square overflows far out, where |a| is the root to the last digit.
double root(double a) { return std::abs(a) > 1e150 ? std::abs(a) : std::sqrt(a * a + 4.0); }

}  // namespace

double Activation::value(double a) const {
  switch (kind) {
    case Kind::kLinear:
      return a;
    case Kind::kTanh:
      return std::tanh(a);
    case Kind::kSigmoid:
      return sigmoid(a);
    case Kind::kRelu:
      return a < 0 ? 0.0 : a;  // written so that NaN stays NaN
    case Kind::kLeakyRelu:
      return a < 0 ? leak * a : a;
    case Kind::kSoftplus:
      return softplus(a);
    case Kind::kSquareplus: {
      // a/2 + sqrt(a^2 + 4)/2; for a < 0 its conjugate, which does not cancel. Halved before the sum,
      // which would overflow.
      const double half_root = 0.5 * root(a);
      return a >= 0 ? 0.5 * a + half_root : 1.0 / (half_root - 0.5 * a);
    }
  }
  return a;
}

double Activation::slope(double a, double value_at_a) const {
  switch (kind) {
    case Kind::kLinear:
      return 1.0;
    case Kind::kTanh: {
      if (std::abs(a) < kSaturated) return 1.0 - value_at_a * value_at_a;
      const double e = std::exp(-2.0 * std::abs(a));
      return 4.0 * e / ((1.0 + e) * (1.0 + e));
    }
    case Kind::kSigmoid:
      return a < kSaturated ? value_at_a * (1.0 - value_at_a) : value_at_a * sigmoid(-a);
    case Kind::kRelu:
      return a > 0 ? 1.0 : 0.0;
    case Kind::kLeakyRelu:
      return a < 0 ? leak : 1.0;
    case Kind::kSoftplus:
      return sigmoid(a);
    case Kind::kSquareplus:
      // f = (a + s) / 2, f' = (1 + a / s) / 2 = f / s with s = sqrt(a^2 + 4)
      return value_at_a / root(a);
  }
  return 1.0;
}

double Activation::curvature(double a, double value_at_a) const {
  switch (kind) {
    case Kind::kLinear:
    case Kind::kRelu:
    case Kind::kLeakyRelu:
      return 0.0;
    case Kind::kTanh:
      return -2.0 * value_at_a * slope(a, value_at_a);
    case Kind::kSigmoid:
      return slope(a, value_at_a) * (1.0 - 2.0 * value_at_a);
    case Kind::kSoftplus: {
      const double s = sigmoid(a);
      return s * (1.0 - s);
    }
    case Kind::kSquareplus: {
      // f' = (1 + a / s) / 2 with s = sqrt(a^2 + 4), f'' = (1 / s - a^2 / s^3) / 2 = 2 / s^3
      const double s = root(a);
      return 2.0 / (s * s * s);
    }
  }
  return 0.0;
}

double Activation::third(double a, double value_at_a) const {
  switch (kind) {
    case Kind::kLinear:
    case Kind::kRelu:
    case Kind::kLeakyRelu:
      return 0.0;
    case Kind::kTanh: {
      const double s = slope(a, value_at_a);
      return -2.0 * (s * s + value_at_a * curvature(a, value_at_a));
    }
    case Kind::kSigmoid: {
      const double s = slope(a, value_at_a);
      return curvature(a, value_at_a) * (1.0 - 2.0 * value_at_a) - 2.0 * s * s;
    }
    case Kind::kSoftplus: {
      const double s = sigmoid(a);
      return s * (1.0 - s) * (1.0 - 2.0 * s);
    }
    case Kind::kSquareplus: {
      // f'' = 2 / s^3 with s = sqrt(a^2 + 4), f''' = -6 a / s^5
      const double s = root(a);
      return -3.0 * (a / s) / s * curvature(a, value_at_a);
    }
  }
  return 0.0;
}

Activation parse_activation(std::string_view text, const std::string& key) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  for (const auto& [name, kind] : kNames) {
    if (name != word) continue;
    Activation activation{kind};
    if (space != std::string_view::npos) {
      const std::optional<double> leak = parse_number(text.substr(space + 1));
      if (kind != Kind::kLeakyRelu || !leak || !std::isfinite(*leak)) break;
      activation.leak = *leak;
    }
    return activation;
  }
  std::vector<std::string> names;
  names.reserve(kNames.size());
  for (const auto& [name, kind] : kNames) names.emplace_back(name);
  throw ConfigurationError(key, fmt::format("found '{}', expected one of {}", text, join(names, ", ")),
                           nearest(word, names));
}

std::string to_string(const Activation& activation) {
  for (const auto& [name, kind] : kNames) {
    if (kind != activation.kind) continue;
    if (kind == Kind::kLeakyRelu) return fmt::format("{} {}", name, shortest(activation.leak));
    return std::string(name);
  }
  return {};
}

}  // namespace synfer
