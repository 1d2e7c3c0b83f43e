// An animal to be simulated in the design of a recorded one: one that learns by a named rule, or the one that
// a fit describes, with all else that the fit estimated of it.
//
// A fit's animal is as its fit supposes: where stimuli were taken at their mean it sees no noise. A named
// rule's animal sees noise of stimulus.noise_sd whatever the fit supposes, has no history covariates and no
// drift.
#pragma once

#include <string>
#include <vector>

#include "synfer/plan/experiment.h"
#include "synfer/results/result.h"

namespace synfer {

struct AnimalModel {
  Model model;
  std::vector<double> theta;
  std::string rule;                         // in words
  SimulationOptions options;                // all but the task and what is a session's own
  std::vector<double> session_biases = {};  // of the fitted sessions; empty where there are none
  double session_bias_sd = 0.0;             // of other sessions
  std::vector<Matrix> initial_weights =
      {};  // estimated: one, or one a fitted session; empty where they are drawn
};

/// The rule of the settings (truth.*).
AnimalModel named_animal(const Configuration& c);

/// @param result  of a fit with these settings
/// @throws ConfigurationError where the settings describe another rule or history than was fitted.
AnimalModel fitted_animal(const Configuration& c, DataOrigin origin, const RunResult& result, int offers);

/// The true rule of the settings in words.
std::string truth_text(const Configuration& c, const TrueRule& truth);

}  // namespace synfer
