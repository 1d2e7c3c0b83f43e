// The likelihood of a rule of some terms, over the data of an objective: what a search over sets of
// terms compares. Of no terms it is that of weights which never change.
#pragma once

#include <memory>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/model/term.h"

namespace synfer {

/// Parameters: the terms' coefficients in order, then all that the objective estimates besides the rule.
std::unique_ptr<CurvedLikelihood> likelihood_of_terms(const Objective& objective, std::vector<Term> terms);

}  // namespace synfer
