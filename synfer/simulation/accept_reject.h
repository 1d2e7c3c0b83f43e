// The task AcceptRejectTask (task.h): one odour at a time, to accept or reject.
#pragma once

#include "synfer/simulation/simulate.h"
#include "synfer/simulation/subject.h"
#include "synfer/simulation/task.h"

namespace synfer {

SimulatedSession perform(const AcceptRejectTask& task, const Subject& subject);

}  // namespace synfer
