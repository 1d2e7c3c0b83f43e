// A session's loss with its slopes and expected information, by forward sensitivities; and the belief
// at its end. The recursion is that of belief.h.
//
// Choices are scored one step ahead where the belief is filtered: each by what the choices before it
// told. Known and averaged stimuli are open loop: past choices matter only through what was learned.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/replay/belief.h"
#include "synfer/replay/replay.h"

namespace synfer {

/// One session under one belief; refers to what it is given.
struct BeliefSession {
  const Model& model;
  std::span<const double> theta;  // P
  const EncodedSession& session;
  const Matrix& initial;  // N x M, the mean weights before the first step
  BeliefOptions options = {};
  const LogitOffsets* offsets = nullptr;
};

/// Sums over scored steps; P lanes.
struct SessionCurvature {
  SessionLoss loss;
  Vector choice_gradient;            // P, of choice_nll
  Matrix choice_information;         // P x P, expected
  Vector squared_error_gradient;     // P, of squared_error
  Matrix squared_error_information;  // P x P, sum of dy dy' over recorded values
  bool held = false;                 // see Belief::held
};

/// @throws NonFiniteError where a weight overflows: it names session, step and term.
SessionCurvature session_curvature(const BeliefSession& of, const BeliefLanes& lanes);

/// The value alone.
/// @throws NonFiniteError as above.
SessionLoss session_loss(const BeliefSession& of);

/// A belief through a session, step by step.
struct BeliefTrace {
  std::vector<double> log_probabilities;  // T; 0 at steps without a choice
  Matrix mean;                            // N x M, after the last step
  Matrix covariance;                      // (N M) x (N M), input by input; where it is dense
};

BeliefTrace belief_trace(const BeliefSession& of);

}  // namespace synfer
