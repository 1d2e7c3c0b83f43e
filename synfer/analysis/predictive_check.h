// Does a fitted rule do what the animal did? Each recorded animal is simulated in closed loop under the
// fitted rule, with its history covariates and its session's bias, in its own design, and what its choices
// look like (evaluation/behaviour.h) is held against the simulated ones.
//
// A likelihood scores each choice given the true choices before it; in closed loop the model's own choices
// and rewards feed back, and what it lacks adds up. The rule was fitted to these animals, so that a value
// within its band is no evidence for the rule; one outside is evidence against it.
// Source: posterior predictive checks, Gelman, Meng and Stern (Statistica Sinica 1996), here at the estimate.
#pragma once

#include <functional>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// Sessions are simulated in parallel; results do not depend on threads.
/// @param c       resolved, of the fit to these sessions
/// @param result  of that fit
/// @throws ConfigurationError where sessions cannot be simulated (animal_model.h).
PredictiveCheck predictive_check(const Configuration& c, const RunResult& result,
                                 const std::vector<Session>& sessions, int draws,
                                 const std::function<bool()>& interrupted);

}  // namespace synfer
