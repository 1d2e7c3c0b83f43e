// What a simulated animal is put through: one of four tasks, as plain values.
//
// Every draw is a function of (seed, animal, session, step), so sessions do not depend on one
// another or on their order. Trials and blocks count from 0, trials on through the blocks.
#pragma once

#include <variant>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/simulation/payments.h"

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

/// What a recorded session put its animal through (recorded_task.h makes it from one). T recorded steps, K
/// offers, N inputs; `block.size()` trials.
///
/// K = 1: each offer is that of a recorded step drawn at random, anew until one is accepted, or once where
/// the recorded trials have one offer each. K >= 2: the offers of the recorded steps. Steps without a choice
/// have none again and their free rewards fall again; forced choices are made again, and count as such; what
/// a choice earned stays unknown where it was; weights change where they did.
struct RecordedTask {
  Session session;         // as recorded, without vectors and recordings
  std::vector<double> x;   // T x K x N, mean vectors
  std::vector<int> trial;  // T, counted from 0
  std::vector<int> block;  // of each trial, counted from 0
  Payments payments;
  bool one_offer_a_trial = false;  // K = 1
  bool rejections_earn = false;    // K = 1: rejected offers have outcomes, or teach
  int max_offers = 1000;
  bool baiting = true;
};

using Task = std::variant<AcceptRejectTask, ChoiceTask, NeuralTask, RecordedTask>;

}  // namespace synfer
