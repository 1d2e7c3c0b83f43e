// The rule and its rivals on one fold of a cross-validation: each fitted to what may be seen, and scored on
// what may not.
//
// fit                 the rule, estimated as the run estimates it, its terms selected anew where it selects
// coin_flip, training_rate, own_rate    need no fit; own_rate is an oracle: the shares of the scored choices
// without_plasticity  the same network, whose weights stay as they begin, without history
// history_only        history covariates and session biases alone, fitted anew; where the settings have none,
//                     all covariates that suit the choices
// drift_only          latent weights that walk at random, without a rule; the walk and the history estimated
//                     as in the fit
// shuffled_rewards    the fold's rule refitted, and scored, with rewards shuffled within each session; the
//                     mean over draws, infinite where one of them overflows: no gain is stated then. Refits
//                     start where the fit ended as well as near 0, so that the fit has no better start than
//                     its control
// q_learning          values instead of weights (inference/q_learning.h)
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "synfer/evaluation/cross_validation.h"
#include "synfer/settings/configuration.h"

namespace synfer {

struct FoldScores {
  std::map<std::string, std::vector<double>> nll;  // nats by model, of each scored part
  std::string rule;                                // the rule of this fold with its numbers
};

/// Recorded sessions, and the same as they are replayed.
struct RivalData {
  const std::vector<Session>& recorded;
  std::vector<EncodedSession> replayed;
};

/// Empty where `interrupted`.
FoldScores fit_and_score(const Configuration& c, const RivalData& data, const Fold& fold,
                         const std::function<bool()>& interrupted);

/// The models that these settings call for, in the order of a table: the fit first.
std::vector<std::string> models_of(const Configuration& c);

}  // namespace synfer
