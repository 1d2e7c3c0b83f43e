// The task NeuralTask (task.h): Gaussian input, and weights that change at every step.
#pragma once

#include "synfer/simulation/simulate.h"
#include "synfer/simulation/subject.h"
#include "synfer/simulation/task.h"

namespace synfer {

SimulatedSession perform(const NeuralTask& task, const Subject& subject);

}  // namespace synfer
