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

// v^n, n v^(n - 1) and, where second slopes are wanted, n (n - 1) v^(n - 2) up to the highest n.
template <bool kSecond>
struct CurvedPowers {
  HWY_INLINE CurvedPowers(Tag d, const double* at, std::size_t highest) {
    const auto v = hn::Load(d, at);
    value[0] = hn::Set(d, 1.0);
    slope[0] = hn::Zero(d);
    if (kSecond) curvature[0] = hn::Zero(d);
    for (std::size_t n = 1; n <= highest; ++n) {
      const auto power = hn::Set(d, static_cast<double>(n));
      value[n] = hn::Mul(v, value[n - 1]);
      slope[n] = hn::Mul(power, value[n - 1]);
      if (kSecond) curvature[n] = hn::Mul(power, slope[n - 1]);
    }
  }

  Numbers value[kPowers], slope[kPowers], curvature[kPowers];
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
template <bool kSecond>
HWY_INLINE void at_lanes(Tag d, const TaylorLanes& rule, std::size_t lane, const SynapseLanes& synapse,
                         Lanes& g, SecondSlopesOf<Lanes>& out, Lanes* by_theta) {
  const CurvedPowers<kSecond> x(d, synapse.x.lane.data() + lane, rule.highest_x);
  const Powers r(d, synapse.r.lane.data() + lane, rule.highest_r);
  const CurvedPowers<kSecond> y(d, synapse.y.lane.data() + lane, rule.highest_y);
  const CurvedPowers<kSecond> w(d, synapse.w.lane.data() + lane, rule.highest_w);
  Numbers f[kPowers * kPowers];
  Numbers f_x[kPowers * kPowers];
  Numbers f_xx[kPowers * kPowers];
  for (std::size_t n = 0; n < rule.data.size(); ++n) {
    const auto [a, power_r] = rule.data[n];
    f[n] = hn::Mul(x.value[a], r.value[power_r]);
    f_x[n] = hn::Mul(x.slope[a], r.value[power_r]);
    if (kSecond) f_xx[n] = hn::Mul(x.curvature[a], r.value[power_r]);
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
      if (kSecond) c_xx = hn::MulAdd(theta, f_xx[of.factor], c_xx);
    }
    const auto h = hn::Mul(y.value[state.b], w.value[state.c]);
    const auto h_y = hn::Mul(y.slope[state.b], w.value[state.c]);
    const auto h_w = hn::Mul(y.value[state.b], w.slope[state.c]);
    value = hn::MulAdd(c, h, value);
    by_x = hn::MulAdd(c_x, h, by_x);
    by_y = hn::MulAdd(c, h_y, by_y);
    by_w = hn::MulAdd(c, h_w, by_w);
    if (!kSecond) continue;
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
  if (!kSecond) return;
  store(xx, out.xx);
  store(xy, out.xy);
  store(xw, out.xw);
  store(yy, out.yy);
  store(yw, out.yw);
  store(ww, out.ww);
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

void AtLanes(const TaylorLanes& rule, const SynapseLanes& synapse, Lanes& g, SecondSlopesOf<Lanes>& slopes,
             Lanes* by_theta) {
  const Tag d;
  for (std::size_t lane = 0; lane < kLanes; lane += hn::Lanes(d)) {
    by_theta == nullptr ? at_lanes<false>(d, rule, lane, synapse, g, slopes, by_theta)
                        : at_lanes<true>(d, rule, lane, synapse, g, slopes, by_theta);
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

std::unique_ptr<LaneRule> TaylorRule::lanes(std::span<const double> theta) const {
  return std::make_unique<TaylorLanes>(terms_, theta);
}

}  // namespace synfer
#endif
