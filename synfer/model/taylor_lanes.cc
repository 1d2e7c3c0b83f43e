#include "synfer/model/taylor_lanes.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include "synfer/model/rule.h"
#include "synfer/model/taylor_rule.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/taylor_lanes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<double, kLanes>;
using Numbers = hn::Vec<Tag>;

inline constexpr std::size_t kPowers = kHighestPower + 1;

// v^n up to the highest n.
struct Powers {
  HWY_INLINE Powers(Tag d, const double* at, std::size_t highest) {
    const auto v = hn::Load(d, at);
    value[0] = hn::Set(d, 1.0);
    for (std::size_t n = 1; n <= highest; ++n) value[n] = hn::Mul(v, value[n - 1]);
  }

  Numbers value[kPowers];
};

// v^n, n v^(n - 1) and n (n - 1) v^(n - 2) up to the highest n.
struct CurvedPowers {
  HWY_INLINE CurvedPowers(Tag d, const double* at, std::size_t highest) {
    const auto v = hn::Load(d, at);
    value[0] = hn::Set(d, 1.0);
    slope[0] = hn::Zero(d);
    curvature[0] = hn::Zero(d);
    for (std::size_t n = 1; n <= highest; ++n) {
      const auto power = hn::Set(d, static_cast<double>(n));
      value[n] = hn::Mul(v, value[n - 1]);
      slope[n] = hn::Mul(power, value[n - 1]);
      curvature[n] = hn::Mul(power, slope[n - 1]);
    }
  }

  Numbers value[kPowers], slope[kPowers], curvature[kPowers];
};

// The same with n (n - 1) (n - 2) v^(n - 3).
struct ThriceCurvedPowers : CurvedPowers {
  HWY_INLINE ThriceCurvedPowers(Tag d, const double* at, std::size_t highest) : CurvedPowers(d, at, highest) {
    third[0] = hn::Zero(d);
    for (std::size_t n = 1; n <= highest; ++n)
      third[n] = hn::Mul(hn::Set(d, static_cast<double>(n)), curvature[n - 1]);
  }

  Numbers third[kPowers];
};

// g alone, of the lanes from `lane` on, as many as a vector has.
HWY_INLINE void change_lanes(Tag d, const TaylorLanes& rule, std::size_t lane, const SynapseLanes& synapse,
                             Lanes& g) {
  const Powers x(d, synapse.x.lane.data() + lane, rule.highest_x);
  const Powers r(d, synapse.r.lane.data() + lane, rule.highest_r);
  const Powers y(d, synapse.y.lane.data() + lane, rule.highest_y);
  const Powers w(d, synapse.w.lane.data() + lane, rule.highest_w);
  auto value = hn::Zero(d);
  for (const TaylorLanes::StateFactor& state : rule.state) {
    auto c = hn::Zero(d);
    for (std::size_t p = state.first; p < state.end; ++p) {
      const TaylorLanes::Summand& of = rule.summands[p];
      const auto [a, power_r] = rule.data[of.factor];
      c = hn::MulAdd(hn::Set(d, of.theta), hn::Mul(x.value[a], r.value[power_r]), c);
    }
    value = hn::MulAdd(c, hn::Mul(y.value[state.b], w.value[state.c]), value);
  }
  hn::Store(value, d, g.lane.data() + lane);
}

void ChangeLanes(const TaylorLanes& rule, const SynapseLanes& synapse, Lanes& g) {
  const Tag d;
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) change_lanes(d, rule, lane, synapse, g);
}

