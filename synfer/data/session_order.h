// In which order an animal's sessions come, as their starts, names and times tell. Weights that go from a
// session to the next go the wrong way where it is not the true one.
//
// Starts (Session::start) come first; then names (name_order.h); where these say nothing, one clock that runs
// through all sessions.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

struct SessionOrder {
  bool several = false;               // whether any animal has several sessions
  std::string how;                    // a sentence
  std::vector<std::string> reversed;  // a sentence for each animal whose sessions go back, in name or time
};

SessionOrder order_of_sessions(const std::vector<Session>& sessions);

/// Puts the sessions of each animal whose starts are all known in their order, at the places that they have
/// together.
/// @returns whether any has another place
bool put_in_order_of_start(std::vector<Session>& sessions);

}  // namespace synfer
