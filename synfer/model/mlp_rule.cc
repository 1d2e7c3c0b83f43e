#include "synfer/model/mlp_rule.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <concepts>
#include <string_view>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// A number and its slopes in x, y and w. Run on these, the adjoint of the network gives, beside each
// slope of g, how that slope moves with x, y and w: all second slopes in one pass, exactly.
using Dual = Eigen::Array4d;

double product(double a, double b) { return a * b; }

Dual product(const Dual& a, const Dual& b) {
  Dual both = a[0] * b + b[0] * a;
  both[0] = a[0] * b[0];
  return both;
}

template <typename Number>
Number constant(double value) {
  if constexpr (std::same_as<Number, Dual>)
    return {value, 0.0, 0.0, 0.0};
  else
    return value;
}

// Units and their slopes, layer after layer; reused between calls, as rules are called in the
// innermost loop.
template <typename Number>
struct Workspace {
  std::vector<Number> units;  // f(a), inputs first
  std::vector<Number> slope;  // f'(a)
  std::vector<Number> bar;    // dg/dunit
};

template <typename Number>
thread_local Workspace<Number> workspace;  // NOLINT: one for each thread, invisible outside

void activate(const Activation& f, double a, double& unit, double& slope) {
  unit = f.value(a);
  slope = f.slope(a, unit);
}

void activate(const Activation& f, const Dual& a, Dual& unit, Dual& slope) {
  const double value = f.value(a[0]);
  const double first = f.slope(a[0], value);
  unit = first * a;
  unit[0] = value;
  slope = f.curvature(a[0], value) * a;
  slope[0] = first;
}

}  // namespace

MlpRule::MlpRule(Options options) : options_(std::move(options)) {
  constexpr std::string_view kVariables = "xywr";
  for (const std::string& input : options_.inputs) {
    const std::size_t variable = input.size() == 1 ? kVariables.find(input[0]) : std::string_view::npos;
    const bool repeated = std::find(input_variables_.begin(), input_variables_.end(),
                                    static_cast<int>(variable)) != input_variables_.end();
    if (variable == std::string_view::npos || repeated) {
      throw ConfigurationError("rule.inputs",
                               fmt::format("found '{}', expected each of x, y, w, r at most once", input));
    }
    input_variables_.push_back(static_cast<int>(variable));
  }
  if (input_variables_.empty())
    throw ConfigurationError("rule.inputs", "found none, expected at least one of x, y, w, r");
  if (options_.input_scale.empty()) options_.input_scale.assign(options_.inputs.size(), 1.0);
  const bool positive = std::ranges::all_of(options_.input_scale, [](double scale) { return scale > 0.0; });
  if (options_.input_scale.size() != options_.inputs.size() || !positive) {
    throw ConfigurationError(
        "rule.input_scale",
        fmt::format("expected a positive number for each of {} inputs", options_.inputs.size()));
  }
  sizes_.push_back(static_cast<int>(input_variables_.size()));
  for (const int units : options_.hidden) {
    if (units < 1)
      throw ConfigurationError("rule.hidden",
                               fmt::format("found a layer of {} units, expected at least 1", units));
    sizes_.push_back(units);
  }
  sizes_.push_back(1);
}

std::vector<std::string> MlpRule::parameter_names() const {
  std::vector<std::string> names;
  for (std::size_t layer = 1; layer < sizes_.size(); ++layer) {
    const std::string to = layer + 1 == sizes_.size() ? "output" : fmt::format("hidden{}", layer);
    for (int i = 0; i < sizes_[layer - 1]; ++i) {
      const std::string from =
          layer == 1 ? options_.inputs[static_cast<std::size_t>(i)] : fmt::format("{}", i);
      for (int j = 0; j < sizes_[layer]; ++j) names.push_back(fmt::format("{}.weight[{},{}]", to, from, j));
    }
    for (int j = 0; j < sizes_[layer]; ++j) names.push_back(fmt::format("{}.bias[{}]", to, j));
  }
  return names;
}

