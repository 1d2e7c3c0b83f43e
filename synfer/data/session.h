// A session: what one animal did and what was recorded on one occasion, as a flat list of steps.
//
// Plain values, as recorded: stimuli by name or as vectors, choices, rewards, recordings. How a
// network sees them (mean vectors, reward minus expected reward) is synfer/model/encoding.h.
// Trials and blocks are labels on steps; nothing is padded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace synfer {

/// Bytes of the name of an animal, a session or a stimulus, as many as of a file's.
inline constexpr std::size_t kLongestName = 255;

/// `choice` of a step at which the animal chose nothing: an omission, or neural data alone.
inline constexpr int kNoChoice = -1;

/// Arrays are in the order of the steps. Shapes: T steps, K offers a step, N inputs, R recorded
/// neurons. Either `stimulus` (names) or `x` (vectors) describes the offers; where both are
/// present, `x` is what the network sees and `stimulus` names it.
struct Session {
  std::string animal;                // whose synapses change; the session's name where the data do not say
  std::string name;                  // unique within the animal
  std::optional<double> start = {};  // when it began, in seconds after the beginning of 1970, where known

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
  std::vector<bool> scored;  // T; whether the choice counts as one: false where it was forced; empty: all do
  std::vector<double> time;  // T, in the data's unit; NaN where unknown; empty where the data have none
  std::vector<int> recorded_neurons;  // R, indices of the recorded neurons of the plastic layer
  std::vector<double> recordings;     // T x R; NaN where missing

  [[nodiscard]] std::size_t steps() const { return choice.size(); }

  /// The choice as a likelihood sees it: kNoChoice where there was none, or where it was forced.
  [[nodiscard]] int scored_choice(std::size_t t) const {
    return scored.empty() || scored[t] ? choice[t] : kNoChoice;
  }

  friend bool operator==(const Session&, const Session&) = default;
};

/// The first `steps` steps. `steps` must not exceed session.steps().
Session truncated(const Session& session, std::size_t steps);

/// Trials: runs of equal (block, trial) labels.
std::size_t count_trials(const Session& session);

/// The step at which the last `fraction` of trials begins; steps() where that is no trial at all.
std::size_t first_held_out_step(const Session& session, double fraction);

/// The steps of `more` after those of `whole`, which is of the same kind; names are those of `whole`.
void append_steps(Session& whole, const Session& more);

}  // namespace synfer
