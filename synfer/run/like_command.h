// `synfer recover --like`: the check of a design (design_check.h) as a command, data in, a run folder out.
#pragma once

#include <string>
#include <vector>

#include "synfer/analysis/design_check.h"
#include "synfer/run/commands.h"

namespace synfer {

/// The animal to be simulated: that of an earlier run, or of the rule that the settings name.
/// @param run  result.json of the earlier run; empty: truth.*
AnimalModel animal_like(const Configuration& c, const std::string& run, const std::vector<Session>& sessions);

/// @param c    validated for recorded data; the settings of the earlier run under those given
/// @param run  folder of the run whose rule is simulated; empty: truth.*
/// Nothing is written where it was interrupted.
DesignCheck recover_like_run(const Configuration& c, const std::vector<std::string>& data,
                             const std::string& run, const Destination& to);

}  // namespace synfer
