// The slopes of the filter with three offers and more: its recursion run on numbers with slopes, a block of
// lanes at a time.
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "synfer/replay/kernels/many_offers.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/many_slopes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/many_change-inl.h"
#include "synfer/replay/kernels/many_choice-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

/// A step with its slopes in one block.
struct ManyDuals {
  using T = StoredDual;

  const BeliefShape s;
  const BeliefValues& now;
  const BeliefSlopes& d;
  std::size_t block;
  const Lanes* by_theta = nullptr;

  HWY_INLINE T zero() const { return {0.0, synfer::HWY_NAMESPACE::zero()}; }
  HWY_INLINE T one() const { return {1.0, synfer::HWY_NAMESPACE::zero()}; }
  HWY_INLINE T unary(const T& of, double value, double slope) const {
    return {value, slope * load(of.slope)};
  }
  HWY_INLINE double x(std::size_t ki) const { return now.x[ki]; }
  HWY_INLINE double readout(std::size_t j) const { return now.readout[j]; }
  HWY_INLINE double share(std::size_t j) const { return now.share[j]; }
  HWY_INLINE double apart() const { return now.apart; }
  HWY_INLINE T noise_variance() const {
    return {now.noise_variance, (2.0 * now.noise_variance) * load(*d.log_noise_sd.block(block))};
  }
  HWY_INLINE T walk_variance() const {
    return {now.walk_variance, (2.0 * now.walk_variance) * load(*d.log_walk_sd.block(block))};
  }
  HWY_INLINE T offset(std::size_t k) const { return {0.0, load(d.offset.block(block)[k])}; }
  HWY_INLINE T response(std::size_t kj, const T& z) const { return unary(z, now.y1[kj], now.y2[kj]); }

  struct Believed {
    T value, slope, half_curvature;
  };
  HWY_INLINE Believed response_to_believed(std::size_t j, const T& z) const {
    const auto& [f, f1, f2, f3] = now.many.believed[j];
    return {unary(z, f, f1), unary(z, f1, f2), unary(z, 0.5 * f2, 0.5 * f3)};
  }
  struct Change {
    T change, by_x, by_y, by_w;
  };
  HWY_INLINE Change rule(std::size_t i, std::size_t j, const T& x, const T& y, const T& w,
                         const SpreadOf<T>& by) const {
    const SecondSlopes& g = now.g_slopes[s.ij(i, j)];
    const Slopes& mean = now.mean_slopes[s.ij(i, j)];
    const double eta = now.eta;
    const bool theta_lanes = block < d.theta_blocks;
    const Lanes* theta = by_theta + s.ij(i, j) * 4 * d.theta_blocks + block;
    const auto of = [&](double value, double by_x, double by_y, double by_w, std::size_t n) HWY_ATTR {
      Block slope = (eta * by_x) * load(x.slope);
      slope += (eta * by_y) * load(y.slope);
      slope += (eta * by_w) * load(w.slope);
      if (theta_lanes) slope += eta * load(theta[n * d.theta_blocks]);
      return T{eta * value, slope};
    };
    Change change = {of(0.0, mean.x, mean.y, mean.w, 0), of(g.x, g.xx, g.xy, g.xw, 1),
                     of(g.y, g.xy, g.yy, g.yw, 2), of(g.w, g.xw, g.yw, g.ww, 3)};
    if (now.above_mean) {
      Block slope = load(change.change.slope);
      slope += (eta * g.y) * load(by.y.slope);
      slope += (0.5 * eta * g.xx) * load(by.xx.slope);
      slope += (0.5 * eta * g.yy) * load(by.yy.slope);
      slope += (0.5 * eta * g.ww) * load(by.ww.slope);
      slope += (eta * g.xy) * load(by.xy.slope);
      slope += (eta * g.xw) * load(by.xw.slope);
      slope += (eta * g.yw) * load(by.yw.slope);
      store(slope, change.change.slope);
    }
    return change;
  }
};

