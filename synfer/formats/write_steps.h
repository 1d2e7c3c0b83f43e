// Writes sessions as a CSV table with one row a step, which read_steps reads back to equal ones.
#pragma once

#include <ostream>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// The sessions must be alike in offers, inputs, and in having labels, vectors and choices.
/// What a table cannot say is lost: stimulus names that were never offered, and recorded neurons
/// without a single value. std::invalid_argument where the sessions are not alike.
void write_steps(std::ostream& out, const std::vector<Session>& sessions);

}  // namespace synfer
