// Profile likelihood intervals: the values of one parameter at which the likelihood, maximised over all
// others, has fallen by half the chi-squared quantile.
//
// The signed root sqrt(2 rise) of a quadratic is a straight line, so that is what the root finder sees
// (TOMS 748, Boost.Math). The others start where the information expects their optimum to have moved.

#include <algorithm>
#include <array>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <optional>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/quantiles.h"
#include "synfer/inference/uncertainty_methods.h"

namespace synfer {
namespace {

constexpr int kDoublings = 10;        // an end farther than 1000 expected distances is open
constexpr double kAccuracy = 1e-6;    // of an end, relative to its distance from the estimate
constexpr double kHighestRoot = 1e3;  // stands for a likelihood that overflows
constexpr double kApart = 0.1;        // of an end's distance: a profile so far off takes the interval's place

// One parameter, one side of the estimate.
class Profile {
 public:
  Profile(const AtEstimate& at, Eigen::Index row)
      : at_(at), p_(at.parameter(row)), frozen_(at.fitted.frozen), last_(at.fitted.parameters) {
    frozen_.resize(last_.size(), 0);
    frozen_[p_] = 1;
    for (Eigen::Index n = 0; n < at.covariance.rows(); ++n) {
      slope_.push_back(at.covariance(n, row) / at.covariance(row, row));
    }
  }

  // sqrt(2 rise) at this value of the parameter.
  double root_at(double value) {
    std::vector<double> start = last_;
    const double moved = value - last_[p_];
    for (std::size_t n = 0; n < slope_.size(); ++n) start[at_.information.parameters[n]] += moved * slope_[n];
    start[p_] = value;
    double nll = 0.0;
    try {
      start = at_.fitted.refit(start, {}, frozen_);
      nll = at_.fitted.likelihood.nll(start, {});
    } catch (const NonFiniteError&) {
      nll = INFINITY;
    }
    if (!std::isfinite(nll)) {
      ++failed_;
      return kHighestRoot;
    }
    last_ = std::move(start);
    return std::min(kHighestRoot, std::sqrt(2 * std::max(0.0, nll - at_.curvature.nll)));
  }

  [[nodiscard]] std::size_t failed() const { return failed_; }

 private:
  const AtEstimate& at_;
  std::size_t p_;
  std::vector<char> frozen_;
  std::vector<double> last_;   // P, the latest refit
  std::vector<double> slope_;  // F, how the optimum of each moves with this one
  std::size_t failed_ = 0;
};

struct End {
  double value = 0.0;
  std::size_t failed = 0;
};

// Where the search for an end begins.
struct Begin {
  Profile profile;
  double distance = 0.0;  // signed, from the estimate: that of the end under a quadratic likelihood
  double above = 0.0;     // of the root there, over the quantile
};

double estimate_of(const AtEstimate& at, Eigen::Index row) { return at.fitted.parameters[at.parameter(row)]; }

std::array<Begin, 2> begins_of(const AtEstimate& at, Eigen::Index row, double quantile) {
  const double distance = quantile * std::sqrt(at.covariance(row, row));
  const auto begin = [&](double signed_distance) {
    Profile profile(at, row);
    const double above = profile.root_at(estimate_of(at, row) + signed_distance) - quantile;
    return Begin{std::move(profile), signed_distance, above};
  };
  return {begin(-distance), begin(distance)};
}

End end_of(Begin begin, double estimate, double quantile) {
  Profile& profile = begin.profile;
  const double expected = begin.distance;
  const auto above = [&](double distance) { return profile.root_at(estimate + distance) - quantile; };
  double inner = 0.0;
  double at_inner = -quantile;
  double outer = expected;
  double at_outer = begin.above;
  for (int doubled = 0; at_outer < 0; ++doubled) {
    if (doubled == kDoublings) return {std::copysign(INFINITY, expected), profile.failed()};
    inner = outer;
    at_inner = at_outer;
    outer *= 2;
    at_outer = above(outer);
  }
  if (at_outer == 0) return {estimate + outer, profile.failed()};
  const auto close = [](double a, double b) {
    return std::abs(b - a) <= kAccuracy * std::max(std::abs(a), std::abs(b));
  };
  std::uintmax_t evaluations = 50;
  const bool right = expected > 0;
  const auto [low, high] = boost::math::tools::toms748_solve(
      above, right ? inner : outer, right ? outer : inner, right ? at_inner : at_outer,
      right ? at_outer : at_inner, close, evaluations);
  return {estimate + 0.5 * (low + high), profile.failed()};
}

struct Ends {
  End low, high;
};

Ends ends_of(std::array<Begin, 2> begins, double estimate, double quantile) {
  auto& [low, high] = begins;
  return {end_of(std::move(low), estimate, quantile), end_of(std::move(high), estimate, quantile)};
}

void put(const Ends& ends, Interval& interval, Uncertainty& result) {
  interval.low = ends.low.value;
  interval.high = ends.high.value;
  result.failed += ends.low.failed + ends.high.failed;
}

double quantile_of(const AtEstimate& at) { return std::sqrt(chi_squared_quantile(at.options.level, 1.0)); }

}  // namespace

void profile_intervals(const AtEstimate& at, Uncertainty& result) {
  const double quantile = quantile_of(at);
  std::vector<Ends> ends(static_cast<std::size_t>(at.covariance.rows()));
  const auto interval_of = [&](std::size_t n) -> Interval& {
    return result.intervals[at.information.parameters[n]];
  };
  for_each_index(ends.size(), [&](std::size_t n) {
    if (interval_of(n).status != IntervalStatus::kEstimated) return;
    const auto row = static_cast<Eigen::Index>(n);
    ends[n] = ends_of(begins_of(at, row, quantile), estimate_of(at, row), quantile);
  });
  for (std::size_t n = 0; n < ends.size(); ++n) {
    if (interval_of(n).status == IntervalStatus::kEstimated) put(ends[n], interval_of(n), result);
  }
}

void profile_where_it_differs(const AtEstimate& at, Uncertainty& result) {
  const double quantile = quantile_of(at);
  std::vector<std::optional<Ends>> ends(static_cast<std::size_t>(at.covariance.rows()));
  for_each_index(ends.size(), [&](std::size_t n) {
    const std::size_t p = at.information.parameters[n];
    const Interval& interval = result.intervals[p];
    if (p >= at.options.checked || interval.status != IntervalStatus::kEstimated) return;
    const auto row = static_cast<Eigen::Index>(n);
    std::array<Begin, 2> begins = begins_of(at, row, quantile);
    // The signed root is nearly a straight line: its share beyond the quantile is that of the distance.
    const bool apart = std::ranges::any_of(
        begins, [&](const Begin& begin) { return std::abs(begin.above) > kApart * quantile; });
    if (apart) ends[n] = ends_of(std::move(begins), estimate_of(at, row), quantile);
  });
  for (std::size_t n = 0; n < ends.size(); ++n) {
    const auto& found = ends[n];
    if (!found) continue;
    result.gave_way.push_back(at.information.parameters[n]);
    put(*found, result.intervals[result.gave_way.back()], result);
  }
}

}  // namespace synfer
