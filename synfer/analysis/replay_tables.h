// What the fitted rule makes of each animal, offer by offer, and what it does to a synapse: tables of the
// run's folder, from which pictures are drawn without the data.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/result.h"
#include "synfer/settings/configuration.h"

namespace synfer {

inline constexpr const char* kTrajectoriesFile = "trajectories.csv";
inline constexpr const char* kRuleShapeFile = "rule_shape.csv";

/// CSV, empty where there is nothing.
struct ReplayTables {
  /// One row an offer: animal, session, step (from 0), trial (from 1, of the session), block, stimulus;
  /// probability of accepting or choosing it as the fit predicts (one step ahead where weights are filtered;
  /// stimuli that a fit resampled are their mean); whether it was chosen; the step's reward; weight, the mean
  /// of those of the inputs that it drives, before the choice; weight_sd, of the belief over that mean, where
  /// weights are filtered; held_out, 1 where the fit did not see the step;
  /// scored, 0 where the choice was forced: nothing is predicted of it. Of at most 24 sessions, evenly
  /// spread, and 20,000 steps.
  std::string trajectories;
  /// One row a state of a synapse: first, second (two of x, y, w, r), at_first, at_second, g, with the other
  /// two at the median of the visited (x: of inputs that were driven); visits, of these the number that came
  /// closest to this state.
  std::string rule_shape;
};

/// @param sessions       as recorded or simulated
/// @param data           the same as they are replayed, whole; what was held out is scored
/// @param same_sessions  whether they are those of the fit, so that what it estimated for each is its own
ReplayTables replay_tables(const Configuration& c, DataOrigin origin, const RunResult& result,
                           const std::vector<Session>& sessions, ReplayData data, bool same_sessions);

}  // namespace synfer
