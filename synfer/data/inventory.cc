#include "synfer/data/inventory.h"

#include <cmath>
#include <set>

namespace synfer {
namespace {

bool has_choices(const Session& session) {
  for (const int choice : session.choice) {
    if (choice != kNoChoice) return true;
  }
  return false;
}

}  // namespace

Inventory take_inventory(const std::vector<Session>& sessions) {
  Inventory found;
  std::set<std::string> animals;
  for (const Session& session : sessions) {
    animals.insert(session.animal);
    found.sessions += 1;
    found.steps += session.steps();
    found.trials += count_trials(session);
    const bool behaves = has_choices(session);
    for (const int choice : session.choice) {
      if (choice != kNoChoice) found.choices += 1;
      if (choice == kNoChoice && behaves) found.omissions += 1;
      if (session.offers == 1 && choice == 1) found.accepted += 1;
    }
    for (const int stimulus : session.stimulus) {
      const auto at = static_cast<std::size_t>(stimulus);
      if (at < session.stimuli.size()) ++found.offers[session.stimuli[at]];
    }
    for (const double reward : session.reward) found.rewards += reward > 0.0 ? 1 : 0;
    found.recorded += session.recordings.size();
    for (const double value : session.recordings) found.gaps += std::isnan(value) ? 1 : 0;
  }
  found.recorded -= found.gaps;
  found.animals = animals.size();
  return found;
}

}  // namespace synfer
