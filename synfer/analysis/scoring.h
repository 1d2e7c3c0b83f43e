// How well the rule of a run predicts and recovers, in the settings' own terms: evaluation with the
// fit's treatment of stimuli and weights.
#pragma once

#include <vector>

#include "synfer/evaluation/percent_deviances.h"
#include "synfer/plan/experiment.h"
#include "synfer/plan/fit_data.h"
#include "synfer/results/result.h"

namespace synfer {

bool has_choices(const std::vector<EncodedSession>& sessions);

/// The rule of a result with its parameters.
TrueRule rule_of(const Configuration& c, const RunResult& result);

/// Weights that were estimated take the place of assumed ones: the session's own, where the sessions
/// are those of the fit; else the shared ones, or the mean over the fitted sessions.
void use_estimated_weights(const RunResult& result, bool same_sessions, std::vector<Matrix>& initial);

/// With what was estimated of the belief in place of the settings; sds in a result are those of one weight.
BeliefOptions fitted_belief(const Configuration& c, DataOrigin origin, const RunResult& result);

/// How the rule of a result predicts the choices of sessions, as the fit treats stimuli and weights. Refers
/// to itself.
struct FittedPrediction {
  /// @param same_sessions  whether the sessions are those of the fit, so that biases are their own
  FittedPrediction(const Configuration& c, DataOrigin origin, const RunResult& result,
                   const std::vector<EncodedSession>& sessions, bool same_sessions);
  FittedPrediction(const FittedPrediction&) = delete;
  FittedPrediction& operator=(const FittedPrediction&) = delete;
  ~FittedPrediction() = default;

  TrueRule rule;
  Model model;
  Prediction prediction;
};

/// Percent deviance against every null. Empty where there are no choices.
/// @param same_sessions  whether the sessions are those of the fit, so that weights estimated for each
///                       session are its own
Scores deviance_scores(const Configuration& c, DataOrigin origin, const RunResult& result, ReplayData data,
                       bool same_sessions);

/// The same on fresh sessions of the true rule, with the true rule's own deviance, and the R2 of weights
/// and activity.
Scores recovery_scores(const Configuration& c, const TrueRule& truth, const RunResult& result,
                       const std::vector<SimulatedSession>& fresh);

}  // namespace synfer
