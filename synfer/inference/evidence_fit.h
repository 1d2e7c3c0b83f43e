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
// First rounds are damped by the information: they go far, and find steep rules too. Then steps are damped by
// mu A, in units of the prior's sds: most directions of a flexible rule the data leave to the prior, and
// along these g is curved. Damped by the information, which is thousands of times larger for the same
// parameters, theta would hardly move there, and precisions would be set before it has come to where they
// belong.
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
  std::vector<std::size_t> groups = {};  // of the first so many parameters, counted from 0 without a gap, or
                                         // kNoPrior, which all others have. Empty: each its own
  std::vector<double> first = {};        // precision to start from, a group; empty: 100
  std::vector<double> least = {};        // precision, a group; empty: no bound
  int max_iterations = 30;               // rounds
  int steps = 6;                         // of Fisher scoring, at most, in a round
  double tolerance = 1e-2;               // nats of log evidence that the last round gains
  double damping = 1.0;                  // share of the step of log alpha that is taken
  /// Of several starts: rounds after each of which the half with more evidence goes on alone. Which start
  /// ends best shows after few rounds (studies/mlp).
  std::vector<int> heats = {4, 8};
};

struct EvidenceProblem {
  std::size_t with_prior = std::numeric_limits<std::size_t>::max();  // where each is its own group: so many
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
/// @param groups      of the first so many parameters; others have no prior
/// @param precisions  a group
/// @param frozen      the first so many
Evidence laplace_evidence(const Curvature& likelihood, std::span<const double> parameters,
                          std::span<const std::size_t> groups, std::span<const double> precisions,
                          std::span<const char> frozen = {});

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

/// The same for an objective. Groups of an MLP rule are in mlp_prior.h; without groups each parameter of the
/// rule is its own, so that those of no use are shrunk away (automatic relevance determination). What
/// follows the rule's parameters has no prior. The penalty of the problem has no part in it.
OptimiserSummary minimise(const FitProblem& problem, const EvidenceOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks);

}  // namespace synfer
