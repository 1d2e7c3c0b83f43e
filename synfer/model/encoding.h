// A session as the network sees it: stimuli as vectors, rewards as reward terms.
//
// An offered odour drives its group of inputs with `mean`, the others with 0. What the animal saw
// was that plus Gaussian noise, which nobody recorded: a fit may use the mean, or a fresh draw
// (`resampled`), as the published program does. The choice biases the estimates: DESIGN.md 2.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/model/expected_reward.h"

namespace synfer {

/// T steps, K offers, N inputs, R recorded neurons.
struct EncodedSession {
  std::string animal;
  std::string name;
  int offers = 1;             // K
  int inputs = 0;             // N
  std::vector<double> x;      // T x K x N
  std::vector<int> stimulus;  // T x K, which stimulus is offered; empty where vectors are all there is
  std::vector<int> trial;     // T, counted from 0 in the order in which trials come
  std::vector<int> choice;    // T; kNoChoice where there is none
  std::vector<double> r;      // T; reward minus expected reward, 0 where there is no reward
  std::vector<char> learns;   // T; whether the weights change after the step
  std::vector<char> scored;   // T; 0 where the choice was forced; empty where none was
  std::vector<int> recorded_neurons;  // R
  std::vector<double> recordings;     // T x R; NaN where missing
  std::size_t scored_from = 0;        // steps before this one are replayed but not scored

  [[nodiscard]] std::size_t steps() const { return choice.size(); }
  /// The choice as a likelihood sees it: kNoChoice where there was none, or where it was forced.
  [[nodiscard]] int free_choice(std::size_t t) const {
    return scored.empty() || scored[t] != 0 ? choice[t] : kNoChoice;
  }
  /// The same where the step counts: kNoChoice before scored_from as well.
  [[nodiscard]] int scored_choice(std::size_t t) const {
    return t < scored_from ? kNoChoice : free_choice(t);
  }
  /// Steps with such a choice.
  [[nodiscard]] std::size_t scored_choices() const;
  /// The offer whose x and y change the weights: the chosen one; the only one where K = 1.
  [[nodiscard]] std::size_t learned_offer(std::size_t t) const {
    return offers == 1 ? 0 : static_cast<std::size_t>(choice[t]);
  }
};

/// The input vector (N) of stimulus `index` of `count`: inputs split into `count` groups in order,
/// those of group `index` at `mean`, the others at 0.
/// @throws ConfigurationError (network.inputs) where there are fewer inputs than stimuli.
std::vector<double> group_code(int index, int count, int inputs, double mean);

/// @param inputs    N of the network
/// @param mean      drive of a named stimulus; vectors in the session are used as they are
/// @param baseline  E[R] before the session's first reward; after its last one on return. It moves at every
///                  reward, free ones (without a choice) included.
/// @throws ConfigurationError where the session's vectors have another length than `inputs`.
EncodedSession encode(const Session& session, int inputs, double mean, RewardBaseline& baseline);

/// The same of a session whose expected reward starts anew.
EncodedSession encode(const Session& session, int inputs, double mean, const ExpectedReward& expected_reward);

/// A copy whose stimuli are fresh draws: x + noise_sd N(0, 1) at every offer, a function of
/// (seed, animal, session, step, replicate).
EncodedSession resampled(const EncodedSession& session, double noise_sd, std::uint64_t seed,
                         std::uint64_t replicate);

/// The first `steps` steps, which must not exceed session.steps().
EncodedSession truncated(const EncodedSession& session, std::size_t steps);

/// Sessions of one animal as one, in order, so that weights are carried over from each to the next; trials
/// are counted on, and what an animal's history adds to its choices (history.h) goes on as well.
/// @throws ConfigurationError (data.carry_weights) where they differ in offers or recorded neurons, or
///         where a session that is scored only in part follows steps that are scored.
std::vector<EncodedSession> joined_by_animal(const std::vector<EncodedSession>& sessions);

}  // namespace synfer
