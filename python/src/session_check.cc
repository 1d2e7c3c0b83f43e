#include "session_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/data/read_steps.h"

namespace synfer::python {
namespace {

[[noreturn]] void reject(const Session& session, const char* array, const std::string& what) {
  throw DataError(fmt::format("session {}", session.name), 0, array, what);
}

void check_length(const Session& session, const char* array, std::size_t found, std::size_t expected) {
  if (found == expected) return;
  reject(
      session, array,
      fmt::format("found {} values, expected {}: one for each of the {} steps{}", found, expected,
                  session.steps(), expected == session.steps() ? "" : " and of each offer, input or neuron"));
}

void check_choice(const Session& session, std::size_t t) {
  const int last = std::max(1, session.offers - 1);
  if (session.choice[t] >= kNoChoice && session.choice[t] <= last) return;
  reject(session, "choice",
         fmt::format("found {} at step {}, expected 0 to {}, or -1 where the animal chose nothing",
                     session.choice[t], t, last));
}

void check_trial_goes_on(const Session& session, std::size_t t) {
  const bool same =
      t > 0 && session.trial[t] == session.trial[t - 1] && session.block[t] == session.block[t - 1];
  if (session.offers == 1 && same && session.choice[t - 1] == 1) {
    reject(session, "trial",
           fmt::format("trial {} goes on at step {}, after an acceptance, which ends a trial",
                       session.trial[t], t));
  }
}

void check_reward(const Session& session, std::size_t t, bool behaves) {
  const double reward = session.reward[t];
  if (std::isinf(reward)) reject(session, "reward", fmt::format("found {} at step {}", reward, t));
  if (!behaves) return;
  const bool earns = learns_after(session.offers, session.choice[t], true);
  if (earns && std::isnan(reward)) {
    reject(session, "reward",
           fmt::format("missing at step {}, whose {} earns one: write 0 where there was none", t,
                       session.offers == 1 ? "acceptance" : "choice"));
  }
  if (!earns && !std::isnan(reward)) {
    reject(session, "reward",
           fmt::format(
               "found {} at step {}, {}; a reward stands on the step that earns it, NaN elsewhere", reward, t,
               session.choice[t] == kNoChoice ? "where nothing was chosen" : "which rejects its offer"));
  }
}

}  // namespace

void check(const Session& session) {
  const std::size_t steps = session.steps();
  if (steps == 0) reject(session, "", "has no steps");
  const auto k = static_cast<std::size_t>(session.offers);
  check_length(session, "trial", session.trial.size(), steps);
  check_length(session, "block", session.block.size(), steps);
  check_length(session, "reward", session.reward.size(), steps);
  check_length(session, "learns", session.learns.size(), steps);
  if (!session.stimulus.empty()) check_length(session, "stimulus", session.stimulus.size(), steps * k);
  if (!session.x.empty()) {
    check_length(session, "x", session.x.size(), steps * k * static_cast<std::size_t>(session.inputs));
  }
  if (session.stimulus.empty() && session.x.empty()) {
    reject(session, "stimulus",
           "neither stimulus (names) nor x (vectors) is given; a rule needs what was offered");
  }
  check_length(session, "recordings", session.recordings.size(), steps * session.recorded_neurons.size());
  for (const double x : session.x) {
    if (!std::isfinite(x))
      reject(session, "x", "holds a missing or infinite value: the stimulus must be known");
  }
  for (const double y : session.recordings) {
    if (std::isinf(y)) reject(session, "recordings", "holds an infinite value; a missing one is NaN");
  }
  for (const int neuron : session.recorded_neurons) {
    if (neuron < 0)
      reject(session, "recorded_neurons", fmt::format("found {}; neurons count from 0", neuron));
  }
  bool behaves = false;
  for (const int choice : session.choice) behaves = behaves || choice != kNoChoice;
  for (std::size_t t = 0; t < steps; ++t) {
    check_choice(session, t);
    check_trial_goes_on(session, t);
    check_reward(session, t, behaves);
  }
}

}  // namespace synfer::python
