// A fit under other assumptions, and which conclusions hold whatever is assumed (analysis/assumptions.h).
#pragma once

#include <cmath>
#include <string>
#include <vector>

namespace synfer {

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

// For a terminal (80 columns), for a spreadsheet (a row a fit and finding) and the part "assumptions" of
// result.json.
std::string table_of(const Assumptions& found);
std::string to_csv(const Assumptions& found);
std::string to_json(const Assumptions& found);

}  // namespace synfer
