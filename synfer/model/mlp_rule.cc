#include "synfer/model/mlp_rule.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// Units and their slopes, layer after layer; reused between calls, as rules are called in the
// innermost loop.
struct Workspace {
  std::vector<double> units;  // f(a), inputs first
  std::vector<double> slope;  // f'(a)
  std::vector<double> bar;    // dg/da, later dg/dunit
};

thread_local Workspace workspace;  // NOLINT: one for each thread, invisible outside

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

double MlpRule::change(const Synapse& at, std::span<const double> theta) const {
  const std::array<double, 4> variables = {at.x, at.y, at.w, at.r};
  Workspace& ws = workspace;
  std::size_t all = 0;
  for (const int size : sizes_) all += static_cast<std::size_t>(size);
  ws.units.resize(all);
  ws.slope.resize(all);
  for (std::size_t k = 0; k < input_variables_.size(); ++k) {
    ws.units[k] = variables[static_cast<std::size_t>(input_variables_[k])];
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
      double a = theta[weights + in * out + j];
      for (std::size_t i = 0; i < in; ++i) a += ws.units[from + i] * theta[weights + i * out + j];
      ws.units[to + j] = f.value(a);
      ws.slope[to + j] = f.slope(a, ws.units[to + j]);
    }
    weights += (in + 1) * out;
    from = to;
  }
  return ws.units[from];
}

Slopes MlpRule::slopes(const Synapse& at, std::span<const double> theta,
                       std::span<double> theta_slopes) const {
  static_cast<void>(change(at, theta));  // fills the workspace
  Workspace& ws = workspace;
  ws.bar.assign(ws.units.size(), 0.0);
  ws.bar.back() = 1.0;
  std::size_t to = ws.units.size() - 1;
  std::size_t weights_end = theta.size();
  for (std::size_t layer = sizes_.size() - 1; layer >= 1; --layer) {
    const auto in = static_cast<std::size_t>(sizes_[layer - 1]);
    const auto out = static_cast<std::size_t>(sizes_[layer]);
    const std::size_t from = to - in;
    const std::size_t weights = weights_end - (in + 1) * out;
    for (std::size_t j = 0; j < out; ++j) {
      // forward: unit_j = f(bias_j + sum_i unit_i weight_ij)
      const double a_bar = ws.bar[to + j] * ws.slope[to + j];
      theta_slopes[weights + in * out + j] = a_bar;
      for (std::size_t i = 0; i < in; ++i) {
        theta_slopes[weights + i * out + j] = a_bar * ws.units[from + i];
        ws.bar[from + i] += a_bar * theta[weights + i * out + j];
      }
    }
    weights_end = weights;
    to = from;
  }
  std::array<double, 4> bars{};
  for (std::size_t k = 0; k < input_variables_.size(); ++k)
    bars[static_cast<std::size_t>(input_variables_[k])] = ws.bar[k];
  return {bars[0], bars[1], bars[2]};
}

}  // namespace synfer