template <typename Number>
Number MlpRule::forward(const std::array<Number, 4>& variables, std::span<const double> theta) const {
  Workspace<Number>& ws = workspace<Number>;
  std::size_t all = 0;
  for (const int size : sizes_) all += static_cast<std::size_t>(size);
  ws.units.resize(all);
  ws.slope.resize(all);
  for (std::size_t k = 0; k < input_variables_.size(); ++k) {
    ws.units[k] = variables[static_cast<std::size_t>(input_variables_[k])] * options_.input_scale[k];
  }
  std::size_t from = 0;
  std::size_t weights = 0;
  for (std::size_t layer = 1; layer < sizes_.size(); ++layer) {
    const auto in = static_cast<std::size_t>(sizes_[layer - 1]);
    const auto out = static_cast<std::size_t>(sizes_[layer]);
    const Activation& f =
        layer + 1 == sizes_.size() ? options_.output_activation : options_.hidden_activation;
    const std::size_t to = from + in;
    for (std::size_t j = 0; j < out; ++j) {
      Number a = constant<Number>(theta[weights + in * out + j]);
      for (std::size_t i = 0; i < in; ++i) a += ws.units[from + i] * theta[weights + i * out + j];
      activate(f, a, ws.units[to + j], ws.slope[to + j]);
    }
    weights += (in + 1) * out;
    from = to;
  }
  return ws.units[from];
}

// After forward. Hands write(p, dg/dtheta_p) each parameter's slope; returns dg/dx, dg/dy, dg/dw, dg/dr.
template <typename Number, typename Write>
std::array<Number, 4> MlpRule::backward(std::span<const double> theta, const Write& write) const {
  Workspace<Number>& ws = workspace<Number>;
  ws.bar.assign(ws.units.size(), constant<Number>(0.0));
  ws.bar.back() = constant<Number>(1.0);
  std::size_t to = ws.units.size() - 1;
  std::size_t weights_end = theta.size();
  for (std::size_t layer = sizes_.size() - 1; layer >= 1; --layer) {
    const auto in = static_cast<std::size_t>(sizes_[layer - 1]);
    const auto out = static_cast<std::size_t>(sizes_[layer]);
    const std::size_t from = to - in;
    const std::size_t weights = weights_end - (in + 1) * out;
    for (std::size_t j = 0; j < out; ++j) {
      // forward: unit_j = f(bias_j + sum_i unit_i weight_ij)
      const Number a_bar = product(ws.bar[to + j], ws.slope[to + j]);
      write(weights + in * out + j, a_bar);
      for (std::size_t i = 0; i < in; ++i) {
        write(weights + i * out + j, product(a_bar, ws.units[from + i]));
        ws.bar[from + i] += a_bar * theta[weights + i * out + j];
      }
    }
    weights_end = weights;
    to = from;
  }
  std::array<Number, 4> bars;
  bars.fill(constant<Number>(0.0));
  for (std::size_t k = 0; k < input_variables_.size(); ++k)
    bars[static_cast<std::size_t>(input_variables_[k])] = ws.bar[k] * options_.input_scale[k];
  return bars;
}

kernels::MlpAtSynapse MlpRule::one_layer_at(const Synapse& at, std::span<const double> theta) const {
  return {options_.hidden_activation,
          options_.output_activation,
          static_cast<std::size_t>(sizes_[1]),
          input_variables_,
          options_.input_scale,
          {at.x, at.y, at.w, at.r},
          theta};
}

double MlpRule::change(const Synapse& at, std::span<const double> theta) const {
  if (one_layer()) return kernels::mlp_change(one_layer_at(at, theta));
  return forward<double>({at.x, at.y, at.w, at.r}, theta);
}

Slopes MlpRule::slopes(const Synapse& at, std::span<const double> theta,
                       std::span<double> theta_slopes) const {
  static_cast<void>(forward<double>({at.x, at.y, at.w, at.r}, theta));  // fills the workspace
  const auto bars = backward<double>(theta, [&](std::size_t p, double slope) { theta_slopes[p] = slope; });
  return {bars[0], bars[1], bars[2]};
}

SecondSlopes MlpRule::second_slopes(const Synapse& at, std::span<const double> theta,
                                    const ThetaSlopes& out) const {
  if (one_layer()) return kernels::mlp_second_slopes(one_layer_at(at, theta), out);
  const std::array<Dual, 4> variables = {Dual(at.x, 1.0, 0.0, 0.0), Dual(at.y, 0.0, 1.0, 0.0),
                                         Dual(at.w, 0.0, 0.0, 1.0), Dual(at.r, 0.0, 0.0, 0.0)};
  static_cast<void>(forward<Dual>(variables, theta));  // fills the workspace
  const auto [x, y, w, r] = backward<Dual>(theta, [&](std::size_t p, const Dual& slope) {
    if (out.g.empty()) return;
    out.g[p] = slope[0];
    out.x[p] = slope[1];
    out.y[p] = slope[2];
    out.w[p] = slope[3];
  });
  return {x[0], y[0], w[0], x[1], x[2], x[3], y[2], y[3], w[3]};
}

}  // namespace synfer
