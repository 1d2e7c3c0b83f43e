// The closed loop: offers drive the plastic layer, its logits drive the choice, the reward changes
// its weights; every step of it goes on record.
//
// Logits are those of the weights, of the history of choices (model/history.h) and of a bias of the session.
//
// A task alternates present() and end_step(), and draws choices and rewards between the two.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/expected_reward.h"
#include "synfer/model/history.h"
#include "synfer/model/plastic_layer.h"
#include "synfer/simulation/odours.h"
#include "synfer/simulation/recorder.h"
#include "synfer/simulation/subject.h"

namespace synfer {

/// How a step ended.
struct Outcome {
  int trial = 0;
  int block = 0;
  int choice = kNoChoice;
  double reward = 0.0;  // NaN where there is none
  bool learns = false;
  bool scored = true;  // false where the choice was forced
};

class ClosedLoop {
 public:
  /// Refers to what `subject` refers to. stimuli: names of the odours, if any.
  ClosedLoop(const Subject& subject, int offers, std::vector<std::string> stimuli);

  /// The index of the step that comes next, or goes on.
  [[nodiscard]] std::size_t step() const { return simulated_.session.steps(); }

  /// The logits (K) of the offers of a new step of this trial; they live until the next call.
  /// @throws NonFiniteError where one of them is not finite.
  std::span<const double> present(const Stimulus& stimulus, int trial);

  /// Records the step, and changes the weights if it learns.
  /// @throws NonFiniteError where a weight overflows.
  void end_step(const Outcome& outcome);

  [[nodiscard]] SimulatedSession finish() && { return std::move(simulated_); }

 private:
  // The latest weight change, kept so that an overflow can be blamed on a term.
  struct Change {
    std::vector<double> x;  // N
    std::vector<double> y;  // M
    double r = 0.0;
    Matrix before;  // N x M
  };

  [[nodiscard]] std::span<const double> x(int offer) const;
  [[nodiscard]] std::span<const double> y(int offer) const;
  void learn(int offer, double reward);
  void drift();
  [[nodiscard]] HistoryStep now() const { return {.trial = trial_, .stimulus = odours_}; }
  [[nodiscard]] std::string driving_term() const;
  [[noreturn]] void refuse(const char* quantity) const;

  const Model& model_;
  std::span<const double> theta_;
  const SimulationOptions& options_;
  RandomStream walk_;
  Recorder recorder_;
  SimulatedSession simulated_;
  PlasticLayer layer_;
  RewardBaseline baseline_;
  HistoryState history_;
  int trial_ = 0;               // of the step that goes on
  std::vector<int> odours_;     // K, of the same
  std::vector<double> x_;       // K x N, of the step that goes on
  std::vector<double> y_;       // K x M
  std::vector<double> logits_;  // K
  Change latest_;
};

}  // namespace synfer
