#include <fmt/format.h>

#include <cmath>

#include "synfer/exports/formula_private.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

// Sums of parts with their own signs: "a - 0.05*w + b".
class Sum {
 public:
  /// coefficient * factors; factors may be empty.
  void add(double coefficient, const std::string& factors) {
    if (coefficient == 0.0) return;
    const double size = std::abs(coefficient);
    std::string part = factors.empty() ? number(size) : size == 1.0 ? factors : number(size) + "*" + factors;
    if (text_.empty()) {
      text_ = coefficient < 0 ? "-" + part : part;
    } else {
      text_ += (coefficient < 0 ? " - " : " + ") + part;
    }
  }
  [[nodiscard]] std::string text() const { return text_.empty() ? "0.0" : text_; }

 private:
  std::string text_;
};

std::string product(const Term& term) {
  std::vector<std::string> factors;
  for (const auto& [name, power] : {std::pair{"x", term.x}, {"y", term.y}, {"w", term.w}, {"r", term.r}}) {
    factors.insert(factors.end(), static_cast<std::size_t>(power), name);
  }
  return fmt::format("{}", fmt::join(factors, "*"));
}

std::string call(const char* function, const std::string& argument) {
  return fmt::format(fmt::runtime(function), argument);
}

std::string activated(const Activation& f, const std::string& a, const Dialect& d) {
  std::string positive = call(d.positive, a);
  switch (f.kind) {
    case Activation::Kind::kLinear:
      return a;
    case Activation::Kind::kTanh:
      return call(d.tanh, a);
    case Activation::Kind::kSigmoid:
      return fmt::format("1.0/(1.0 + {})", call(d.exp, "-" + a));
    case Activation::Kind::kRelu:
      return positive;
    case Activation::Kind::kLeakyRelu:
      return fmt::format("{}*{} + {}*{}", number(f.leak), a, number(1.0 - f.leak), positive);
    case Activation::Kind::kSoftplus:  // max(a, 0) + log(1 + exp(-|a|)), which does not overflow
      return fmt::format("{} + {}", positive,
                         call(d.log, "1.0 + " + call(d.exp, fmt::format("{} - 2.0*{}", a, positive))));
    case Activation::Kind::kSquareplus:
      return fmt::format("0.5*({0} + {1})", a, call(d.sqrt, fmt::format("{0}*{0} + 4.0", a)));
  }
  return a;
}

Formula of_taylor(const TaylorRule& rule, const std::vector<double>& theta) {
  Sum g;
  for (std::size_t p = 0; p < theta.size(); ++p) g.add(theta[p], product(rule.terms()[p]));
  return {{}, g.text()};
}

Formula of_mlp(const MlpRule& rule, const std::vector<double>& theta, const Dialect& dialect) {
  const MlpRule::Options& options = rule.options();
  Formula formula;
  std::vector<std::string> units = options.inputs;
  std::vector<double> scale = options.input_scale;
  std::size_t weights = 0;
  for (std::size_t layer = 0; layer <= options.hidden.size(); ++layer) {
    const bool last = layer == options.hidden.size();
    const std::size_t out = last ? 1 : static_cast<std::size_t>(options.hidden[layer]);
    std::vector<std::string> next;
    for (std::size_t j = 0; j < out; ++j) {
      Sum drive;
      for (std::size_t i = 0; i < units.size(); ++i) {
        drive.add(theta[weights + i * out + j] * scale[i], units[i]);
      }
      drive.add(theta[weights + units.size() * out + j], "");
      const std::string place = last ? "" : fmt::format("{}_{}", layer + 1, j + 1);
      const Activation& f = last ? options.output_activation : options.hidden_activation;
      if (last && f.kind == Activation::Kind::kLinear) {
        formula.g = drive.text();
        break;
      }
      formula.lines.emplace_back("a" + place, drive.text());
      if (last) {
        formula.g = activated(f, "a", dialect);
        break;
      }
      formula.lines.emplace_back("h" + place, activated(f, "a" + place, dialect));
      next.push_back("h" + place);
    }
    weights += (units.size() + 1) * out;
    scale.assign(next.size(), 1.0);
    units = std::move(next);
  }
  return formula;
}

}  // namespace

Formula formula(const ExportedRule& exported, const Dialect& dialect) {
  if (const auto* taylor = exported.rule.as<TaylorRule>()) return of_taylor(*taylor, exported.theta);
  return of_mlp(*exported.rule.as<MlpRule>(), exported.theta, dialect);
}

std::string number(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::vector<std::string> about(const ExportedRule& exported) {
  std::vector<std::string> lines = {"A synaptic plasticity rule: a weight w changes by eta*g(x, y, w, r)."};
  if (const auto* taylor = exported.rule.as<TaylorRule>()) {
    lines.push_back("g = " + to_string(to_expression(*taylor, exported.theta)));
  } else {
    lines.push_back(fmt::format("g is a small neural network of {}.",
                                fmt::join(exported.rule.as<MlpRule>()->options().inputs, ", ")));
  }
  lines.emplace_back("x: presynaptic activity, y: postsynaptic activity, w: weight before the change,");
  lines.push_back("r: " + (exported.reward.empty() ? "reward minus expected reward" : exported.reward) +
                  "; all without units.");
  if (!exported.source.empty()) lines.push_back("Numbers: " + exported.source);
  lines.emplace_back("Written by synfer " SYNFER_VERSION
                     ". Method: Mehta et al., Model-Based Inference of Synaptic");
  lines.emplace_back("Plasticity Rules, NeurIPS 2024.");
  return lines;
}

std::string prefixed(const std::vector<std::string>& lines, const std::string& prefix) {
  std::string text;
  for (const std::string& line : lines) text += prefix + line + "\n";
  return text;
}

}  // namespace synfer
