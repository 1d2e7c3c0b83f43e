// LaTeX: the rule as displayed equations, coefficients with their standard errors where they have them.
#include <fmt/format.h>

#include <cmath>

#include "synfer/exports/formula_private.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

// Two significant digits of the error say how many the number deserves.
std::string with_error(double value, double error) {
  const int digits = std::max(0, 1 - static_cast<int>(std::floor(std::log10(error))));
  return fmt::format("({:.{}f} \\pm {:.{}f})", value, digits, error, digits);
}

std::string plain(double value) {
  std::string text = fmt::format("{:.4g}", value);
  const std::size_t e = text.find('e');
  if (e == std::string::npos) return text;
  return fmt::format("{} \\times 10^{{{}}}", text.substr(0, e), std::stoi(text.substr(e + 1)));
}

std::string product(const Term& term) {
  std::string text;
  const auto factor = [&](const std::string& name, int power) {
    if (power == 0) return;
    if (!text.empty()) text += " ";
    text += power == 1 ? name : fmt::format("{}^{{{}}}", name, power);
  };
  factor("x_i", term.x);
  factor("y_j", term.y);
  factor("w_{ij}", term.w);
  factor("r", term.r);
  return text;
}

// coefficient * factors as the next part of a sum; the error, where there is one, in brackets with its sign.
void add(std::string& sum, double coefficient, double error, const std::string& factors) {
  if (coefficient == 0.0) return;
  const bool certain = !(error > 0.0) || !std::isfinite(error);
  const bool negative = certain && coefficient < 0.0;
  const bool implied = certain && std::abs(coefficient) == 1.0 && !factors.empty();
  if (!sum.empty()) {
    sum += negative ? " - " : " + ";
  } else if (negative) {
    sum += "-";
  }
  if (!implied) sum += certain ? plain(std::abs(coefficient)) : with_error(coefficient, error);
  if (!implied && !factors.empty()) sum += "\\, ";
  sum += factors;
}

std::string equation(const std::string& text) { return fmt::format("\\[ {} \\]\n", text); }

const char* name_of(Activation::Kind kind) {
  switch (kind) {
    case Activation::Kind::kLinear:
      return "a";
    case Activation::Kind::kTanh:
      return "\\tanh a";
    case Activation::Kind::kSigmoid:
      return "1 / (1 + e^{-a})";
    case Activation::Kind::kRelu:
      return "\\max(a, 0)";
    case Activation::Kind::kLeakyRelu:
      return "\\max(a, 0) + \\lambda \\min(a, 0)";
    case Activation::Kind::kSoftplus:
      return "\\log(1 + e^{a})";
    case Activation::Kind::kSquareplus:
      return "(a + \\sqrt{a^2 + 4}) / 2";
  }
  return "a";
}

std::string of_taylor(const ExportedRule& exported, const TaylorRule& rule) {
  std::string g;
  for (std::size_t p = 0; p < exported.theta.size(); ++p) {
    const double error = exported.standard_errors.empty() ? NAN : exported.standard_errors[p];
    add(g, exported.theta[p], error, product(rule.terms()[p]));
  }
  return equation(fmt::format("\\Delta w_{{ij}} = \\eta \\left( {} \\right), \\quad \\eta = {}",
                              g.empty() ? "0" : g, plain(exported.eta)));
}

std::string of_mlp(const ExportedRule& exported, const MlpRule& rule) {
  const MlpRule::Options& options = rule.options();
  std::vector<std::string> units;
  for (const std::string& input : options.inputs) {
    units.emplace_back(input == "x" ? "x_i" : input == "y" ? "y_j" : input == "w" ? "w_{ij}" : "r");
  }
  std::vector<double> scale = options.input_scale;
  std::string text;
  std::size_t weights = 0;
  for (std::size_t layer = 0; layer <= options.hidden.size(); ++layer) {
    const bool last = layer == options.hidden.size();
    const std::size_t out = last ? 1 : static_cast<std::size_t>(options.hidden[layer]);
    const bool linear =
        (last ? options.output_activation : options.hidden_activation).kind == Activation::Kind::kLinear;
    std::vector<std::string> next;
    for (std::size_t j = 0; j < out; ++j) {
      std::string drive;
      for (std::size_t i = 0; i < units.size(); ++i)
        add(drive, exported.theta[weights + i * out + j] * scale[i], NAN, units[i]);
      add(drive, exported.theta[weights + units.size() * out + j], NAN, "");
      if (drive.empty()) drive.push_back('0');
      const std::string unit = last ? "g" : fmt::format("h^{{({})}}_{{{}}}", layer + 1, j + 1);
      const char* f = last ? "\\psi" : "\\varphi";
      text += equation(fmt::format(fmt::runtime(linear ? "{0} = {2}" : "{0} = {1}( {2} )"), unit, f, drive));
      next.push_back(unit);
    }
    weights += (units.size() + 1) * out;
    scale.assign(next.size(), 1.0);
    units = std::move(next);
  }
  text = equation(fmt::format("\\Delta w_{{ij}} = \\eta g, \\quad \\eta = {}", plain(exported.eta))) + text;
  const auto where = [&](const char* f, const Activation& activation) {
    if (activation.kind == Activation::Kind::kLinear) return std::string();
    return equation(fmt::format("{}(a) = {}{}", f, name_of(activation.kind),
                                activation.kind == Activation::Kind::kLeakyRelu
                                    ? fmt::format(", \\quad \\lambda = {}", plain(activation.leak))
                                    : ""));
  };
  return text + where("\\varphi", options.hidden_activation) + where("\\psi", options.output_activation);
}

}  // namespace

std::string to_latex(const ExportedRule& exported) {
  const std::string head = prefixed(about(exported), "% ");
  if (const auto* taylor = exported.rule.as<TaylorRule>()) return head + of_taylor(exported, *taylor);
  return head + of_mlp(exported, *exported.rule.as<MlpRule>());
}

}  // namespace synfer
