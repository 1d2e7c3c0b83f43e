#include "synfer/data/session.h"

#include <cmath>
#include <set>

namespace synfer {
namespace {

template <typename T>
void shorten(std::vector<T>& values, std::size_t steps, std::size_t before) {
  if (!values.empty()) values.resize(values.size() / before * steps);
}

// Trials are runs of equal labels, so a label may return in a later block.
std::vector<std::size_t> trial_starts(const Session& session) {
  std::vector<std::size_t> starts;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    const bool new_trial =
        t == 0 || session.trial[t] != session.trial[t - 1] || session.block[t] != session.block[t - 1];
    if (new_trial) starts.push_back(t);
  }
  return starts;
}

bool has_choices(const Session& session) {
  for (const int choice : session.choice) {
    if (choice != kNoChoice) return true;
  }
  return false;
}

}  // namespace

Session truncated(const Session& session, std::size_t steps) {
  Session head = session;
  const std::size_t before = session.steps();
  if (before == 0) return head;
  shorten(head.stimulus, steps, before);
  shorten(head.x, steps, before);
  shorten(head.trial, steps, before);
  shorten(head.block, steps, before);
  shorten(head.reward, steps, before);
  shorten(head.learns, steps, before);
  shorten(head.recordings, steps, before);
  shorten(head.choice, steps, before);
  return head;
}

std::size_t first_held_out_step(const Session& session, double fraction) {
  const std::vector<std::size_t> starts = trial_starts(session);
  const auto held_out = static_cast<std::size_t>(std::floor(fraction * static_cast<double>(starts.size())));
  return held_out == 0 ? session.steps() : starts[starts.size() - held_out];
}

Inventory take_inventory(const std::vector<Session>& sessions) {
  Inventory found;
  std::set<std::string> animals;
  for (const Session& session : sessions) {
    animals.insert(session.animal);
    found.sessions += 1;
    found.steps += session.steps();
    found.trials += trial_starts(session).size();
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
