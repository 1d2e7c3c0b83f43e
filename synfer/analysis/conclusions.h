// What follows from a result once it is whole, in sentences (sentences.h): how it does against rivals, what
// its checks say, what it was found from. Terminal, report and Python print the same ones.
#pragma once

#include "synfer/results/result.h"

namespace synfer {

/// Against rivals on held-out choices. A rule whose weights overflow in a session is said to be
/// better than none.
void conclude_from(const CrossValidation& found, RunResult& result);

/// All that follows from a finished result, beside what the fit itself called for (warnings.h).
void add_conclusions(RunResult& result);

}  // namespace synfer
