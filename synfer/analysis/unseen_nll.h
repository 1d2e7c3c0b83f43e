// Nats of choices that a fit never saw, under what it found.
//
// A session is replayed from its start; what the fit estimated for that session alone (initial weights, a
// bias) is used where the fit saw its earlier part. Any other session has the mean of the initial weights,
// and no bias, the mean of its prior.
#pragma once

#include <span>
#include <vector>

#include "synfer/inference/session_bias.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// Of each session's scored choices; infinite where weights overflow. Resampled stimuli: the mean over draws
/// that no fit has seen.
std::vector<double> unseen_nll(const Configuration& c, const Objective& fitted,
                               std::span<const double> parameters,
                               const std::vector<EncodedSession>& sessions);

/// The same network whose weights stay as they begin, without history.
std::vector<double> unseen_nll_without_plasticity(const Configuration& c, const Objective& fitted,
                                                  std::span<const double> parameters,
                                                  std::vector<EncodedSession> sessions);

/// The covariates and biases that were fitted alone.
std::vector<double> unseen_nll_of_history(const Configuration& c, const HistoryOnly& alone,
                                          const std::vector<EncodedSession>& sessions);

}  // namespace synfer
