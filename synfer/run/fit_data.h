// What a fit sees of a data set, and what is kept from it.
//
// Simulated: sessions to fit, with stimuli as stimulus.in_fit says and the initial weights that the
// fit assumes. Recorded: the same sessions twice, the head to fit, and the whole with its tail of
// trials to be scored.
#pragma once

#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/data/session.h"
#include "synfer/model/encoding.h"
#include "synfer/run/configuration.h"
#include "synfer/simulation/simulate.h"

namespace synfer {

/// Sessions as a fit or an evaluation replays them; one N x M matrix each.
struct ReplayData {
  std::vector<EncodedSession> sessions;
  std::vector<Matrix> initial;
};

/// Simulated sessions as a fit sees them.
ReplayData as_in_fit(const Configuration& c, const std::vector<SimulatedSession>& simulated);

/// Simulated sessions as they were: true draws and the sessions' own initial weights.
ReplayData as_simulated(const Configuration& c, const std::vector<SimulatedSession>& simulated);

struct RecordedData {
  ReplayData training;  // without the held-out tails
  ReplayData held_out;  // whole, scored on the tails alone; empty where nothing is held out
};

/// With data.carry_weights the sessions of an animal are one, and its tail is that of all its trials.
RecordedData split_recorded(const Configuration& c, const std::vector<Session>& sessions);

/// Recorded sessions that no fit has seen, whole.
ReplayData unseen(const Configuration& c, const std::vector<Session>& sessions);

}  // namespace synfer
