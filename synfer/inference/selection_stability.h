// How often each term is in the best set when animals are drawn anew.
//
// The sets are those that a search has fitted; a fit to a draw is one Newton step from the fit to all
// animals:
//
//   nll_w = sum_s w_s nll_s + min_d (g'd + d'I d / 2),   g = sum_s w_s g_s,   w_s how often session s is
//   drawn
#pragma once

#include <vector>

#include "synfer/inference/selection.h"

namespace synfer {

/// @param sets  those that were fitted; the best forty are compared
/// @return      a term each: the share of options.draws whose best set has it; empty for one animal
std::vector<double> stability_of(std::vector<const FittedSet*> sets, const SelectionProblem& problem,
                                 const SelectionOptions& options);

}  // namespace synfer
