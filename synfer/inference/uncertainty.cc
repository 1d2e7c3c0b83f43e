#include "synfer/inference/uncertainty.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/inference/uncertainty_methods.h"

namespace synfer {
namespace {

constexpr const char* kKey = "uncertainty.method";
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool set(const std::vector<char>& flags, std::size_t p) { return !flags.empty() && flags[p] != 0; }

// Where each parameter stands before any method is asked.
std::vector<Interval> blank_intervals(const FittedLikelihood& fitted, const ScaledInformation& information) {
  std::vector<Interval> intervals(fitted.parameters.size());
  for (std::size_t p = 0; p < intervals.size(); ++p) {
    intervals[p].estimate = fitted.parameters[p];
    if (set(fitted.at_bound, p)) intervals[p].status = IntervalStatus::kAtBound;
    if (set(fitted.frozen, p)) intervals[p].status = IntervalStatus::kFrozen;
  }
  const auto leave_open = [&](std::size_t p, IntervalStatus status) {
    intervals[p].status = status;
    intervals[p].standard_error = intervals[p].high = kInfinity;
    intervals[p].low = -kInfinity;
  };
  const std::vector<char> unidentified = information.unidentified();
  for (std::size_t n = 0; n < unidentified.size(); ++n) {
    if (unidentified[n] != 0) leave_open(information.parameters[n], IntervalStatus::kUnidentified);
  }
  for (const std::size_t p : information.never_varied) leave_open(p, IntervalStatus::kNoEffect);
  return intervals;
}

void check(const FittedLikelihood& fitted, const UncertaintyOptions& options, std::size_t animals) {
  using enum UncertaintyMethod;
  const bool bootstrap = options.method == kSessionBootstrap || options.method == kParametricBootstrap;
  const bool resamples = options.method == kSessionBootstrap || options.method == kClustered;
  if (std::isnan(options.level) || options.level <= 0 || options.level >= 1) {
    throw ConfigurationError("uncertainty.level",
                             fmt::format("the level is {}; it lies between 0 and 1", options.level));
  }
  if (bootstrap && options.draws < 2) {
    throw ConfigurationError(
        "uncertainty.draws",
        fmt::format("a bootstrap of {} draws has no spread; draw hundreds", options.draws));
  }
  if (resamples && animals < 2) {
    throw ConfigurationError(kKey,
                             "one animal does not show how animals differ; use the information, a profile or "
                             "a parametric bootstrap");
  }
  const bool refits =
      options.method == kProfile || options.method == kSessionBootstrap || options.checked > 0;
  if (refits && !fitted.refit) {
    throw ConfigurationError(kKey, "this method refits, and the fit gives no way to");
  }
  if (options.method == kParametricBootstrap && !fitted.simulated_refit) {
    throw ConfigurationError(kKey, "a parametric bootstrap simulates, and the fit gives no way to");
  }
}

std::string of_draws(const Uncertainty& u) { return fmt::format("{} draws, {} failed", u.draws, u.failed); }

}  // namespace

Clusters clusters(const FittedLikelihood& fitted) {
  Clusters result;
  std::vector<std::string> seen;
  for (std::size_t s = 0; s < fitted.likelihood.sessions(); ++s) {
    const std::string name = fitted.animals.empty() ? std::to_string(s) : fitted.animals[s];
    const auto at = std::ranges::find(seen, name);
    result.of_session.push_back(static_cast<std::size_t>(at - seen.begin()));
    if (at == seen.end()) seen.push_back(name);
  }
  result.count = seen.size();
  return result;
}

Uncertainty uncertainty(const FittedLikelihood& fitted, const UncertaintyOptions& options) {
  const std::size_t animals = clusters(fitted).count;
  check(fitted, options, animals);
  const Curvature curvature =
      fitted.curvature != nullptr ? *fitted.curvature : fitted.likelihood.curvature(fitted.parameters, {});
  std::vector<char> fixed(fitted.parameters.size(), 0);
  for (std::size_t p = 0; p < fixed.size(); ++p) {
    fixed[p] = static_cast<char>(set(fitted.frozen, p) || set(fitted.at_bound, p));
  }
  const ScaledInformation information = scaled_information(curvature.information, fixed);
  const Matrix covariance = information.covariance();
  const AtEstimate at{fitted, options, curvature, information, covariance};

  Uncertainty result;
  result.method = options.method;
  result.level = options.level;
  result.animals = animals;
  result.intervals = blank_intervals(fitted, information);
  switch (options.method) {
    case UncertaintyMethod::kInformation:
      information_intervals(at, result);
      profile_where_it_differs(at, result);
      break;
    case UncertaintyMethod::kClustered:
      clustered_intervals(at, result);
      break;
    case UncertaintyMethod::kProfile:
      profile_intervals(at, result);
      break;
    case UncertaintyMethod::kSessionBootstrap:
      session_bootstrap_intervals(at, result);
      break;
    case UncertaintyMethod::kParametricBootstrap:
      parametric_bootstrap_intervals(at, result);
      break;
  }
  return result;
}

std::string in_words(const Uncertainty& u) {
  const auto method = [&]() -> std::string {
    switch (u.method) {
      case UncertaintyMethod::kInformation:
        return "from the expected information";
      case UncertaintyMethod::kClustered:
        return fmt::format(
            "from standard errors clustered by animal ({} animals, Student's t with {:.3g} degrees of "
            "freedom{})",
            u.animals, u.degrees_of_freedom.value_or(NAN),
            u.degrees_of_freedom.value_or(0) < static_cast<double>(u.animals) - 1.05 ? " or more" : "");
      case UncertaintyMethod::kProfile:
        return u.failed == 0 ? "from the profile likelihood"
                             : fmt::format("from the profile likelihood ({} refits failed)", u.failed);
      case UncertaintyMethod::kSessionBootstrap:
        return fmt::format("from percentiles of a bootstrap over {} animals ({})", u.animals, of_draws(u));
      case UncertaintyMethod::kParametricBootstrap:
        return fmt::format("from percentiles of a parametric bootstrap ({})", of_draws(u));
    }
    return {};
  };
  return fmt::format("{:g} % intervals {}", 100 * u.level, method());
}

std::string to_string(IntervalStatus status) {
  switch (status) {
    case IntervalStatus::kEstimated:
      return "estimated";
    case IntervalStatus::kFrozen:
      return "frozen";
    case IntervalStatus::kAtBound:
      return "at bound";
    case IntervalStatus::kUnidentified:
      return "unidentified";
    case IntervalStatus::kNoEffect:
      return "no effect";
  }
  return {};
}

}  // namespace synfer
