#include "synfer/model/data_scale.h"

#include <algorithm>
#include <cmath>

#include "synfer/model/averaged_rule.h"
#include "synfer/model/mlp_rule.h"
#include "synfer/model/taylor_rule.h"

namespace synfer {
namespace {

constexpr double kUsualInput = 0.75;

double largest_of(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

}  // namespace

void InputScale::add(std::span<const double> x) {
  for (const double v : x) {
    squares_ += v * v;
    count_ += v == 0.0 ? 0.0 : 1.0;
  }
}

double InputScale::value() const { return count_ > 0.0 ? root_mean_square() / kUsualInput : 1.0; }

double InputScale::root_mean_square() const { return count_ > 0.0 ? std::sqrt(squares_ / count_) : 0.0; }

double reward_scale(std::vector<double> largest) {
  std::erase(largest, 0.0);
  if (largest.empty()) return 1.0;
  const auto middle = largest.begin() + static_cast<std::ptrdiff_t>((largest.size() - 1) / 2);
  std::ranges::nth_element(largest, middle);
  return *middle;
}

DataScale data_scale(std::span<const EncodedSession> sessions) {
  InputScale input;
  std::vector<double> largest;
  for (const EncodedSession& session : sessions) {
    input.add(session.x);
    largest.push_back(largest_of(session.r));
  }
  return {input.value(), reward_scale(std::move(largest))};
}

double largest_input(std::span<const EncodedSession> sessions) {
  double largest = 0.0;
  for (const EncodedSession& session : sessions) largest = std::max(largest, largest_of(session.x));
  return largest;
}

double coefficient_scale(const Term& term, const DataScale& scale) {
  return std::pow(scale.input, 1 + term.x - term.w) * std::pow(scale.reward, term.r);
}

EncodedSession in_scale(EncodedSession session, const DataScale& scale) {
  for (double& x : session.x) x /= scale.input;
  for (double& r : session.r) r /= scale.reward;
  return session;
}

Rule in_scale(const Rule& rule, const DataScale& scale) {
  if (const auto* averaged = rule.as<AveragedRule>())
    return AveragedRule(in_scale(averaged->rule(), scale), averaged->noise_sd() / scale.input);
  const auto* mlp = rule.as<MlpRule>();
  if (mlp == nullptr) return rule;
  MlpRule::Options options = mlp->options();
  for (std::size_t n = 0; n < options.inputs.size(); ++n) {
    double& of = options.input_scale[n];
    if (options.inputs[n] == "x") of *= scale.input;
    if (options.inputs[n] == "r") of *= scale.reward;
    if (options.inputs[n] == "w") of /= scale.input;
  }
  return MlpRule(std::move(options));
}

std::vector<double> parameter_scales(const Rule& rule, const DataScale& scale) {
  std::vector<double> scales(rule.parameters(), 1.0);
  if (const auto* taylor = rule.as<TaylorRule>()) {
    std::ranges::transform(taylor->terms(), scales.begin(),
                           [&](const Term& term) { return coefficient_scale(term, scale); });
    return scales;
  }
  const std::vector<std::string>& names = rule.parameter_names();
  for (std::size_t p = 0; p < scales.size(); ++p) {
    if (names[p].starts_with("output.")) scales[p] = scale.input;
  }
  return scales;
}

}  // namespace synfer
