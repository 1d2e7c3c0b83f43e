// A session: what one animal did and what was recorded on one occasion, as a flat list of steps.
//
// Plain values, as recorded: stimuli by name or as vectors, choices, rewards, recordings. How a
// network sees them (mean vectors, reward minus expected reward) is synfer/model/encoding.h.
// Trials and blocks are labels on steps; nothing is padded.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace synfer {

/// `choice` of a step at which the animal chose nothing: an omission, or neural data alone.
inline constexpr int kNoChoice = -1;

/// Arrays are in the order of the steps. Shapes: T steps, K offers a step, N inputs, R recorded
/// neurons. Either `stimulus` (names) or `x` (vectors) describes the offers; where both are
/// present, `x` is what the network sees and `stimulus` names it.
struct Session {
  std::string animal;  // whose synapses change; the session's name where the data do not say
  std::string name;    // unique within the animal

  int offers = 1;  // K: 1 accept or reject, >= 2 a choice among offers
  int inputs = 0;  // N, the length of the vectors in x; 0 where stimuli are names alone

  std::vector<std::string> stimuli;  // names; the same list in every session of one data set
  std::vector<int> stimulus;         // T x K, index into stimuli; empty where only x is known
  std::vector<double> x;             // T x K x N; empty where only names are known

  std::vector<int> trial;      // T
  std::vector<int> block;      // T
  std::vector<int> choice;     // T; K = 1: 1 accepted, 0 rejected; K >= 2: the offer's index; kNoChoice
  std::vector<double> reward;  // T; NaN where the step has none
  std::vector<bool> learns;    // T; whether the weights change after the step
  std::vector<int> recorded_neurons;  // R, indices of the recorded neurons of the plastic layer
  std::vector<double> recordings;     // T x R; NaN where missing

  [[nodiscard]] std::size_t steps() const { return choice.size(); }

  friend bool operator==(const Session&, const Session&) = default;
};

/// The first `steps` steps. `steps` must not exceed session.steps().
Session truncated(const Session& session, std::size_t steps);

/// The step at which the last `fraction` of trials begins; steps() where that is no trial at all.
std::size_t first_held_out_step(const Session& session, double fraction);

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
