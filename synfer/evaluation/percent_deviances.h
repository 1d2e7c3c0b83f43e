// Percent deviance explained by a fitted rule, session by session, against every null that needs no
// fit of its own: coin_flip, training_rate, own_rate and without_plasticity, which is the same network
// without history covariates; and, where its fit is given, against history_only, the covariates alone.
//
// Two questions, never mixed in one table. Open loop: the model replays the recorded choices and
// rewards, and past choices matter only through what was learned from them; where stimuli are
// resampled, the log likelihood is the mean over draws that no fit has seen. One step ahead (a filtered
// belief): each choice is predicted from all choices before it; without_plasticity then filters as well.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/evaluation/deviance.h"
#include "synfer/evaluation/summary.h"
#include "synfer/model/model.h"
#include "synfer/replay/belief.h"

namespace synfer {

/// How a model is made to predict.
struct Prediction {
  const Model& model;
  std::span<const double> theta;  // P
  double resampling_sd = 0.0;     // > 0: stimuli are draws with this noise, as in the fit
  std::uint64_t seed = 1;
  int draws = 20;                               // of resampled stimuli
  BeliefOptions belief = {};                    // one step ahead where it is filtered
  std::vector<LogitOffsets> offsets = {};       // a session each, of history covariates; empty: none
  std::vector<LogitOffsets> history_only = {};  // those of the rival without a rule; empty: no such rival
};

/// Nats of each session's scored choices; infinite where the rule makes weights overflow.
/// @param initial  N x M, a session each
std::vector<double> choice_nlls(const Prediction& prediction, const std::vector<EncodedSession>& sessions,
                                const std::vector<Matrix>& initial);

/// By the null's name. Empty where no session has a scored choice; NaN for a session without one, and minus
/// infinity for one in which the rule makes weights overflow, which leaving out would flatter.
/// @param initial  N x M, a session each
std::map<std::string, SessionScores> percent_deviances(const Prediction& prediction,
                                                       const std::vector<EncodedSession>& sessions,
                                                       const std::vector<Matrix>& initial,
                                                       const ChoiceShares& training);

}  // namespace synfer
