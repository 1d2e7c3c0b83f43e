#include "synfer/model/averaged_rule.h"

#include <algorithm>

namespace synfer {
namespace {

double mean(double a, double b) { return 0.5 * (a + b); }

void take_mean(std::span<double> to, std::span<const double> other) {
  std::ranges::transform(to, other, to.begin(), mean);
}

thread_local std::vector<double> other_slopes;  // NOLINT: one for each thread, invisible outside

}  // namespace

double AveragedRule::change(const Synapse& at, std::span<const double> theta) const {
  return mean(rule_.change(moved(at, -1.0), theta), rule_.change(moved(at, 1.0), theta));
}

Slopes AveragedRule::slopes(const Synapse& at, std::span<const double> theta,
                            std::span<double> theta_slopes) const {
  other_slopes.resize(theta_slopes.size());
  const Slopes a = rule_.slopes(moved(at, -1.0), theta, theta_slopes);
  const Slopes b = rule_.slopes(moved(at, 1.0), theta, other_slopes);
  take_mean(theta_slopes, other_slopes);
  return {mean(a.x, b.x), mean(a.y, b.y), mean(a.w, b.w)};
}

SecondSlopes AveragedRule::second_slopes(const Synapse& at, std::span<const double> theta,
                                         const ThetaSlopes& out) const {
  const std::size_t P = out.g.size();
  other_slopes.resize(4 * P);
  const std::span<double> all = other_slopes;
  const ThetaSlopes other = {all.subspan(0, P), all.subspan(P, P), all.subspan(2 * P, P),
                             all.subspan(3 * P, P)};
  const SecondSlopes a = rule_.second_slopes(moved(at, -1.0), theta, out);
  const SecondSlopes b = rule_.second_slopes(moved(at, 1.0), theta, other);
  take_mean(out.g, other.g);
  take_mean(out.x, other.x);
  take_mean(out.y, other.y);
  take_mean(out.w, other.w);
  return {mean(a.x, b.x),   mean(a.y, b.y),   mean(a.w, b.w),   mean(a.xx, b.xx), mean(a.xy, b.xy),
          mean(a.xw, b.xw), mean(a.yy, b.yy), mean(a.yw, b.yw), mean(a.ww, b.ww)};
}

}  // namespace synfer
