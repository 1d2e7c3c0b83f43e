// How often each term is found in simulated experiments of one design (analysis/design_check.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "synfer/data/inventory.h"
#include "synfer/results/baiting.h"

namespace synfer {

inline constexpr const char* kDesignFile = "design_check.csv";

/// How a term fared in the experiments of one size.
struct TermFound {
  std::string term;
  double truth = 0.0;     // its coefficient; NaN of a rule that has no terms
  double found = 0.0;     // share of experiments
  double bias = 0.0;      // mean estimate minus the truth, a term that was not selected being 0
  double spread = 0.0;    // sd of the estimate; NaN for one experiment
  double width = 0.0;     // of its interval, the median; NaN where there is none
  double coverage = 0.0;  // share of intervals with the truth; NaN where there is none
};

struct DesignSize {
  int multiple = 1;  // of the recorded animals
  std::size_t animals = 0;
  std::size_t trials = 0;
  std::size_t fitted = 0;  // experiments whose fit came to an end
  std::vector<TermFound> terms;
};

/// What simulated choices of a session are paid.
struct PaidRewards {
  bool by_place = false;          // otherwise by stimulus
  std::optional<double> nothing;  // where there is no reward; empty: values are drawn as they were paid
  std::vector<double> values;     // of all rewards, ascending
  std::vector<std::vector<double>> probabilities;  // block x stimulus (or place): of a reward
  std::vector<std::vector<double>> mean;           // the same: of a reward, where there is one
};

struct DesignCheck {
  std::string rule;  // that was simulated, in words
  Inventory design;  // the data whose design it is
  double level = 0.95;
  bool selected = false;             // whether terms were selected
  std::size_t replicates = 0;        // experiments
  std::size_t overflown = 0;         // experiments in which the rule made weights overflow: not fitted
  std::vector<PaidRewards> rewards;  // a session each
  Baiting baiting;                   // of all of them
  std::vector<DesignSize> sizes;
  bool interrupted = false;  // not to be used then
  double seconds = 0.0;
};

/// The smallest size at which a term is found in at least 80 % of experiments; null where none is.
const DesignSize* enough_for(const DesignCheck& check, const std::string& term);

// For a terminal (80 columns), for a spreadsheet (one row a term and size) and for a program (result.json).
std::string table_of(const DesignCheck& check);
std::string to_csv(const DesignCheck& check);
std::string to_json(const DesignCheck& check);

}  // namespace synfer
