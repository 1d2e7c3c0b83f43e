// Recordings that stand twice in one data set, as copies of a file or under another name. They would count as
// two animals, and what is held out of one would be fitted in the other.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/checksum.h"
#include "synfer/data/session.h"

namespace synfer {

/// @param units  the files that one call of a reader takes, for each call
/// @throws DataError, with both names, where two units hold the same bytes.
void refuse_copies(const std::vector<std::vector<DataFile>>& units);

/// A sentence for each session whose offers, choices and rewards are those of an earlier one. Short sessions,
/// and those in which one thing alone was chosen, can be alike by chance and are passed over.
std::vector<std::string> say_twins(const std::vector<Session>& sessions);

}  // namespace synfer
