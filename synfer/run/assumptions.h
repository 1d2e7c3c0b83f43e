// What if the settings are wrong? The same rule fitted again with one assumption changed at a time, of those
// that recordings rarely measure, and which conclusions hold whatever is assumed.
//
// Conclusions are the side of 0 on which the interval of a term lies, and, where the fit is cross-validated,
// on which the held-out gain over a rival without plasticity does. Coefficients themselves need not agree:
// half of eta doubles them. A fit that does not converge concludes nothing, and is shown but not counted.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/run/configuration.h"

namespace synfer {

struct Estimate;
struct RunResult;

inline constexpr const char* kAssumptionsFile = "assumptions.csv";

/// An estimate and where it lies: "above 0", "below 0", "open" (its interval holds 0), or why it has no
/// interval.
struct Finding {
  std::string of;  // a term, or "gain over " and the rival
  double value = 0.0;
  double low = NAN;
  double high = NAN;
  std::string conclusion = {};
};

struct AssumedFit {
  std::string assumption;         // "as fitted", "stimulus.mean=0.375"
  std::string state;              // named end of the fit
  double loss = NAN;              // nats an observation, in sample
  std::vector<Finding> findings;  // empty where the fit came to nothing

  /// Whether it came to an end from which something follows.
  [[nodiscard]] bool ended() const { return state == "converged" || state == "completed"; }
};

struct Conclusion {
  std::string of;
  std::string as_fitted;
  std::vector<std::string> otherwise;  // assumptions under which it is another, of fits that ended
};

struct Assumptions {
  double level = 0.95;
  std::vector<AssumedFit> fits;  // the first as fitted
  std::vector<Conclusion> conclusions;
};

/// Settings with one assumption changed.
struct Assumption {
  std::string name;
  Configuration settings;
};

/// Stimulus mean and noise, hidden neurons, eta, expected reward and initial weights, each changed by a
/// factor of two or to another kind, as far as the settings allow it.
/// @param c  resolved
std::vector<Assumption> assumptions_of(const Configuration& c);

/// The side of 0 on which the interval of an estimate lies, or why it has none.
Finding finding_of(const Estimate& estimate);

/// Settings that fit the terms of a result: they are no longer looked for, also where none was found.
Configuration with_terms_of(const RunResult& result, Configuration c);

/// Fits in parallel; results do not depend on threads.
/// @param result  of the fit, whose terms are kept where they were selected
Assumptions check_assumptions(const Configuration& c, const RunResult& result,
                              const std::vector<Session>& sessions, const std::function<bool()>& interrupted);

// For a terminal (80 columns), for a spreadsheet (a row a fit and finding) and the part "assumptions" of
// result.json.
std::string table_of(const Assumptions& found);
std::string to_csv(const Assumptions& found);
std::string to_json(const Assumptions& found);

}  // namespace synfer
