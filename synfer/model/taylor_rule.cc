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

// The same and the third.
struct ThriceCurvedPowers : CurvedPowers {
  ThriceCurvedPowers(double v, std::size_t highest) : CurvedPowers(v, highest) {
    third[0] = 0.0;
    for (std::size_t n = 1; n <= highest; ++n) third[n] = static_cast<double>(n) * curvature[n - 1];
  }

  Table third;
};

constexpr std::size_t kMostFactors = std::tuple_size_v<Table> * std::tuple_size_v<Table>;
using Factors = std::array<double, kMostFactors>;  // of the first few, those that terms have

// The place of a pair of powers among those already there, or behind them.
template <typename Pair>
std::size_t place_of(std::vector<Pair>& pairs, const Pair& pair) {
  const auto found = std::ranges::find(pairs, pair);
  const auto place = static_cast<std::size_t>(found - pairs.begin());
  if (found == pairs.end()) pairs.push_back(pair);
  return place;
}

}  // namespace

TaylorRule::TaylorRule(std::vector<Term> terms) : terms_(std::move(terms)) {
  if (terms_.empty()) throw ConfigurationError("rule.terms", "found no term, expected at least one");
  std::set<Term> seen;
  std::vector<std::vector<Summand>> of_state;
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
    const std::size_t data =
        place_of(data_, {static_cast<std::uint8_t>(term.x), static_cast<std::uint8_t>(term.r)});
    const std::size_t state =
        place_of(state_, {static_cast<std::uint8_t>(term.y), static_cast<std::uint8_t>(term.w)});
    of_state.resize(state_.size());
    of_state[state].push_back({data, seen.size() - 1});
  }
  for (const std::vector<Summand>& summands : of_state) {
    ends_.push_back(summands_.size());
    summands_.insert(summands_.end(), summands.begin(), summands.end());
  }
  ends_.push_back(summands_.size());
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
  for (std::size_t n = 0; n < data_.size(); ++n) f[n] = x[data_[n].first] * r[data_[n].second];
  double g = 0.0;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    double c = 0.0;  // sum over its terms of theta_p f_p
    for_each_of(n, [&](const Summand& of) { c += theta[of.parameter] * f[of.data]; });
    g += c * (y[state_[n].first] * w[state_[n].second]);
  }
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
  Slopes s;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    const auto [b, power_w] = state_[n];
    const double h = y.value[b] * w.value[power_w];
    double c = 0.0;    // sum over its terms of theta_p f_p
    double c_x = 0.0;  // and of theta_p df_p/dx
    for_each_of(n, [&](const Summand& of) {
      theta_slopes[of.parameter] = f[of.data] * h;
      c += theta[of.parameter] * f[of.data];
      c_x += theta[of.parameter] * f_x[of.data];
    });
    s.x += c_x * h;
    s.y += c * y.slope[b] * w.value[power_w];
    s.w += c * y.value[b] * w.slope[power_w];
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
  const CurvedPowers y(at.y, highest_.y);
  const CurvedPowers w(at.w, highest_.w);
  const bool by_theta = !out.g.empty();
  SecondSlopes s;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    // h = y^b w^c
    const auto [b, power_w] = state_[n];
    const double h = y.value[b] * w.value[power_w];
    const double h_y = y.slope[b] * w.value[power_w];
    const double h_w = y.value[b] * w.slope[power_w];
    double c = 0.0;  // sum over its terms of theta_p f_p
    double c_x = 0.0;
    double c_xx = 0.0;
    for_each_of(n, [&](const Summand& of) {
      const std::size_t p = of.parameter;
      if (by_theta) {
        out.g[p] = f[of.data] * h;
        out.x[p] = f_x[of.data] * h;
        out.y[p] = f[of.data] * h_y;
        out.w[p] = f[of.data] * h_w;
      }
      if (theta[p] == 0.0) return;
      c += theta[p] * f[of.data];
      c_x += theta[p] * f_x[of.data];
      c_xx += theta[p] * f_xx[of.data];
    });
    s.x += c_x * h;
    s.y += c * h_y;
    s.w += c * h_w;
    s.xx += c_xx * h;
    s.xy += c_x * h_y;
    s.xw += c_x * h_w;
    s.yy += c * y.curvature[b] * w.value[power_w];
    s.yw += c * y.slope[b] * w.slope[power_w];
    s.ww += c * y.value[b] * w.curvature[power_w];
  }
  return s;
}

// With C = sum over terms of theta x^a r^d and h = y^b w^c, D g = sum C H2 + C_x H1 + C_xx H0 where
//   H0 = xx h / 2,  H1 = xy h_y + xw h_w,  H2 = y h_y + yy h_yy / 2 + yw h_yw + ww h_ww / 2.
Slopes TaylorRule::spread_slopes(const Synapse& at, const Spread& by, std::span<const double> theta,
                                 std::span<double> out) const {
  const ThriceCurvedPowers x(at.x, highest_.x);
  const Powers r(at.r, highest_.r);
  const ThriceCurvedPowers y(at.y, highest_.y);
  const ThriceCurvedPowers w(at.w, highest_.w);
  struct H {
    double h0, h1, h2;
  };
  // Of a power of y and one of w, each with its first two slopes.
  const auto h_of = [&by](double y0, double y1, double y2, double w0, double w1, double w2) {
    return H{0.5 * by.xx * y0 * w0, by.xy * y1 * w0 + by.xw * y0 * w1,
             by.y * y1 * w0 + 0.5 * by.yy * y2 * w0 + by.yw * y1 * w1 + 0.5 * by.ww * y0 * w2};
  };
  Slopes s;
  for (std::size_t n = 0; n < state_.size(); ++n) {
    const auto [b, c] = state_[n];
    const H h = h_of(y.value[b], y.slope[b], y.curvature[b], w.value[c], w.slope[c], w.curvature[c]);
    double c0 = 0.0;
    double c1 = 0.0;
    double c2 = 0.0;
    double c3 = 0.0;
    for_each_of(n, [&](const Summand& of) {
      const std::size_t a = data_[of.data].first;
      const double of_r = r[data_[of.data].second];
      if (!out.empty())
        out[of.parameter] += of_r * (x.value[a] * h.h2 + x.slope[a] * h.h1 + x.curvature[a] * h.h0);
      const double factor = theta[of.parameter] * of_r;
      if (factor == 0.0) return;
      c0 += factor * x.value[a];
      c1 += factor * x.slope[a];
      c2 += factor * x.curvature[a];
      c3 += factor * x.third[a];
    });
    const H h_y = h_of(y.slope[b], y.curvature[b], y.third[b], w.value[c], w.slope[c], w.curvature[c]);
    const H h_w = h_of(y.value[b], y.slope[b], y.curvature[b], w.slope[c], w.curvature[c], w.third[c]);
    s.x += c1 * h.h2 + c2 * h.h1 + c3 * h.h0;
    s.y += c0 * h_y.h2 + c1 * h_y.h1 + c2 * h_y.h0;
    s.w += c0 * h_w.h2 + c1 * h_w.h1 + c2 * h_w.h0;
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
