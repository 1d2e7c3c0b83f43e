// Percent deviance explained: 100 (1 - D_model / D_null), D = -2 log likelihood of the choices, and
// the null is always named.
#pragma once

#include <vector>

#include "synfer/model/encoding.h"

namespace synfer {

/// A model without memory: the probability of accepting (K = 1) or of choosing each place (K >= 2).
struct ChoiceShares {
  std::vector<double> probability;  // K = 1: one number, P(accept); K >= 2: K numbers
};

/// The same chance for each alternative: the null `coin_flip`.
ChoiceShares coin_flip(int offers);

/// Shares of the scored choices of all sessions together. Of the scored data themselves this is the
/// null `own_rate`, an oracle; of the training data, `training_rate`. So that no choice is impossible,
/// an alternative never chosen has the share 1/(2n), n choices, or 1/K where that is less, taken
/// from the others in proportion: an accept rate lies between 1/(2n) and 1 - 1/(2n).
/// @throws std::invalid_argument where the sessions differ in K or hold no choice.
ChoiceShares choice_shares(const std::vector<EncodedSession>& sessions);

/// Negative log likelihood (nats) of the scored choices of a session.
/// @throws std::invalid_argument where the shares are those of another K.
double choice_nll(const EncodedSession& session, const ChoiceShares& shares);

/// NaN where the null's deviance is 0.
double percent_deviance(double model_nll, double null_nll);

}  // namespace synfer
