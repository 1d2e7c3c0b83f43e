// What if the settings are wrong? The same rule fitted again with one assumption changed at a time, of those
// that recordings rarely measure, and which conclusions hold whatever is assumed.
//
// Conclusions are the side of 0 on which the interval of a term lies, and, where the fit is cross-validated,
// on which the held-out gain over a rival without plasticity does. Coefficients themselves need not agree:
// half of eta doubles them. A fit that does not converge concludes nothing, and is shown but not counted.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// Settings with one assumption changed.
struct Assumption {
  std::string name;
  Configuration settings;
};

/// Stimulus mean and noise, hidden neurons, eta, expected reward and initial weights, each changed by a
/// factor of two or to another kind, as far as the settings allow it.
/// @param c  resolved
std::vector<Assumption> assumptions_of(const Configuration& c);

/// The side of 0 on which the interval of an estimate lies, or why it has none.
Finding finding_of(const Estimate& estimate);

/// Settings that fit the terms of a result: they are no longer looked for, also where none was found.
Configuration with_terms_of(const RunResult& result, Configuration c);

/// Fits in parallel; results do not depend on threads.
/// @param result  of the fit, whose terms are kept where they were selected
Assumptions check_assumptions(const Configuration& c, const RunResult& result,
                              const std::vector<Session>& sessions, const std::function<bool()>& interrupted);

}  // namespace synfer
