// One list of stimulus names for a whole data set, so that an index means the same in every session.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// Sorted, without repeats: by value where every name is a number, by bytes otherwise.
std::vector<std::string> sorted_stimuli(std::vector<std::string> names);

/// Gives every session the sorted union of all their stimulus names, and renumbers `stimulus`. DataError
/// where that are too many to be held by each.
void share_stimuli(std::vector<Session>& sessions);

/// The same where the numbers of all sessions are places in `names`.
void share_stimuli(std::vector<Session>& sessions, const std::vector<std::string>& names);

}  // namespace synfer
