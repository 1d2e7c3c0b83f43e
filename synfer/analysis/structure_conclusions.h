// What holds in all structures that the data allow, once the rule is fitted in the chosen one: each allowed
// structure is asked for the rule that is selected in it, and for the same terms fitted in it.
#pragma once

#include <functional>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// @param settings  of each tried structure
void conclude_structures(const RunResult& result, const std::vector<Session>& sessions,
                         const std::function<bool()>& interrupted, const std::vector<Configuration>& settings,
                         Structures& found);

}  // namespace synfer
