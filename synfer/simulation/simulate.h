// Synthetic sessions: a model with a known rule does a task, and is recorded.
//
// What is returned as the session is what an experimenter would have: the mean stimuli, choices,
// rewards, noisy recordings of some neurons. What nobody would know stands beside it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/data/session.h"
#include "synfer/model/expected_reward.h"
#include "synfer/model/history.h"
#include "synfer/model/initial_weights.h"
#include "synfer/model/model.h"
#include "synfer/simulation/task.h"

namespace synfer {

struct SimulationOptions {
  std::uint64_t seed = 1;
  Task task = AcceptRejectTask{};
  double stimulus_mean = 0.75;        // drive of the inputs that belong to an offered odour
  double stimulus_noise_sd = 0.1225;  // of every input, anew at every offer of an odour
  ExpectedReward expected_reward = {};
  InitialWeights initial_weights = {};
  std::optional<Matrix> given_weights = {};     // N x M; takes the place of a draw
  double walk_sd = 0.0;                         // of the random step of every weight after each change
  History history = {};                         // of the same number of offers as the task
  std::vector<double> history_parameters = {};  // H, as history.h has them: rates by their logits
  double bias = 0.0;                            // of the session: added to the logit of the last offer
  bool record = false;                          // whether neurons are recorded
  double recorded_fraction = 1.0;               // of the neurons, drawn once a session
  double measurement_noise_sd = 0.0;
};

struct SimulatedSession {
  Session session;                  // x: the mean vectors (T x K x N); stimulus: the odours' numbers
  std::vector<double> x;            // T x K x N, what the animal saw
  Matrix initial_weights;           // N x M
  std::size_t trials_at_limit = 0;  // accept or reject: trials that ended at max_offers
};

/// @param theta  P, parameters of model.rule
/// @throws NonFiniteError where the true rule makes weights overflow: it names the first step.
/// @throws ConfigurationError where there are fewer inputs than odours, blocks differ in their
/// number of odours, or given weights have another shape than the layer.
SimulatedSession simulate_session(const SimulationOptions& options, const Model& model,
                                  std::span<const double> theta, const std::string& animal,
                                  const std::string& name);

/// `count` sessions, one an animal, in parallel: animal and session both named PREFIX1, PREFIX2, ...
/// A session is the same whatever their count and the number of threads, and so is an error: that
/// of the first session that fails.
std::vector<SimulatedSession> simulate(const SimulationOptions& options, const Model& model,
                                       std::span<const double> theta, int count, const std::string& prefix);

}  // namespace synfer