// g with its slopes, of the lanes from `lane` on, as many as a vector has.
HWY_INLINE void at_lanes(Tag d, const TaylorLanes& rule, std::size_t lane, const SynapseLanes& synapse,
                         Lanes& g, SecondSlopesOf<Lanes>& out, Lanes* by_theta) {
  const CurvedPowers x(d, synapse.x.lane.data() + lane, rule.highest_x);
  const Powers r(d, synapse.r.lane.data() + lane, rule.highest_r);
  const CurvedPowers y(d, synapse.y.lane.data() + lane, rule.highest_y);
  const CurvedPowers w(d, synapse.w.lane.data() + lane, rule.highest_w);
  Numbers f[kPowers * kPowers];
  Numbers f_x[kPowers * kPowers];
  Numbers f_xx[kPowers * kPowers];
  for (std::size_t n = 0; n < rule.data.size(); ++n) {
    const auto [a, power_r] = rule.data[n];
    f[n] = hn::Mul(x.value[a], r.value[power_r]);
    f_x[n] = hn::Mul(x.slope[a], r.value[power_r]);
    f_xx[n] = hn::Mul(x.curvature[a], r.value[power_r]);
  }
  const auto zero = hn::Zero(d);
  auto value = zero;
  auto by_x = zero, by_y = zero, by_w = zero;
  auto xx = zero, xy = zero, xw = zero, yy = zero, yw = zero, ww = zero;
  for (const TaylorLanes::StateFactor& state : rule.state) {
    auto c = zero, c_x = zero, c_xx = zero;
    for (std::size_t p = state.first; p < state.end; ++p) {
      const TaylorLanes::Summand& of = rule.summands[p];
      const auto theta = hn::Set(d, of.theta);
      c = hn::MulAdd(theta, f[of.factor], c);
      if (of.a == 0) continue;
      c_x = hn::MulAdd(theta, f_x[of.factor], c_x);
      c_xx = hn::MulAdd(theta, f_xx[of.factor], c_xx);
    }
    const auto h = hn::Mul(y.value[state.b], w.value[state.c]);
    const auto h_y = hn::Mul(y.slope[state.b], w.value[state.c]);
    const auto h_w = hn::Mul(y.value[state.b], w.slope[state.c]);
    value = hn::MulAdd(c, h, value);
    by_x = hn::MulAdd(c_x, h, by_x);
    by_y = hn::MulAdd(c, h_y, by_y);
    by_w = hn::MulAdd(c, h_w, by_w);
    xx = hn::MulAdd(c_xx, h, xx);
    xy = hn::MulAdd(c_x, h_y, xy);
    xw = hn::MulAdd(c_x, h_w, xw);
    yy = hn::MulAdd(c, hn::Mul(y.curvature[state.b], w.value[state.c]), yy);
    yw = hn::MulAdd(c, hn::Mul(y.slope[state.b], w.slope[state.c]), yw);
    ww = hn::MulAdd(c, hn::Mul(y.value[state.b], w.curvature[state.c]), ww);
  }
  const auto store = [d, lane](Numbers from, Lanes& to)
                         HWY_ATTR { hn::Store(from, d, to.lane.data() + lane); };
  store(value, g);
  store(by_x, out.x);
  store(by_y, out.y);
  store(by_w, out.w);
  store(xx, out.xx);
  store(xy, out.xy);
  store(xw, out.xw);
  store(yy, out.yy);
  store(yw, out.yw);
  store(ww, out.ww);
  if (by_theta == nullptr) return;
  const std::size_t parameters = rule.places.size();
  for (std::size_t p = 0; p < parameters; ++p) {
    const auto [factor, n] = rule.places[p];
    const TaylorLanes::StateFactor& state = rule.state[n];
    const auto h = hn::Mul(y.value[state.b], w.value[state.c]);
    store(hn::Mul(f[factor], h), by_theta[p]);
    store(hn::Mul(f_x[factor], h), by_theta[parameters + p]);
    store(hn::Mul(f[factor], hn::Mul(y.slope[state.b], w.value[state.c])), by_theta[2 * parameters + p]);
    store(hn::Mul(f[factor], hn::Mul(y.value[state.b], w.slope[state.c])), by_theta[3 * parameters + p]);
  }
}