using DualStep = ManyStep<StoredDual>;

HWY_INLINE void load_duals(const double* values, const Lanes* slopes, std::size_t count,
                           std::vector<StoredDual>& to) {
  to.resize(count);
  for (std::size_t n = 0; n < count; ++n) to[n] = {values[n], load(slopes[n])};
}
HWY_INLINE void store_slopes(const std::vector<StoredDual>& from, Lanes* to) {
  for (std::size_t n = 0; n < from.size(); ++n) to[n] = from[n].slope;
}

HWY_INLINE void load_belief(const BeliefValues& now, const BeliefSlopes& d, std::size_t block,
                            DualStep& step) {
  load_duals(now.m.data(), d.m.block(block), d.m.columns(), step.m);
  load_duals(now.p.data(), d.p.block(block), d.p.columns(), step.p);
  load_duals(now.r.data(), d.r.block(block), now.apart > 0.0 ? d.r.columns() : 0, step.r);
}
HWY_INLINE void store_belief(const DualStep& step, std::size_t block, BeliefSlopes& d) {
  store_slopes(step.m, d.m.block(block));
  store_slopes(step.p, d.p.block(block));
  store_slopes(step.r, d.r.block(block));
}

void ObserveMany(const BeliefValues& now, BeliefSlopes& d) {
  const ManyOffers& many = now.many;
  DualStep step;
  const std::size_t inputs = many.inputs();
  for (std::size_t block = 0; block < d.m.blocks(); ++block) {
    const ManyDuals on{now, now, d, block};
    load_belief(now, d, block, step);
    slopes_of_logits(now, on, step);
    invert_root(many.rank, on, step);
    before_choice(now, on, many, step);
    step.outputs.assign(many.outputs(), on.zero());
    for (std::size_t n = 0; n < many.outputs(); ++n) {
      Block slope = zero();
      for (std::size_t i = 0; i < inputs; ++i)
        slope += many.jacobian[n * inputs + i] * load(step.inputs[i].slope);
      step.outputs[n] = {many.step.outputs[n], slope};
    }
    after_choice(now, on, many, step);
    store_belief(step, block, d);
    store_slopes(step.u, d.u.block(block));
    store_slopes(step.v, d.v.block(block));
    store_slopes(step.alpha, d.alpha.block(block));
    store_slopes(step.kappa, d.kappa.block(block));
    *d.log_p.block(block) = step.outputs[0].slope;
    for (std::size_t k = 0; k < now.offers; ++k) {
      const StoredDual& p = step.outputs[many.choice_output(k)];
      store((1.0 / std::sqrt(p.value)) * load(p.slope), d.rows.block(block)[k]);
    }
  }
}

void ChangeMany(const BeliefValues& now, const Lanes* by_theta, BeliefSlopes& d) {
  const ManyStep<double>& values = now.many.step;
  DualStep step;
  for (std::size_t block = 0; block < d.m.blocks(); ++block) {
    ManyDuals on{now, now, d, block, by_theta};
    load_belief(now, d, block, step);
    if (now.moved) {
      load_duals(values.u.data(), d.u.block(block), values.u.size(), step.u);
      load_duals(values.v.data(), d.v.block(block), values.v.size(), step.v);
      load_duals(values.alpha.data(), d.alpha.block(block), values.alpha.size(), step.alpha);
      load_duals(values.kappa.data(), d.kappa.block(block), values.kappa.size(), step.kappa);
    }
    change_many(now, on, now.learned, now.moved, now.above_mean, step);
    store_belief(step, block, d);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(ObserveMany);
HWY_EXPORT(ChangeMany);

void observe_many(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(ObserveMany)(now, d); }

void change_many(const BeliefValues& now, const Lanes* by_theta, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ChangeMany)(now, by_theta, d);
}

}  // namespace synfer::kernels
#endif
