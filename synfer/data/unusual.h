// What a person should look at before anything is fitted: sound to a reader, and yet seldom meant.
//
// Each line is a sentence that names the animal and session, or the column. Thresholds are such that data as
// tasks give them have no line; a line is no error.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

std::vector<std::string> find_unusual(const std::vector<Session>& sessions);

}  // namespace synfer
