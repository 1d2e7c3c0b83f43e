#include "synfer/model/taylor_rule.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

using Table = std::array<double, kHighestPower + 1>;

// v^n for n = 0 .. highest; what is behind is not written.
struct Powers {
  Powers(double v, std::size_t highest) {
    value[0] = 1.0;
    for (std::size_t n = 1; n <= highest; ++n) value[n] = v * value[n - 1];
  }
  double operator[](std::size_t n) const { return value[n]; }

  Table value;
};

// The same and their first and second derivatives in v.
struct CurvedPowers : Powers {
  CurvedPowers(double v, std::size_t highest) : Powers(v, highest) {
    slope[0] = curvature[0] = 0.0;
    for (std::size_t n = 1; n <= highest; ++n) slope[n] = static_cast<double>(n) * value[n - 1];
    for (std::size_t n = 1; n <= highest; ++n) curvature[n] = static_cast<double>(n) * slope[n - 1];
  }

  Table slope;
  Table curvature;
};

constexpr std::size_t kMostFactors = std::tuple_size_v<Table> * std::tuple_size_v<Table>;
using Factors = std::array<double, kMostFactors>;  // of the first few, those that terms have

// The place of a pair of powers among those already there, or behind them.
template <typename Pair>
std::uint8_t place_of(std::vector<Pair>& pairs, const Pair& pair) {
  const auto found = std::ranges::find(pairs, pair);
  const auto place = static_cast<std::uint8_t>(found - pairs.begin());
  if (found == pairs.end()) pairs.push_back(pair);
  return place;
}

}  // namespace

TaylorRule::TaylorRule(std::vector<Term> terms) : terms_(std::move(terms)) {
  if (terms_.empty()) throw ConfigurationError("rule.terms", "found no term, expected at least one");
  std::set<Term> seen;
  for (const Term& term : terms_) {
    if (!seen.insert(term).second) {
      throw ConfigurationError("rule.terms", "the term " + to_string(term) + " appears twice; list it once");
    }
    const auto raise = [](std::size_t& highest, int power) {
      highest = std::max(highest, static_cast<std::size_t>(power));
    };
    raise(highest_.x, term.x);
    raise(highest_.y, term.y);
    raise(highest_.w, term.w);
    raise(highest_.r, term.r);
    places_.push_back(
        {place_of(data_, {static_cast<std::uint8_t>(term.x), static_cast<std::uint8_t>(term.r)}),
         place_of(state_, {static_cast<std::uint8_t>(term.y), static_cast<std::uint8_t>(term.w)})});
  }
}

std::vector<std::string> TaylorRule::parameter_names() const {
  std::vector<std::string> names;
  names.reserve(terms_.size());
  for (const Term& term : terms_) names.push_back(to_string(term));
  return names;
}

double TaylorRule::change(const Synapse& at, std::span<const double> theta) const {
  const Powers x(at.x, highest_.x);
  const Powers r(at.r, highest_.r);
  const Powers y(at.y, highest_.y);
  const Powers w(at.w, highest_.w);
  Factors f;
  Factors h;
  for (std::size_t n = 0; n < data_.size(); ++n) f[n] = x[data_[n].first] * r[data_[n].second];
  for (std::size_t n = 0; n < state_.size(); ++n) h[n] = y[state_[n].first] * w[state_[n].second];
  double g = 0.0;
  for (std::size_t p = 0; p < places_.size(); ++p) g += theta[p] * f[places_[p].data] * h[places_[p].state];
  return g;
}

Slopes TaylorRule::slopes(const Synapse& at, std::span<const double> theta,
                          std::span<double> theta_slopes) const {
  const CurvedPowers x(at.x, highest_.x);
  const Powers r(at.r, highest_.r);
  Factors f;
  Factors f_x;
  for (std::size_t n = 0; n < data_.size(); ++n) {
    f[n] = x.value[data_[n].first] * r[data_[n].second];
    f_x[n] = x.slope[data_[n].first] * r[data_[n].second];
  }
  const CurvedPowers y(at.y, highest_.y);
  const CurvedPowers w(at.w, highest_.w);
  Factors h;
  for (std::size_t n = 0; n < state_.size(); ++n) h[n] = y.value[state_[n].first] * w.value[state_[n].second];
  Factors c{};    // sum over terms of theta_p f_p, by their h
  Factors c_x{};  // sum of theta_p df_p/dx
  for (std::size_t p = 0; p < places_.size(); ++p) {
    const auto [data, state] = places_[p];
    theta_slopes[p] = f[data] * h[state];
    c[state] += theta[p] * f[data];
    c_x[state] += theta[p] * f_x[data];
  }
  Slopes s;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    const auto [b, power_w] = state_[n];
    s.x += c_x[n] * h[n];
    s.y += c[n] * y.slope[b] * w.value[power_w];
    s.w += c[n] * y.value[b] * w.slope[power_w];
  }
  return s;
}

SecondSlopes TaylorRule::second_slopes(const Synapse& at, std::span<const double> theta,
                                       const ThetaSlopes& out) const {
  // f = x^a r^d, r being data; f_x is df/dx, and so on.
  const CurvedPowers x(at.x, highest_.x);
  const Powers r(at.r, highest_.r);
  Factors f;
  Factors f_x;
  Factors f_xx;
  for (std::size_t n = 0; n < data_.size(); ++n) {
    f[n] = x.value[data_[n].first] * r[data_[n].second];
    f_x[n] = x.slope[data_[n].first] * r[data_[n].second];
    f_xx[n] = x.curvature[data_[n].first] * r[data_[n].second];
  }
  // h = y^b w^c
  const CurvedPowers y(at.y, highest_.y);
  const CurvedPowers w(at.w, highest_.w);
  Factors h;
  Factors h_y;
  Factors h_w;
  Factors c;  // sum over terms of theta_p f_p, by their h
  Factors c_x;
  Factors c_xx;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    h[n] = y.value[state_[n].first] * w.value[state_[n].second];
    h_y[n] = y.slope[state_[n].first] * w.value[state_[n].second];
    h_w[n] = y.value[state_[n].first] * w.slope[state_[n].second];
    c[n] = c_x[n] = c_xx[n] = 0.0;
  }
  const bool by_theta = !out.g.empty();
  for (std::size_t p = 0; p < places_.size(); ++p) {
    const auto [data, state] = places_[p];
    if (by_theta) {
      out.g[p] = f[data] * h[state];
      out.x[p] = f_x[data] * h[state];
      out.y[p] = f[data] * h_y[state];
      out.w[p] = f[data] * h_w[state];
    }
    if (theta[p] == 0.0) continue;
    c[state] += theta[p] * f[data];
    c_x[state] += theta[p] * f_x[data];
    c_xx[state] += theta[p] * f_xx[data];
  }
  SecondSlopes s;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    const auto [b, power_w] = state_[n];
    s.x += c_x[n] * h[n];
    s.y += c[n] * h_y[n];
    s.w += c[n] * h_w[n];
    s.xx += c_xx[n] * h[n];
    s.xy += c_x[n] * h_y[n];
    s.xw += c_x[n] * h_w[n];
    s.yy += c[n] * y.curvature[b] * w.value[power_w];
    s.yw += c[n] * y.slope[b] * w.slope[power_w];
    s.ww += c[n] * y.value[b] * w.curvature[power_w];
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
