// A term: one monomial x^a y^b w^c r^d of a Taylor rule, written as users write it: 1, x*r, x*y^2*w.
//
// Labels of the published program (X1Y0W0R1) are read too. That program stores a coefficient under
// (x, y, w, r) but multiplies it with a basis laid out in the opposite order, so its label
// x^a y^b w^c r^d computes x^d y^c w^b r^a: `in_published_order` is that reading.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synfer {

inline constexpr int kHighestPower = 4;

/// Powers of x, y, w and r, each 0 to kHighestPower.
struct Term {
  int x = 0;
  int y = 0;
  int w = 0;
  int r = 0;

  /// The value at a synapse; 0^0 is 1.
  [[nodiscard]] double at(double x_value, double y_value, double w_value, double r_value) const;

  friend auto operator<=>(const Term&, const Term&) = default;
};

/// v^0 .. v^kHighestPower, with 0^0 = 1.
std::array<double, kHighestPower + 1> powers(double v);

/// "x*y^2*w"; "1" for the constant.
std::string to_string(const Term& term);

/// Reads "x*r", "y^2*w", "1" or a published label such as "X1Y0W0R1" (variables left out count 0).
/// @throws ConfigurationError with `key` on anything else or a power above kHighestPower.
Term parse_term(std::string_view text, const std::string& key = "rule.terms");

/// Whether `text` is a published label, "X1Y0W0R1", and not a term as users write it.
bool is_published_label(std::string_view text);

/// What the published code computes for this label: x^d y^c w^b r^a for x^a y^b w^c r^d.
Term in_published_order(const Term& label);

/// Every term in `variables` (of "x", "y", "w", "r") with each power from 0 to `degree`;
/// 81 terms for four variables and degree 2. Ordered by the powers of x, then y, w, r.
/// @throws ConfigurationError on an unknown or repeated variable or a degree out of range.
std::vector<Term> dense_terms(std::span<const std::string> variables, int degree);

}  // namespace synfer
