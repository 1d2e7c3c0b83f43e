// How sure the fit of a run is: intervals of every estimate, what the data cannot tell, and warnings in
// words.
#pragma once

#include <functional>

#include "synfer/analysis/estimation.h"
#include "synfer/results/result.h"

namespace synfer {

/// Whether uncertainty.method can work on these data, to be asked before a fit.
/// @throws ConfigurationError of uncertainty.method where it cannot.
void check_uncertainty(const Configuration& c, DataOrigin origin,
                       const std::vector<EncodedSession>& sessions);

/// The rule's estimates with their intervals, without all else that a result says of them.
std::vector<Estimate> rule_estimates(const Configuration& c, DataOrigin origin, const Estimation& estimation);

/// Fills in the intervals, identifiability and warnings of a result. False where it was interrupted.
bool state_certainty(const Configuration& c, DataOrigin origin, const Estimation& estimation,
                     const std::function<bool()>& interrupted, RunResult& result);

}  // namespace synfer
