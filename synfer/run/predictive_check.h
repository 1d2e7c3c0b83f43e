// Does a fitted rule do what the animal did? Each recorded animal is simulated in closed loop under the
// fitted rule, with its history covariates and its session's bias, in its own design, and what its choices
// look like (evaluation/behaviour.h) is held against the simulated ones.
//
// A likelihood scores each choice given the true choices before it; in closed loop the model's own choices
// and rewards feed back, and what it lacks adds up. The rule was fitted to these animals, so that a value
// within its band is no evidence for the rule; one outside is evidence against it.
// Source: posterior predictive checks, Gelman, Meng and Stern (Statistica Sinica 1996), here at the estimate.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/run/configuration.h"
#include "synfer/run/recorded_design.h"

namespace synfer {

struct RunResult;

inline constexpr const char* kPredictiveFile = "predictive_check.csv";

/// A recorded value against those of the simulations.
struct Band {
  double observed = 0.0;
  double mean = 0.0;  // of the simulations
  double low = 0.0;   // ends of their central band
  double high = 0.0;

  [[nodiscard]] bool inside() const { return low <= observed && observed <= high; }
};

struct SessionBand {
  std::string animal;
  std::string session;
  Band band;
};

/// Where an animal has nothing to count, or most of its simulations have not, it is left out.
struct PredictedStatistic {
  std::string name;
  Band all;  // mean over sessions; of the matching law over all their blocks
  std::vector<SessionBand> sessions;

  [[nodiscard]] std::size_t inside() const;  // of the sessions
};

struct PredictiveCheck {
  std::size_t draws = 0;  // simulations of each session
  double level = 0.95;    // of the bands
  std::size_t sessions = 0;
  std::size_t overflown = 0;  // simulated sessions in which weights overflow: left out
  std::vector<PredictedStatistic> statistics;
  Baiting baiting;  // of what simulated choices are paid
  int piece = 0;    // trials of a piece that stood for a block, where the data name no blocks; 0: they do
};

/// Sessions are simulated in parallel; results do not depend on threads.
/// @param c       resolved, of the fit to these sessions
/// @param result  of that fit
/// @throws ConfigurationError where sessions cannot be simulated (animal_model.h).
PredictiveCheck predictive_check(const Configuration& c, const RunResult& result,
                                 const std::vector<Session>& sessions, int draws,
                                 const std::function<bool()>& interrupted);

}  // namespace synfer
