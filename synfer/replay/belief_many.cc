// The belief with three offers and more: the values of many_offers.h in the belief's own.

#include <algorithm>
#include <cmath>

#include "synfer/replay/belief.h"
#include "synfer/replay/kernels/many_change-inl.h"
#include "synfer/replay/kernels/many_choice-inl.h"
#include "synfer/replay/kernels/many_offers.h"

namespace synfer {

/// What kernels/many_choice-inl.h asks of a belief; keeps what slopes are made of.
struct ManyValues {
  using T = double;

  Belief& belief;
  const LogitOffset& offsets;
  double reward = 0.0;

  [[nodiscard]] const BeliefValues& now() const { return belief.now_; }
  [[nodiscard]] double zero() const { return 0.0; }
  [[nodiscard]] double one() const { return 1.0; }
  [[nodiscard]] double unary(double, double value, double) const { return value; }
  [[nodiscard]] double x(std::size_t ki) const { return now().x[ki]; }
  [[nodiscard]] double readout(std::size_t j) const { return now().readout[j]; }
  [[nodiscard]] double share(std::size_t j) const { return now().share[j]; }
  [[nodiscard]] double apart() const { return now().apart; }
  [[nodiscard]] double noise_variance() const { return now().noise_variance; }
  [[nodiscard]] double walk_variance() const { return now().walk_variance; }
  [[nodiscard]] double offset(std::size_t k) const { return Belief::offset_of(offsets, k); }
  [[nodiscard]] double response(std::size_t kj, double) const { return now().y1[kj]; }

  struct Believed {
    double value, slope, half_curvature;
  };
  [[nodiscard]] Believed response_to_believed(std::size_t j, double z) const {
    const Activation& f = belief.model_.network.activation;
    const double y = f.value(z);
    auto& kept = belief.now_.many.believed[j];
    kept = {y, f.slope(z, y), f.curvature(z, y), f.third(z, y)};
    return {y, kept[1], 0.5 * kept[2]};
  }
  struct Change {
    double change, by_x, by_y, by_w;
  };
  [[nodiscard]] Change rule(std::size_t i, std::size_t j, double x_i, double y, double w,
                            const Spread& by) const {
    BeliefValues& now = belief.now_;
    const Rule& rule = belief.model_.rule;
    const Synapse at{x_i, y, w, reward};
    const std::size_t ij = now.ij(i, j);
    SecondSlopes& g = now.g_slopes[ij];
    g = belief.sloped_ ? rule.second_slopes(at, belief.theta_, belief.theta_slopes(i, j))
                       : rule.second_slopes(at, belief.theta_);
    Slopes& mean = now.mean_slopes[ij];
    mean = {g.x, g.y, g.w};
    double change = rule.change(at, belief.theta_);
    if (now.above_mean) {
      change += mean_above(g, by);
      if (belief.sloped_) {
        const Slopes above = rule.spread_slopes(at, by, belief.theta_, belief.theta_slopes(i, j).g);
        mean = {mean.x + above.x, mean.y + above.y, mean.w + above.w};
      }
    }
    return {now.eta * change, now.eta * g.x, now.eta * g.y, now.eta * g.w};
  }
};

namespace {

void copy_belief(const BeliefValues& now, ManyStep<double>& step) {
  step.m.assign(now.m.data(), now.m.data() + now.m.size());
  step.p.assign(now.p.data(), now.p.data() + now.p.size());
  step.r.assign(now.r.data(), now.r.data() + now.r.size());
}

void take_belief(const ManyStep<double>& step, BeliefValues& now) {
  std::ranges::copy(step.m, now.m.data());
  std::ranges::copy(step.p, now.p.data());
  std::ranges::copy(step.r, now.r.data());
}

constexpr double kSmallestLogitVariance = 1e-300;

}  // namespace

void Belief::prepare_many() {
  now_.many.rank = now_.offers - 1;
  now_.many.offers = now_.offers;
  now_.many.drives = now_.drives();
  now_.many.believed.resize(now_.neurons);
  // Slopes of all synapses are read at once.
  kept_ = true;
}

double Belief::observe_many(int choice, const LogitOffset& offset) {
  ManyOffers& many = now_.many;
  ManyStep<double>& step = many.step;
  const ManyValues on{*this, offset};
  copy_belief(now_, step);
  HWY_NAMESPACE::slopes_of_logits(now_, on, step);
  double trace = 0.0;
  for (std::size_t a = 0; a < many.rank; ++a) trace += step.s[a * many.rank + a];
  if (!(trace > kSmallestLogitVariance)) return observe_known_offers(choice, offset);
  HWY_NAMESPACE::invert_root(many.rank, on, step);
  HWY_NAMESPACE::before_choice(now_, on, many, step);
  kernels::choose_at_nodes_of_many(model_.network.activation, static_cast<std::size_t>(choice), sloped_,
                                   now_);
  now_.moved = true;
  if (lanes_.count > 0) kernels::observe_many(now_, d_);
  HWY_NAMESPACE::after_choice(now_, on, many, step);
  take_belief(step, now_);
  return step.outputs[0];
}

void Belief::advance_many(double r) {
  ManyStep<double>& step = now_.many.step;
  const LogitOffset none;
  ManyValues on{*this, none, r};
  copy_belief(now_, step);
  HWY_NAMESPACE::change_many(now_, on, now_.learned, now_.moved, now_.above_mean, step);
  // The mean and covariance move last: slopes are taken at those before the change.
  if (lanes_.count > 0) kernels::change_many(now_, theta_slopes_.data(), d_);
  take_belief(step, now_);
}

}  // namespace synfer