// D g = sum_n C_n H2 + C_n,x H1 + C_n,xx H0, of h = y^b w^c: see taylor_rule.cc.
HWY_INLINE void spread_slopes(Tag d, const TaylorLanes& rule, std::size_t lane, const SynapseLanes& synapse,
                              const SpreadOf<Lanes>& spread, SlopesOf<Lanes>& out, Lanes* by_theta) {
  const ThriceCurvedPowers x(d, synapse.x.lane.data() + lane, rule.highest_x);
  const Powers r(d, synapse.r.lane.data() + lane, rule.highest_r);
  const ThriceCurvedPowers y(d, synapse.y.lane.data() + lane, rule.highest_y);
  const ThriceCurvedPowers w(d, synapse.w.lane.data() + lane, rule.highest_w);
  const auto load = [d, lane](const Lanes& from) HWY_ATTR { return hn::Load(d, from.lane.data() + lane); };
  const auto half = hn::Set(d, 0.5);
  const auto by_y = load(spread.y), xy = load(spread.xy), xw = load(spread.xw), yw = load(spread.yw);
  const auto xx = hn::Mul(half, load(spread.xx));
  const auto yy = hn::Mul(half, load(spread.yy));
  const auto ww = hn::Mul(half, load(spread.ww));
  const auto zero = hn::Zero(d);
  auto slope_x = zero, slope_y = zero, slope_w = zero;
  const std::size_t states = rule.state.size();
  Numbers h0[kPowers * kPowers], h1[kPowers * kPowers], h2[kPowers * kPowers];
  for (std::size_t n = 0; n < states; ++n) {
    const TaylorLanes::StateFactor& state = rule.state[n];
    // f0, f1, f2 of y and w: a power and its slopes; `up` once more differentiated in y or w.
    const auto of = [&](const Numbers y0, const Numbers y1, const Numbers y2, const Numbers w0,
                        const Numbers w1, const Numbers w2, Numbers& to0, Numbers& to1,
                        Numbers& to2) HWY_ATTR {
      const auto h_y = hn::Mul(y1, w0);
      to0 = hn::Mul(xx, hn::Mul(y0, w0));
      to1 = hn::MulAdd(xy, h_y, hn::Mul(xw, hn::Mul(y0, w1)));
      to2 = hn::MulAdd(
          by_y, h_y,
          hn::MulAdd(yy, hn::Mul(y2, w0), hn::MulAdd(yw, hn::Mul(y1, w1), hn::Mul(ww, hn::Mul(y0, w2)))));
    };
    const std::size_t b = state.b, c = state.c;
    of(y.value[b], y.slope[b], y.curvature[b], w.value[c], w.slope[c], w.curvature[c], h0[n], h1[n], h2[n]);
    Numbers y0, y1, y2, w0, w1, w2;
    of(y.slope[b], y.curvature[b], y.third[b], w.value[c], w.slope[c], w.curvature[c], y0, y1, y2);
    of(y.value[b], y.slope[b], y.curvature[b], w.slope[c], w.curvature[c], w.third[c], w0, w1, w2);
    auto c0 = zero, c1 = zero, c2 = zero, c3 = zero;  // C, C_x, C_xx, C_xxx
    for (std::size_t p = state.first; p < state.end; ++p) {
      const TaylorLanes::Summand& summand = rule.summands[p];
      const auto [a, power_r] = rule.data[summand.factor];
      const auto theta = hn::Mul(hn::Set(d, summand.theta), r.value[power_r]);
      c0 = hn::MulAdd(theta, x.value[a], c0);
      if (a == 0) continue;
      c1 = hn::MulAdd(theta, x.slope[a], c1);
      c2 = hn::MulAdd(theta, x.curvature[a], c2);
      c3 = hn::MulAdd(theta, x.third[a], c3);
    }
    slope_x = hn::MulAdd(c1, h2[n], hn::MulAdd(c2, h1[n], hn::MulAdd(c3, h0[n], slope_x)));
    slope_y = hn::MulAdd(c0, y2, hn::MulAdd(c1, y1, hn::MulAdd(c2, y0, slope_y)));
    slope_w = hn::MulAdd(c0, w2, hn::MulAdd(c1, w1, hn::MulAdd(c2, w0, slope_w)));
  }
  hn::Store(slope_x, d, out.x.lane.data() + lane);
  hn::Store(slope_y, d, out.y.lane.data() + lane);
  hn::Store(slope_w, d, out.w.lane.data() + lane);
  if (by_theta == nullptr) return;
  for (std::size_t p = 0; p < rule.places.size(); ++p) {
    const auto [factor, n] = rule.places[p];
    const auto [a, power_r] = rule.data[factor];
    auto sum = hn::Mul(x.value[a], h2[n]);
    if (a > 0) sum = hn::MulAdd(x.slope[a], h1[n], hn::MulAdd(x.curvature[a], h0[n], sum));
    double* to = by_theta[p].lane.data() + lane;
    hn::Store(hn::MulAdd(r.value[power_r], sum, hn::Load(d, to)), d, to);
  }
}

