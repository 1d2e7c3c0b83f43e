#include "synfer/inference/mlp_prior.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "synfer/base/random.h"

namespace synfer {
namespace {

constexpr double kHiddenSd = 0.3;
constexpr double kOutputSd = 0.003;

bool is_output_weight(std::string_view name) { return name.starts_with("output.weight"); }

// "hidden1.weight[x,3]" without the unit; of later layers without the unit that it comes from, too.
std::string group_name(const std::string& name) {
  if (name.starts_with("hidden1.weight")) return name.substr(0, name.find(',')) + "]";
  return name.substr(0, name.find('['));
}

}  // namespace

ParameterGroups parameter_groups(const MlpRule& rule) {
  ParameterGroups groups;
  for (const std::string& name : rule.parameter_names()) {
    const std::string group = group_name(name);
    auto found = std::ranges::find(groups.names, group);
    if (found == groups.names.end()) {
      found = groups.names.insert(found, group);
      groups.first.push_back(group == "output.weight" ? 0.1 : group == "output.bias" ? 10.0 : 4.0);
      groups.least.push_back(group == "hidden1.weight[x]" ? 4.0 : 1e-6);
    }
    groups.of.push_back(static_cast<std::size_t>(found - groups.names.begin()));
  }
  return groups;
}

std::vector<std::vector<double>> random_starts(const MlpRule& rule, std::size_t count, std::uint64_t seed) {
  const std::vector<std::string> names = rule.parameter_names();
  const RandomStream stream(seed, "MLP start");
  std::vector<std::vector<double>> starts;
  for (std::size_t n = 0; n < count; ++n) {
    std::vector<double> theta(names.size());
    stream.normals({.replicate = n}, theta.size(), theta.data());
    for (std::size_t p = 0; p < theta.size(); ++p) {
      theta[p] *= is_output_weight(names[p]) ? kOutputSd : kHiddenSd;
    }
    theta.back() = 0.0;  // the output's bias
    starts.push_back(std::move(theta));
  }
  return starts;
}

std::vector<double> input_scale(std::span<const std::string> inputs,
                                std::span<const EncodedSession> sessions) {
  double x_squares = 0.0;
  double x_count = 0.0;
  double r_squares = 0.0;
  double r_count = 0.0;
  for (const EncodedSession& session : sessions) {
    const auto width = static_cast<std::size_t>(session.inputs);
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.learns[t] == 0) continue;
      const std::size_t offer = t * static_cast<std::size_t>(session.offers) + session.learned_offer(t);
      for (std::size_t i = 0; i < width; ++i) x_squares += std::pow(session.x[offer * width + i], 2);
      x_count += static_cast<double>(width);
      r_squares += session.r[t] * session.r[t];
      r_count += 1.0;
    }
  }
  std::vector<double> scale;
  for (const std::string& input : inputs) {
    double s = 1.0;
    if (input == "x" && x_squares > 0.0) s = std::sqrt(x_count / x_squares);
    if (input == "r" && r_squares > 0.0) s = std::sqrt(r_count / r_squares);
    scale.push_back(s);
  }
  return scale;
}

}  // namespace synfer
