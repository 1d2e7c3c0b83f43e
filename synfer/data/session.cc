#include "synfer/data/session.h"

#include <cmath>

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
  shorten(head.scored, steps, before);
  shorten(head.time, steps, before);
  shorten(head.recordings, steps, before);
  shorten(head.choice, steps, before);
  return head;
}

std::size_t first_held_out_step(const Session& session, double fraction) {
  const std::vector<std::size_t> starts = trial_starts(session);
  const auto held_out = static_cast<std::size_t>(std::floor(fraction * static_cast<double>(starts.size())));
  return held_out == 0 ? session.steps() : starts[starts.size() - held_out];
}

std::size_t count_trials(const Session& session) { return trial_starts(session).size(); }

void append_steps(Session& whole, const Session& more) {
  const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
  // What only some sessions say holds of the others by default.
  if (!whole.scored.empty() || !more.scored.empty()) {
    whole.scored.resize(whole.steps(), true);
    append(whole.scored, more.scored.empty() ? std::vector<bool>(more.steps(), true) : more.scored);
  }
  if (!whole.time.empty() || !more.time.empty()) {
    whole.time.resize(whole.steps(), NAN);
    append(whole.time, more.time.empty() ? std::vector<double>(more.steps(), NAN) : more.time);
  }
  append(whole.stimulus, more.stimulus);
  append(whole.x, more.x);
  append(whole.trial, more.trial);
  append(whole.block, more.block);
  append(whole.choice, more.choice);
  append(whole.reward, more.reward);
  append(whole.learns, more.learns);
  append(whole.recordings, more.recordings);
}

}  // namespace synfer
