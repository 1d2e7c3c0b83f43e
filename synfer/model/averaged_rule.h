// A rule as it acts on average where inputs are noisy: E[g(x + eps, y, w, r)], eps ~ N(0, sd^2).
//
// The belief over latent weights (synfer/replay/belief.h) carries its mean through g at the mean
// stimulus; where g is curved in x the noise drags the true weights by sd^2 g_xx / 2 a change besides,
// and nothing in that likelihood holds the curvature of a flexible rule. Two nodes, x -+ sd, are exact
// for g up to x^3. The noise that reaches g through y is left out. Parameters are the rule's own: fit
// this one, and report and simulate the rule inside.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "synfer/model/rule.h"

namespace synfer {

class AveragedRule {
 public:
  /// @param rule      a CurvedRule where second_slopes are asked for
  /// @param noise_sd  of every input
  AveragedRule(Rule rule, double noise_sd) : rule_(std::move(rule)), noise_sd_(noise_sd) {}

  [[nodiscard]] const Rule& rule() const { return rule_; }
  [[nodiscard]] double noise_sd() const { return noise_sd_; }

  [[nodiscard]] std::vector<std::string> parameter_names() const { return rule_.parameter_names(); }
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const;
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const;
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta, const ThetaSlopes& out) const;

 private:
  [[nodiscard]] Synapse moved(const Synapse& at, double by) const {
    return {at.x + by * noise_sd_, at.y, at.w, at.r};
  }

  Rule rule_;
  double noise_sd_;
};

/// The rule of a single change: that inside an averaged one, any other itself.
inline const Rule& rule_inside(const Rule& rule) {
  const auto* averaged = rule.as<AveragedRule>();
  return averaged == nullptr ? rule : averaged->rule();
}
const Rule& rule_inside(Rule&& rule) = delete;  // what it gives would be gone with it

}  // namespace synfer
