// What settings say of single parameters of a rule: rule.bounds, rule.frozen and fit.start, whose terms are
// those of the fitted rule.
#pragma once

#include <vector>

#include "synfer/inference/optimiser.h"
#include "synfer/model/data_scale.h"
#include "synfer/model/term.h"
#include "synfer/settings/configuration.h"

namespace synfer {

// All throw ConfigurationError with the key at fault.

/// Bounds of a rule's coefficients, a parameter each; those of rule.bounds, or of stable decay where inputs
/// are at most so large. The rule may lack terms that rule.bounds names, where these are among the candidates
/// of a search.
std::vector<Bounds> bounds_of(const Configuration& c, const Rule& rule, DataOrigin origin,
                              double largest_input);
/// The terms that rule.bounds names.
std::vector<Term> bounded_terms(const Configuration& c);

/// Which rule parameters keep the value that they start from. A parameter each.
std::vector<char> frozen_parameters(const Configuration& c, const Rule& rule);

/// fit.starts vectors of rule parameters, in the scale of the data. Frozen ones are 0 in a random start; what
/// fit.start says is in the unit.
std::vector<std::vector<double>> starts_of(const Configuration& c, const Rule& rule,
                                           const DataScale& scale = {});

}  // namespace synfer
