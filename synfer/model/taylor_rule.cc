#include "synfer/model/taylor_rule.h"

#include <algorithm>
#include <set>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// d/dv v^n; 0 for n = 0 whatever v.
double power_slope(double v, int n) { return n == 0 ? 0.0 : n * powers(v)[static_cast<std::size_t>(n - 1)]; }

}  // namespace

TaylorRule::TaylorRule(std::vector<Term> terms) : terms_(std::move(terms)) {
  if (terms_.empty()) throw ConfigurationError("rule.terms", "found no term, expected at least one");
  std::set<Term> seen;
  for (const Term& term : terms_) {
    if (!seen.insert(term).second) {
      throw ConfigurationError("rule.terms", "the term " + to_string(term) + " appears twice; list it once");
    }
    highest_y_ = std::max(highest_y_, term.y);
    highest_w_ = std::max(highest_w_, term.w);
  }
}

std::vector<std::string> TaylorRule::parameter_names() const {
  std::vector<std::string> names;
  names.reserve(terms_.size());
  for (const Term& term : terms_) names.push_back(to_string(term));
  return names;
}

double TaylorRule::change(const Synapse& at, std::span<const double> theta) const {
  double g = 0.0;
  for (std::size_t p = 0; p < terms_.size(); ++p) g += theta[p] * terms_[p].at(at.x, at.y, at.w, at.r);
  return g;
}

Slopes TaylorRule::slopes(const Synapse& at, std::span<const double> theta,
                          std::span<double> theta_slopes) const {
  const auto x = powers(at.x);
  const auto y = powers(at.y);
  const auto w = powers(at.w);
  const auto r = powers(at.r);
  Slopes slopes;
  for (std::size_t p = 0; p < terms_.size(); ++p) {
    const Term& term = terms_[p];
    const double xr = x[static_cast<std::size_t>(term.x)] * r[static_cast<std::size_t>(term.r)];
    const double yw = y[static_cast<std::size_t>(term.y)] * w[static_cast<std::size_t>(term.w)];
    theta_slopes[p] = xr * yw;
    slopes.x += theta[p] * power_slope(at.x, term.x) * r[static_cast<std::size_t>(term.r)] * yw;
    slopes.y += theta[p] * xr * power_slope(at.y, term.y) * w[static_cast<std::size_t>(term.w)];
    slopes.w += theta[p] * xr * y[static_cast<std::size_t>(term.y)] * power_slope(at.w, term.w);
  }
  return slopes;
}

TaylorRuleWithNumbers taylor_rule(const Expression& expression) {
  if (expression.empty()) return {TaylorRule({Term{}}), {0.0}};
  std::vector<Term> terms;
  std::vector<double> theta;
  for (const auto& [term, coefficient] : expression) {
    terms.push_back(term);
    theta.push_back(coefficient);
  }
  return {TaylorRule(std::move(terms)), std::move(theta)};
}

Expression to_expression(const TaylorRule& rule, std::span<const double> theta) {
  Expression expression;
  for (std::size_t p = 0; p < theta.size(); ++p) {
    if (theta[p] != 0.0) expression.push_back({rule.terms()[p], theta[p]});
  }
  return expression;
}

}  // namespace synfer