void SpreadSlopesLanes(const TaylorLanes& rule, const SynapseLanes& synapse, const SpreadOf<Lanes>& spread,
                       SlopesOf<Lanes>& out, Lanes* by_theta) {
  const Tag d;
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d))
    spread_slopes(d, rule, lane, synapse, spread, out, by_theta);
}

void AtLanes(const TaylorLanes& rule, const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes,
             Lanes* by_theta) {
  const Tag d;
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
    at_lanes(d, rule, lane, synapse, g, slopes, by_theta);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {
namespace {

// The place of what `is` true of, which is put behind the others where it is new.
template <typename Factor, typename Is>
std::size_t place_of(std::vector<Factor>& factors, Is&& is, Factor factor) {
  const auto found = std::ranges::find_if(factors, is);
  const auto place = static_cast<std::size_t>(found - factors.begin());
  if (found == factors.end()) factors.push_back(factor);
  return place;
}

}  // namespace

HWY_EXPORT(ChangeLanes);
HWY_EXPORT(AtLanes);
HWY_EXPORT(SpreadSlopesLanes);

TaylorLanes::TaylorLanes(const std::vector<Term>& terms, std::span<const double> theta) {
  for (const Term& term : terms) {
    const auto a = static_cast<std::size_t>(term.x), d = static_cast<std::size_t>(term.r);
    const auto b = static_cast<std::size_t>(term.y), c = static_cast<std::size_t>(term.w);
    highest_x = std::max(highest_x, a);
    highest_r = std::max(highest_r, d);
    highest_y = std::max(highest_y, b);
    highest_w = std::max(highest_w, c);
    places.push_back(
        {place_of(
             data, [=](const DataFactor& of) { return of.a == a && of.d == d; }, DataFactor{a, d}),
         place_of(
             state, [=](const StateFactor& of) { return of.b == b && of.c == c; }, StateFactor{b, c, 0, 0})});
  }
  for (std::size_t n = 0; n < state.size(); ++n) {
    state[n].first = summands.size();
    for (std::size_t p = 0; p < places.size(); ++p) {
      if (places[p].state != n || theta[p] == 0.0) continue;
      summands.push_back({theta[p], places[p].factor, data[places[p].factor].a});
    }
    state[n].end = summands.size();
  }
}

void TaylorLanes::change(const SynapseLanes& synapse, Lanes& g) {
  HWY_DYNAMIC_DISPATCH(ChangeLanes)(*this, synapse, g);
}

void TaylorLanes::at(const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes, Lanes* by_theta) {
  HWY_DYNAMIC_DISPATCH(AtLanes)(*this, synapse, g, slopes, by_theta);
}

void TaylorLanes::spread_slopes(const SynapseLanes& synapse, const SpreadOf<Lanes>& by,
                                SlopesOf<Lanes>& slopes, Lanes* by_theta) {
  HWY_DYNAMIC_DISPATCH(SpreadSlopesLanes)(*this, synapse, by, slopes, by_theta);
}

std::unique_ptr<LaneRule> TaylorRule::lanes(std::span<const double> theta) const {
  return std::make_unique<TaylorLanes>(terms_, theta);
}

}  // namespace synfer
#endif
