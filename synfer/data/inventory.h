// What a data set holds, for a person to judge before anything is fitted.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// What a data set holds, for a person: counts over all sessions.
struct Inventory {
  std::size_t animals = 0;
  std::size_t sessions = 0;
  std::size_t steps = 0;
  std::size_t trials = 0;
  std::size_t choices = 0;    // steps with a choice (accepted or rejected, or an offer chosen)
  std::size_t accepted = 0;   // K = 1: accepted offers
  std::size_t omissions = 0;  // steps without a choice, in sessions that have choices
  std::size_t rewards = 0;    // rewards above 0
  std::size_t recorded = 0;   // recorded values
  std::size_t gaps = 0;       // recorded values that are missing
  std::map<std::string, std::size_t> offers = {};  // of each stimulus that has a name
};

Inventory take_inventory(const std::vector<Session>& sessions);

}  // namespace synfer
