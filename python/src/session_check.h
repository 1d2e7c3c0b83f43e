// What the readers demand of a file, demanded of arrays: lengths that agree, choices that exist, rewards on
// the steps that earn them, trials that end with an acceptance.
#pragma once

#include "synfer/data/session.h"

namespace synfer::python {

/// @throws DataError; `file` is "session NAME", `column` the array, and the message names the step from 0.
void check(const Session& session);

}  // namespace synfer::python
