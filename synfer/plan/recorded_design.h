// Recorded sessions as tasks that model animals go through (simulation/recorded_task.h).
//
// Whether a bait stays until it is collected changes what a rarely chosen offer pays, and with it what a
// right rule does. A recording shows it: with baits that stay, rewards are the likelier the longer an offer
// was left alone. The schedule is therefore that under which the recorded payments are likelier, unless
// task.baiting says which it is.
#pragma once

#include <vector>

#include "synfer/results/baiting.h"
#include "synfer/settings/configuration.h"
#include "synfer/simulation/task.h"

namespace synfer {

struct RecordedDesign {
  std::vector<RecordedTask> tasks;  // a session each
  Baiting baiting;                  // of all of them
};

/// @throws ConfigurationError where that cannot be: stimuli without names, weights that are carried over from
///         one session to the next (data.carry_weights), recordings to be fitted.
RecordedDesign recorded_design(const Configuration& c, const std::vector<Session>& sessions);

}  // namespace synfer
