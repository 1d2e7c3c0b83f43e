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
#include "synfer/settings/configuration.h"
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

/// Recorded sessions as they are replayed: those of an animal are one with data.carry_weights.
std::vector<EncodedSession> replayed_sessions(const Configuration& c, const std::vector<Session>& sessions);

/// The initial weights that a fit to recorded sessions assumes, one N x M matrix each.
std::vector<Matrix> assumed_weights(const Configuration& c, const std::vector<EncodedSession>& sessions);

/// Where a recorded session lies in what is replayed.
struct ReplayPlace {
  std::size_t session = 0;  // of the replayed ones
  std::size_t offset = 0;   // steps before it
};
std::vector<ReplayPlace> replay_places(const Configuration& c, const std::vector<Session>& sessions);

/// Steps of each replayed session at which a trial begins.
std::vector<std::vector<std::size_t>> trial_starts(const Configuration& c,
                                                   const std::vector<Session>& sessions);

}  // namespace synfer
