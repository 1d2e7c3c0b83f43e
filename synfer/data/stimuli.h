// One list of stimulus names for a whole data set, so that an index means the same in every session.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// Sorted, without repeats: by value where every name is a number, by bytes otherwise.
std::vector<std::string> sorted_stimuli(std::vector<std::string> names);

/// Gives every session the sorted union of all their stimulus names, and renumbers `stimulus`.
void share_stimuli(std::vector<Session>& sessions);

}  // namespace synfer
