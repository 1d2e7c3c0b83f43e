// What a simulated animal is put through: one of three tasks, as plain values.
//
// Every draw is a function of (seed, animal, session, step), so sessions do not depend on one
// another or on their order. Trials and blocks count from 0, trials on through the blocks.
#pragma once

#include <variant>
#include <vector>

namespace synfer {

/// One odour at a time, to accept or reject; acceptance ends the trial. Source: the two-odour task
/// of Rajagopalan et al. (PNAS 2023), as simulated by Mehta et al. (NeurIPS 2024), section 4.
struct AcceptRejectTask {
  int trials_per_block = 80;
  std::vector<std::vector<double>> reward_probabilities = {
      {0.2, 0.8}, {0.9, 0.1}, {0.2, 0.8}};  // block x odour
  bool baiting = true;    // a bait stays until it is collected; otherwise drawn anew each trial
  int max_offers = 1000;  // a trial that rejects so many ends without reward, weight change, entry into E[R]
};

/// All odours at once, in random places; one is chosen.
struct ChoiceTask {
  int trials_per_block = 80;
  std::vector<std::vector<double>> reward_probabilities = {
      {0.2, 0.8}, {0.9, 0.1}, {0.2, 0.8}};  // block x odour
  bool baiting = true;
  double omission_probability = 0.0;  // that a trial passes without a choice
};

/// A layer driven by Gaussian input, without choices or rewards; weights change at every step.
/// Oja's problem is this with rule x*y - y^2*w.
struct NeuralTask {
  int steps = 50;
  double input_mean = 0.0;
  double input_variance = 0.1;
};

using Task = std::variant<AcceptRejectTask, ChoiceTask, NeuralTask>;

}  // namespace synfer
