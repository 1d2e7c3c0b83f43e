#include "synfer/model/taylor_rule.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// v^n with its first and second derivative in v, for n = 0 .. kHighestPower: tables, so that the
// loops over terms neither branch nor multiply powers out.
struct CurvedPowers {
  explicit CurvedPowers(double v) : value(powers(v)) {
    for (std::size_t n = 1; n < value.size(); ++n) slope[n] = static_cast<double>(n) * value[n - 1];
    for (std::size_t n = 1; n < value.size(); ++n) curvature[n] = static_cast<double>(n) * slope[n - 1];
  }

  using Table = std::array<double, kHighestPower + 1>;
  Table value;
  Table slope{};      // 0 for n = 0 whatever v
  Table curvature{};  // 0 for n = 0 and 1
};

// A term's powers as indices of the tables.
struct Indices {
  explicit Indices(const Term& term)
      : x(static_cast<std::size_t>(term.x)),
        y(static_cast<std::size_t>(term.y)),
        w(static_cast<std::size_t>(term.w)),
        r(static_cast<std::size_t>(term.r)) {}

  std::size_t x, y, w, r;
};

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
  const CurvedPowers x(at.x);
  const CurvedPowers y(at.y);
  const CurvedPowers w(at.w);
  const auto r = powers(at.r);
  Slopes s;
  for (std::size_t p = 0; p < terms_.size(); ++p) {
    const Indices at_p(terms_[p]);
    const double xr = x.value[at_p.x] * r[at_p.r];
    const double yw = y.value[at_p.y] * w.value[at_p.w];
    theta_slopes[p] = xr * yw;
    s.x += theta[p] * x.slope[at_p.x] * r[at_p.r] * yw;
    s.y += theta[p] * xr * y.slope[at_p.y] * w.value[at_p.w];
    s.w += theta[p] * xr * y.value[at_p.y] * w.slope[at_p.w];
  }
  return s;
}

SecondSlopes TaylorRule::second_slopes(const Synapse& at, std::span<const double> theta,
                                       const ThetaSlopes& out) const {
  const CurvedPowers x(at.x);
  const CurvedPowers y(at.y);
  const CurvedPowers w(at.w);
  const auto r = powers(at.r);
  SecondSlopes s;
  const bool by_theta = !out.g.empty();
  for (std::size_t p = 0; p < terms_.size(); ++p) {
    if (!by_theta && theta[p] == 0.0) continue;
    const Indices at_p(terms_[p]);
    // The monomial is f(x) h(y, w), r being data in f; f_x is df/dx, and so on.
    const double f = x.value[at_p.x] * r[at_p.r];
    const double f_x = x.slope[at_p.x] * r[at_p.r];
    const double f_xx = x.curvature[at_p.x] * r[at_p.r];
    const double h = y.value[at_p.y] * w.value[at_p.w];
    const double h_y = y.slope[at_p.y] * w.value[at_p.w];
    const double h_w = y.value[at_p.y] * w.slope[at_p.w];
    const double h_yy = y.curvature[at_p.y] * w.value[at_p.w];
    const double h_yw = y.slope[at_p.y] * w.slope[at_p.w];
    const double h_ww = y.value[at_p.y] * w.curvature[at_p.w];
    const double g_x = f_x * h;
    const double g_y = f * h_y;
    const double g_w = f * h_w;
    if (by_theta) {
      out.g[p] = f * h;
      out.x[p] = g_x;
      out.y[p] = g_y;
      out.w[p] = g_w;
    }
    const double c = theta[p];
    s.x += c * g_x;
    s.y += c * g_y;
    s.w += c * g_w;
    s.xx += c * f_xx * h;
    s.xy += c * f_x * h_y;
    s.xw += c * f_x * h_w;
    s.yy += c * f * h_yy;
    s.yw += c * f * h_yw;
    s.ww += c * f * h_ww;
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
