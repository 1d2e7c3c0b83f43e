// Type II maximum likelihood: Gaussian priors as wide as the evidence says.
//
//   minimise  nll(theta) + sum_p A_p theta_p^2 / 2,   A_p = alpha_g, one precision a group of parameters
//   alpha_g = gamma_g / sum theta_p^2,  gamma_g = sum (1 - alpha_g [(I + A)^-1]_pp)  over the group's p
//
// gamma_g counts the parameters of a group that the data determine, not the prior. Rounds of a few steps
// of Fisher scoring, each followed by a damped step of the precisions, from strong priors to weak ones,
// climb the Laplace approximation of the evidence (but for the information's own slopes):
//
//   log ev = -nll - theta'A theta / 2 + log det A / 2 - log det(I + A) / 2
//
// Source: MacKay, A practical Bayesian framework for backpropagation networks (Neural Computation 1992).
// Evidence, not the likelihood, also tells starts apart: a flexible rule that fits better by
// optimisation alone recovers the weights worse. For up to about a hundred parameters, as fisher_scoring.h.
#pragma once

#include <limits>
#include <vector>

#include "synfer/inference/curvature.h"
#include "synfer/inference/optimiser.h"

namespace synfer {

/// The group of a parameter without prior.
inline constexpr std::size_t kNoPrior = std::numeric_limits<std::size_t>::max();

struct EvidenceOptions {
  int max_iterations = 100;        // rounds
  int steps = 3;                   // of Fisher scoring, at most, in a round
  double tolerance = 1e-2;         // nats of log evidence that a round gains
  double first_precision = 100.0;  // of every group
  double damping = 0.7;            // share of the step of log alpha that is taken
};

struct EvidenceProblem {
  std::vector<std::size_t> groups;           // P; groups count from 0 without a gap, or kNoPrior
  std::vector<double> least = {};            // precision of each group; empty: no bound
  std::vector<char> frozen = {};             // the first so many; these keep their value, and have no prior
  std::vector<Bounds> bounds = {};           // of the first so many
  std::vector<double> session_weights = {};  // S; empty: each session once
  long log_interval = 25;                    // rounds between rows of the trace
};

/// The evidence at a point, and what it says of the precisions.
struct Evidence {
  double log_evidence = 0.0;       // nats; but for constants of the likelihood
  std::vector<double> determined;  // gamma, a group
  std::vector<double> squares;     // sum of theta^2, a group
};

/// Laplace's approximation around these parameters. Those that are frozen, or without information
/// and without prior, do not enter.
/// @param likelihood  there, without the prior
/// @param precisions  a group
Evidence laplace_evidence(const Curvature& likelihood, std::span<const double> parameters,
                          const EvidenceProblem& problem, std::span<const double> precisions);

/// In the state `precisions` are those of the groups, `loss` is minus the log evidence over n.
struct EvidenceSummary : OptimiserSummary {
  double log_evidence = 0.0;
  std::vector<double> determined;  // gamma, a group; their sum is the effective number of parameters
  Curvature curvature;             // of the likelihood at the end
};

/// Goes on from `state`, of which parameters are needed. `done` counts rounds; an interrupted round is
/// taken back, so that a resumed fit ends where it would have ended.
EvidenceSummary maximise_evidence(const CurvedLikelihood& likelihood, const EvidenceProblem& problem,
                                  const EvidenceOptions& options, OptimiserState state,
                                  const OptimiserHooks& hooks = {});

/// The same for an objective: groups of an MLP rule as in mlp_prior.h; of another rule's parameters each
/// is its own, so that those of no use are shrunk away (automatic relevance determination). What follows
/// the rule's parameters has no prior. The penalty of the problem has no part in it.
OptimiserSummary minimise(const FitProblem& problem, const EvidenceOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks);

}  // namespace synfer
