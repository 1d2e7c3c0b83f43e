// A rule with numbers, as text: "x*r - 0.05*w". Parsing and printing are inverse to each other.
//
// The published program's spelling is read too: "1.0X1R1W0-0.05X0R0W1". There a rule whose two
// terms share one index keeps only the later one; here equal terms add up, unless the published
// order is asked for, which keeps that trait.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synfer/model/term.h"

namespace synfer {

struct WeightedTerm {
  Term term;
  double coefficient = 0.0;

  friend bool operator==(const WeightedTerm&, const WeightedTerm&) = default;
};

/// A sum of distinct terms, in the order in which they were written; empty is the rule 0.
using Expression = std::vector<WeightedTerm>;

/// @param published_order  read each label as the published code computes it (see term.h); terms such
///                         as x*r are no labels and stay
/// @throws ConfigurationError with `key` naming what cannot be read.
Expression parse_expression(std::string_view text, bool published_order = false,
                            const std::string& key = "truth.rule");

/// "x*r - 0.05*w"; "0" for the empty rule. Coefficients print with as many digits as they need.
std::string to_string(const Expression& expression);

}  // namespace synfer
