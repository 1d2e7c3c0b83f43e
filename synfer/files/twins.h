// Files that stand twice in one data set. They would count as two animals, and what is held out of one would
// be fitted in the other. Sessions that are there twice under other names are found by find_unusual.
#pragma once

#include <string>
#include <vector>

#include "synfer/files/checksum.h"

namespace synfer {

/// @param units  the files that one call of a reader takes, for each call
/// @throws DataError, with both names, where two units hold the same bytes.
void refuse_copies(const std::vector<std::vector<DataFile>>& units);

}  // namespace synfer
