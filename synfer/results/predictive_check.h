// What choices look like, recorded and simulated under the fitted rule (analysis/predictive_check.h).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "synfer/results/baiting.h"

namespace synfer {

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

}  // namespace synfer
