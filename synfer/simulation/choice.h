// The task ChoiceTask (task.h): all odours at once, to choose one.
#pragma once

#include "synfer/simulation/simulate.h"
#include "synfer/simulation/subject.h"
#include "synfer/simulation/task.h"

namespace synfer {

SimulatedSession perform(const ChoiceTask& task, const Subject& subject);

}  // namespace synfer
