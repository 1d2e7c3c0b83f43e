#include "synfer/base/shown_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace synfer {
namespace {

constexpr double kEnough = 1e-4;  // numbers from here on are seen in four decimals
constexpr double kLong = 1e4;     // numbers from here on are shown without decimals
constexpr int kMostDecimals = 7;
constexpr int kMostDigits = 6;

int magnitude(double v) { return static_cast<int>(std::floor(std::log10(std::abs(v)))); }

}  // namespace

std::string shown_number(double value, double error) {
  if (std::isnan(value)) return "-";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == 0.0) return "0.0000";
  const bool known = std::isfinite(error) && error > 0.0;
  // Two digits of the error, or three of a number without one.
  const int last = known ? magnitude(error) - 1 : magnitude(value) - 2;
  const int digits = std::clamp(magnitude(value) - last + 1, 1, kMostDigits);
  if (std::abs(value) >= kLong) return fmt::format("{:.{}g}", value, std::max(digits, 3));
  if ((known ? error : std::abs(value)) >= kEnough) return fmt::format("{:.4f}", value);
  if (-last <= kMostDecimals) return fmt::format("{:.{}f}", value, -last);
  return fmt::format("{:.{}e}", value, digits - 1);
}

}  // namespace synfer
