// A bias of each session, b_s ~ N(0, sd^2), whose sd the evidence finds: what animals differ in, each session
// apart, without a free parameter for each. The sd is MacKay's fixed point (evidence_fit.h), sd^2 = sum b_s^2
// / gamma, gamma the number of biases that the data determine: Laplace's approximation of the integral over
// the biases. A session that no fit has seen has the prior's mean, 0. With fewer than three sessions, or
// sessions that are nearly alike, the sd runs to its lower end, and the biases to 0.
#pragma once

#include <vector>

#include "synfer/inference/evidence_fit.h"

namespace synfer {

/// The same, with a group of its own for the session biases of an objective, the last group.
EvidenceOptions with_session_biases(EvidenceOptions options, const Objective& objective);

/// What the last group's precision says, once maximised.
double session_bias_sd(const OptimiserState& state);

/// The rival history_only: the covariates and session biases alone, fitted to the same data.
struct HistoryOnly {
  Objective objective;             // see Objective::history_only, with the sd that was found
  std::vector<double> parameters;  // P of it: 0, the history, session biases
};

HistoryOnly fit_history_only(const Objective& objective);

}  // namespace synfer
