// Bootstrap intervals: percentiles of refits to animals drawn with replacement, or to simulated data.
// Efron and Tibshirani, An Introduction to the Bootstrap (1993).

#include <algorithm>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/quantiles.h"
#include "synfer/base/random.h"
#include "synfer/inference/uncertainty_methods.h"

namespace synfer {
namespace {

constexpr std::size_t kTogether = 4096;  // draws

double standard_deviation(const std::vector<double>& values) {
  const auto v = Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  return std::sqrt((v.array() - v.mean()).square().sum() / static_cast<double>(values.size() - 1));
}

// How often each session counts in draw number `draw`: that often its animal was drawn.
std::vector<double> session_weights(const Clusters& animals, std::uint64_t seed, std::size_t draw) {
  const RandomStream random(seed, "session bootstrap");
  std::vector<double> drawn(animals.count, 0.0);
  const auto count = static_cast<double>(animals.count);
  for (std::size_t k = 0; k < animals.count; ++k) {
    drawn[static_cast<std::size_t>(random.uniform({.replicate = draw, .index = k}) * count)] += 1;
  }
  std::vector<double> weights;
  for (const std::size_t animal : animals.of_session) weights.push_back(drawn[animal]);
  return weights;
}

void percentile_intervals(const AtEstimate& at, const SimulatedRefit& draw, Uncertainty& result) {
  std::vector<std::optional<std::vector<double>>> draws(at.options.draws);
  // In parts, so that millions of draws that are not to be made any more are not asked one by one.
  for (std::size_t first = 0; first < draws.size() && !at.fitted.interrupted(); first += kTogether) {
    for_each_index(std::min(kTogether, draws.size() - first), [&](std::size_t n) {
      if (at.fitted.interrupted()) return;
      std::optional<std::vector<double>>& one = draws[first + n];
      one = draw(first + n);
      const auto finite = [](double v) { return std::isfinite(v); };
      if (one && !std::ranges::all_of(*one, finite)) one.reset();
    });
  }
  result.interrupted = at.fitted.interrupted();
  if (result.interrupted) return;
  result.draws = draws.size();
  result.failed = static_cast<std::size_t>(
      std::ranges::count_if(draws, [](const auto& parameters) { return !parameters.has_value(); }));
  if (result.draws - result.failed < 2) return;  // intervals stay NaN
  for (std::size_t p = 0; p < result.intervals.size(); ++p) {
    Interval& interval = result.intervals[p];
    if (interval.status != IntervalStatus::kEstimated) continue;
    std::vector<double> values;
    for (const auto& parameters : draws) {
      if (parameters) values.push_back((*parameters)[p]);
    }
    std::ranges::sort(values);
    interval.standard_error = standard_deviation(values);
    interval.low = percentile(values, 0.5 - at.options.level / 2);
    interval.high = percentile(values, 0.5 + at.options.level / 2);
  }
}

}  // namespace

void session_bootstrap_intervals(const AtEstimate& at, Uncertainty& result) {
  const Clusters animals = clusters(at.fitted);
  const auto refit = [&](std::size_t draw) -> std::optional<std::vector<double>> {
    try {
      return at.fitted.refit(at.fitted.parameters, session_weights(animals, at.options.seed, draw),
                             at.fitted.frozen);
    } catch (const NonFiniteError&) {
      return std::nullopt;
    }
  };
  percentile_intervals(at, refit, result);
}

void parametric_bootstrap_intervals(const AtEstimate& at, Uncertainty& result) {
  percentile_intervals(at, at.fitted.simulated_refit, result);
}

}  // namespace synfer
