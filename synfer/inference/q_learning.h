// Q-learning with forgetting, a bias and a choice kernel: the rivals that learn values, not weights.
//
//   logit of offer k   beta Q_s + phi C_s + bias_k            s the offer's stimulus, k its place
//   of the chosen      Q_s <- Q_s + alpha (reward - Q_s)      where the step learns and has a reward
//   of all others      Q_s <- (1 - forgetting) Q_s            at the same steps
//   of all offered     C_s <- C_s + tau ([s chosen] - C_s)    at every step with a choice
//
// With an associability (Pearce and Hall), the rate is alpha A_s, and A_s, 1 at first, follows surprise:
//
//   of the chosen      A_s <- A_s + gamma (min(|reward - Q_s| / unit, 1) - A_s)    Q_s before it moves
//
// Q and C start from 0 in each session. Choices among offers: softmax, and the bias of place 0 is 0. Accept
// or reject is the same with one offer: accepted where its value beats a threshold, -bias.
// Sources: Q-learning with forgetting, Ito and Doya, J. Neurosci. 29 (2009) 9861, without their value of a
// missed reward; choice kernels, Katahira, J. Math. Psychol. 66 (2015) 59, and Wilson and Collins, eLife 8
// (2019) e49547; associability, Pearce and Hall, Psychol. Rev. 87 (1980) 532, in the form of Li et al., Nat.
// Neurosci. 14 (2011) 1250. One set of parameters serves all sessions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/inference/curvature.h"
#include "synfer/inference/fisher_scoring.h"

namespace synfer {

/// A session as Q-learning sees it. T steps, K offers.
struct ValueSession {
  int offers = 1;               // K
  int stimuli = 0;              // S
  std::vector<int> stimulus;    // T x K, 0 .. S - 1
  std::vector<int> choice;      // T
  std::vector<double> reward;   // T; NaN where there is none
  std::vector<bool> learns;     // T
  std::vector<bool> scored;     // T; false where the choice was forced; empty: all count
  std::size_t scored_from = 0;  // steps before this one are learned from but not scored

  [[nodiscard]] bool scores(std::size_t t) const {
    return choice[t] != kNoChoice && t >= scored_from && (scored.empty() || scored[t]);
  }
};

/// Stimuli go by their names; where there are none, equal vectors are one stimulus. Vectors that hardly
/// ever return (more than 32 of them) cannot have values: then each place has one.
ValueSession value_session(const Session& session, std::size_t scored_from = 0);

enum class LearningRate { kConstant, kAssociability };

/// Parameters: logit alpha, logit forgetting, log beta, phi, logit tau, with an associability logit gamma,
/// then biases: one with one offer, else those of places 1 .. K - 1.
class QLearning : public CurvedLikelihood {
 public:
  /// @param reward_unit  of surprise; that of the sessions where none is given. Sessions that are scored need
  /// that of the
  ///                     fitted ones.
  /// @throws std::invalid_argument where sessions differ in K.
  explicit QLearning(std::vector<ValueSession> sessions, LearningRate rate = LearningRate::kConstant,
                     std::optional<double> reward_unit = {});

  [[nodiscard]] std::size_t parameters() const override;
  [[nodiscard]] std::vector<std::string> parameter_names() const;
  [[nodiscard]] std::size_t sessions() const override { return sessions_.size(); }
  [[nodiscard]] std::size_t observations() const override;
  [[nodiscard]] LearningRate rate() const { return rate_; }
  /// What rewards are measured in: 1 where they are 1 or 0 (synfer/model/data_scale.h).
  [[nodiscard]] double reward_unit() const { return unit_; }
  [[nodiscard]] double nll(std::span<const double> parameters,
                           std::span<const double> weights) const override;
  [[nodiscard]] Curvature curvature(std::span<const double> parameters,
                                    std::span<const double> weights) const override;

 private:
  std::vector<ValueSession> sessions_;
  LearningRate rate_;
  double unit_;
};

/// By Fisher scoring from several starts that are always the same; the best end. Starts and bounds of beta
/// are those of rewards of 1, in units of reward_unit() for others. Rates stay within .0003 and .9997, since
/// data may say nothing of one.
FisherSummary fit_q_learning(
    const QLearning& likelihood, const std::function<bool()>& interrupted = [] { return false; });

}  // namespace synfer
