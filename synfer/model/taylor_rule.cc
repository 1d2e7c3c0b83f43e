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

SecondSlopes TaylorRule::second_slopes(const Synapse& at, std::span<const double> theta,
                                       const ThetaSlopes& out) const {
  SecondSlopes s;
  const auto r = powers(at.r);
  const auto d = [](double v, int n, int k) {
    double f = 1;
    for (int q = 0; q < k; ++q) f *= n - q;
    return n < k ? 0.0 : f * powers(v)[static_cast<std::size_t>(n - k)];
  };
  for (std::size_t p = 0; p < terms_.size(); ++p) {
    const Term& term = terms_[p];
    const double rr = r[static_cast<std::size_t>(term.r)];
    const double x0 = d(at.x, term.x, 0), x1 = d(at.x, term.x, 1), x2 = d(at.x, term.x, 2);
    const double y0 = d(at.y, term.y, 0), y1 = d(at.y, term.y, 1), y2 = d(at.y, term.y, 2);
    const double w0 = d(at.w, term.w, 0), w1 = d(at.w, term.w, 1), w2 = d(at.w, term.w, 2);
    out.g[p] = rr * x0 * y0 * w0;
    out.x[p] = rr * x1 * y0 * w0;
    out.y[p] = rr * x0 * y1 * w0;
    out.w[p] = rr * x0 * y0 * w1;
    const double c = theta[p] * rr;
    s.x += c * x1 * y0 * w0;
    s.y += c * x0 * y1 * w0;
    s.w += c * x0 * y0 * w1;
    s.xx += c * x2 * y0 * w0;
    s.xy += c * x1 * y1 * w0;
    s.xw += c * x1 * y0 * w1;
    s.yy += c * x0 * y2 * w0;
    s.yw += c * x0 * y1 * w1;
    s.ww += c * x0 * y0 * w2;
  }
  return s;
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
