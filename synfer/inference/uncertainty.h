// How far an estimate can be trusted: an interval for each parameter, by one of five methods.
//
// information           inverse of the expected information; right where the model is, and cheap
// clustered             sandwich I^-1 B I^-1, B the session gradients summed by animal (Liang and Zeger,
//                       Biometrika 1986), for few animals times 1 / (1 - sum p^2), p an animal's share of the
//                       information on a parameter, with Student's t: G/(G-1) and G-1 degrees of freedom for
//                       G animals of equal shares, fewer for unequal ones. Allows for animals that differ
// profile               where the likelihood, all others refitted, has fallen by chi2(1)/2; follows
//                       curvature that the information cannot see
// session bootstrap     refits to animals drawn with replacement; percentiles
// parametric bootstrap  refits to data simulated from the estimate; percentiles
//
// All suppose an estimate without penalty and a set of terms chosen beforehand: none covers what a
// selection on the same data adds. With fewer than about ten animals percentiles are too narrow.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "synfer/inference/curvature.h"

namespace synfer {

enum class UncertaintyMethod { kInformation, kClustered, kProfile, kSessionBootstrap, kParametricBootstrap };

/// The estimate (P) from a start, sessions counted by weights (S; empty: once each), frozen parameters
/// held at the start. A failed fit throws NonFiniteError or returns NaN. Called from several threads.
using Refit = std::function<std::vector<double>(
    std::span<const double> start, std::span<const double> session_weights, std::span<const char> frozen)>;

/// The estimate (P) from data simulated under the fitted model, a function of `replicate` alone; nothing
/// where the fit failed. Called from several threads.
using SimulatedRefit = std::function<std::optional<std::vector<double>>(std::size_t replicate)>;

/// A fit whose uncertainty is asked for. P parameters, S sessions.
struct FittedLikelihood {
  const CurvedLikelihood& likelihood;
  std::vector<double> parameters = {};    // P
  std::vector<char> frozen = {};          // P; empty: none
  std::vector<char> at_bound = {};        // P; empty: none
  std::vector<std::string> animals = {};  // S, of each session; empty: each session its own animal
  Refit refit = {};                       // for profile and session bootstrap
  SimulatedRefit simulated_refit = {};    // for parametric bootstrap
  const Curvature* curvature = nullptr;   // at the parameters, where it is known already
  /// Asked before every draw of a bootstrap; true leaves the others out.
  std::function<bool()> interrupted = [] { return false; };
};

struct UncertaintyOptions {
  UncertaintyMethod method = UncertaintyMethod::kInformation;
  double level = 0.95;
  std::size_t draws = 500;  // of a bootstrap
  std::uint64_t seed = 1;   // of the session bootstrap
  /// Of so many first parameters intervals by the information are checked against the profile, and give way
  /// to it where an end lies off by more than a tenth: the likelihood is not quadratic there.
  std::size_t checked = 0;
};

enum class IntervalStatus {
  kEstimated,
  kFrozen,        // no interval
  kAtBound,       // no interval
  kUnidentified,  // infinite: the data leave this value open in a combination with others
  kNoEffect       // infinite: nothing in the data depends on it
};

struct Interval {
  double estimate = 0.0;
  double standard_error = std::numeric_limits<double>::quiet_NaN();  // NaN where a method has none
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
  IntervalStatus status = IntervalStatus::kEstimated;
};

struct Uncertainty {
  UncertaintyMethod method = UncertaintyMethod::kInformation;
  double level = 0.95;
  std::vector<Interval> intervals;           // P
  std::optional<double> degrees_of_freedom;  // of Student's t, the fewest; none: the normal
  std::size_t animals = 0;                   // clusters
  std::size_t draws = 0;                     // of a bootstrap
  std::size_t failed = 0;                    // draws, or refits of a profile, that came to nothing
  std::vector<std::size_t> gave_way = {};  // parameters with a profile in place of the information's interval
  bool interrupted = false;                // a bootstrap; its intervals are not to be used
};

/// @throws ConfigurationError where the method lacks what it needs: a refit, two animals, draws.
///         NonFiniteError where the estimate itself overflows.
Uncertainty uncertainty(const FittedLikelihood& fitted, const UncertaintyOptions& options);

/// What a table must state: "95 % intervals from standard errors clustered by animal (12 animals,
/// Student's t with 11 degrees of freedom)".
std::string in_words(const Uncertainty& uncertainty);

/// "estimated", "frozen", "at bound", "unidentified", "no effect".
std::string to_string(IntervalStatus status);

}  // namespace synfer
