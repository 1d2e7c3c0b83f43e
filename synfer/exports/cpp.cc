// C++: a header without dependencies.
#include <fmt/format.h>

#include "synfer/exports/formula_private.h"

namespace synfer {

std::string to_cpp(const ExportedRule& exported) {
  constexpr Dialect kStandard = {"std::tanh({})", "std::exp({})", "std::log({})", "std::sqrt({})",
                                 "std::max({}, 0.0)"};
  const Formula rule = formula(exported, kStandard);
  std::string steps;
  for (const auto& [name, value] : rule.lines) steps += fmt::format("  const double {} = {};\n", name, value);
  return fmt::format(R"({}#pragma once

#include <algorithm>
#include <cmath>

namespace plasticity {{

inline constexpr double eta = {};

inline double g([[maybe_unused]] double x, [[maybe_unused]] double y, [[maybe_unused]] double w,
                [[maybe_unused]] double r) {{
{}  return {};
}}

inline double weight_after(double w, double x, double y, double r) {{ return w + eta * g(x, y, w, r); }}

}}  // namespace plasticity
)",
                     prefixed(about(exported), "// "), number(exported.eta), steps, rule.g);
}

}  // namespace synfer
