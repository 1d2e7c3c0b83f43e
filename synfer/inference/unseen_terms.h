// Terms that choices among offers cannot see.
//
// Where a layer is linear and one of several offers is chosen, a change c that is the same at all inputs of a
// neuron moves the logit of offer k by c sum_i x_ki. Where offers of a step have equal sums, as one-hot
// stimuli have, that is common to all of them and leaves every choice as likely as it was: the likelihood is
// flat along c.
//
// Such changes come from terms without x and w: the constant, powers of r, and y, which is one number for all
// inputs. They stay common under terms x^a r^d, which do not look at weights, under w r^d, which is linear in
// them, and under terms like themselves. Any other term (x*w, w^2, x*y, ...) makes different changes of
// weights that differ by a common one, so that beside it they are seen, if only through it.
//
// With one offer (accept or reject), neurons that are not linear, or recordings they are seen. Stimulus noise
// that the likelihood knows of makes sums differ, and shows them by the noise alone.
#pragma once

#include <span>
#include <vector>

#include "synfer/inference/objective.h"
#include "synfer/model/term.h"

namespace synfer {

enum class CommonChanges { kSeen, kSeenByNoiseAlone, kUnseen };

/// What choices see of changes that are the same at all inputs.
CommonChanges common_changes(const Objective& objective);

/// Whether the term's change is the same at all inputs of a neuron.
bool is_common(const Term& term);

/// Of the terms of a rule those that are common, and that none of the others brings to light.
std::vector<Term> hidden_common_terms(std::span<const Term> rule);

}  // namespace synfer
