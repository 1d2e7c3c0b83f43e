#include "synfer/inference/parameter_scale.h"

#include <cmath>
#include <string>

namespace synfer {

ParameterScale::ParameterScale(const Objective& objective, const DataScale& scale)
    : factor_(parameter_scales(objective.model().rule, scale)) {
  const std::vector<std::string> names = objective.parameter_names();
  factor_.resize(names.size(), 1.0);
  shift_.resize(names.size(), 0.0);
  for (std::size_t p = objective.rule_parameters(); p < objective.history_offset(); ++p)
    shift_[p] = names[p] == "log noise_sd" ? -std::log(scale.input) : std::log(scale.input);
  const std::size_t weights = objective.session_bias_offset() + objective.session_biases();
  for (std::size_t p = weights; p < names.size(); ++p) factor_[p] = scale.input;
}

std::vector<double> ParameterScale::in_scale(std::span<const double> parameters) const {
  std::vector<double> all;
  for (std::size_t p = 0; p < parameters.size(); ++p) all.push_back(parameters[p] * factor_[p] + shift_[p]);
  return all;
}

std::vector<double> ParameterScale::in_unit(std::span<const double> parameters) const {
  std::vector<double> all;
  for (std::size_t p = 0; p < parameters.size(); ++p) all.push_back((parameters[p] - shift_[p]) / factor_[p]);
  return all;
}

std::vector<Bounds> ParameterScale::in_scale(std::span<const Bounds> bounds) const {
  std::vector<Bounds> all;
  for (std::size_t p = 0; p < bounds.size(); ++p)
    all.push_back({bounds[p].low * factor_[p], bounds[p].high * factor_[p]});
  return all;
}

}  // namespace synfer
