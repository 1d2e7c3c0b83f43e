// Settings of the rule that is fitted and of the one that is simulated.
#include "synfer/settings/sections_private.h"

namespace synfer {

std::vector<Setting> rule_settings(Configuration& c) {
  TruthSettings& truth = c.truth;
  RuleSettings& rule = c.rule;
  const Strings variables = {"x", "y", "w", "r"};
  const Strings kinds = {"taylor", "mlp"};
  const Strings hidden = {"leaky_relu", "tanh", "softplus", "squareplus"};
  const Strings output = {"tanh", "linear"};
  return {
      {"truth.kind", &truth.kind, one_of({"taylor", "mlp", "threshold"}), "",
       "Kind of the rule behind simulated data; threshold: 0.5 sign(r) x where abs(r) > 0.3, minus 0.05 w."},
      {"truth.rule", &truth.rule, anything(), "", "Taylor rule behind simulated data, such as x*r - 0.05*w."},
      {"truth.inputs", &truth.inputs, one_of(variables), "", "Inputs of a true MLP."},
      {"truth.hidden", &truth.hidden, within(1, 1e4), "units", "Hidden layers of a true MLP."},
      {"truth.sd", &truth.sd, at_least(0), "", "Standard deviation of the random parameters of a true MLP."},
      {"truth.walk_sd", &truth.walk_sd, at_least(0), "weight",
       "Standard deviation of a random step that every simulated weight makes after each weight change."},
      {"truth.hidden_activation", &truth.hidden_activation, one_of(hidden), "",
       "Activation of the hidden layers of a true MLP."},
      {"truth.output_activation", &truth.output_activation, one_of(output), "",
       "Activation of the output of a true MLP."},
      {"rule.kind", &rule.kind, one_of(kinds), "", "Kind of the fitted rule."},
      {"rule.variables", &rule.variables, one_of(variables), "",
       "Variables of a fitted Taylor rule without rule.terms."},
      {"rule.degree", &rule.degree, within(0, 4), "",
       "Highest power of each variable of a fitted Taylor rule without rule.terms."},
      {"rule.terms", &rule.terms, anything(), "",
       "Terms of a fitted Taylor rule, such as [1, w, x, r, x*r] or 1 + w + x*r; they come before "
       "variables and degree.",
       "all products of rule.variables up to rule.degree each"},
      {"rule.published_order", &rule.published_order, anything(), "",
       "Whether labels such as X1Y0W0R1 are read in the reversed order that the published program computes."},
      {"rule.frozen",
       &rule.frozen,
       {.empty_list = true},
       "",
       "Names of parameters (terms of a Taylor rule) that keep the value they start from, 0 in a random "
       "start."},
      {"rule.bounds",
       &rule.bounds,
       {.empty_list = true},
       "eta theta",
       "Where coefficients may lie, such as [w in [-2, 0]], in units of eta theta: a weight changes by "
       "at most so much of itself.",
       "recorded data: w and x^a*w in [-2, 0], so that decay is stable; beside w, x^a*w in [-2, 2]"},
      {"rule.inputs", &rule.inputs, one_of(variables), "",
       "Inputs of a fitted MLP. The default is the paper's, without y: of a rule in y it finds no more "
       "than the others say of it."},
      {"rule.hidden", &rule.hidden, within(1, 1e4), "units", "Hidden layers of a fitted MLP."},
      {"rule.hidden_activation", &rule.hidden_activation, one_of(hidden), "",
       "Activation of the hidden layers of a fitted MLP.", "squareplus with evidence, leaky_relu otherwise"},
      {"rule.output_activation", &rule.output_activation, one_of(output), "",
       "Activation of the output of a fitted MLP.", "linear with evidence, tanh otherwise"},
  };
}

}  // namespace synfer
