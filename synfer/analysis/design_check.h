// Could this experiment tell? Experiments of the design of recorded data, simulated under a known rule and
// fitted as the data would be: how often each term is found, and how well.
//
// A term is found where its interval lies wholly on one side of 0, for a term of the rule the right one. For
// a term that the rule does not have that is a false finding, whose nominal rate is 1 - uncertainty.level.
// What the answer supposes is the animal: that it learns by this rule, with these stimuli and this noise.
#pragma once

#include <functional>
#include <vector>

#include "synfer/analysis/animal_model.h"
#include "synfer/data/session.h"
#include "synfer/results/design_check.h"

namespace synfer {

struct DesignHooks {
  std::function<bool()> interrupted = [] { return false; };
  std::function<void(long done, long total)> after_experiment = [](long, long) {};  // one call at a time
};

/// Experiments run in parallel; results do not depend on threads.
/// @param c  resolved for the sessions, as for a fit to them
/// @throws ConfigurationError where the settings or data do not allow it; NonFiniteError where the rule makes
///         weights overflow in every experiment.
DesignCheck check_design(const Configuration& c, const AnimalModel& animal,
                         const std::vector<Session>& sessions, const DesignHooks& hooks = {});

}  // namespace synfer
