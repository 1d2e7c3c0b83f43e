// Structures around a rule on held-out choices (analysis/structures.h).
#pragma once

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "synfer/results/assumptions.h"

namespace synfer {

inline constexpr const char* kStructuresFile = "structures.csv";

/// A structure on held-out choices.
struct TriedStructure {
  std::string name;
  std::string made_by;  // settings, as a user would write them
  int complexity = 0;
  double nats = NAN;              // a choice; infinite where an animal is lost
  double behind = NAN;            // nats a choice by which the best is better
  double error = NAN;             // of that, paired
  std::string standing;           // "chosen", "allowed", "ruled out", "lost"
  std::string rule;               // that is selected in it; empty where none was
  std::vector<Finding> selected;  // its terms; empty where none was selected
  std::vector<Finding> refitted;  // the terms of the chosen structure fitted in this one
};

struct StructureConclusion {
  std::string of;                      // a term
  std::string as_chosen;               // "above 0", "below 0", "open"
  std::vector<std::string> otherwise;  // allowed structures in which it is not so
};

struct Structures {
  std::string scheme;                 // leave_one_out, grouped, later sessions or later trials
  std::vector<std::string> terms;     // of the rule in the comparison
  std::vector<TriedStructure> tried;  // the simplest first
  std::size_t chosen = 0;
  double nested = NAN;     // nats a choice, each part under the structure that the others choose
  std::size_t parts = 0;   // animals, or later parts
  std::size_t agreed = 0;  // of them choose the same
  std::vector<StructureConclusion> conclusions;  // of the chosen structure's terms
};

// For a terminal (80 columns), a spreadsheet (a row a structure) and the part "structures" of result.json.
std::string table_of(const Structures& found);
std::string to_csv(const Structures& found);
std::string to_json(const Structures& found);

}  // namespace synfer
