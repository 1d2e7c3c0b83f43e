// Fisher scoring: a damped proximal Newton method on the expected information.
//
//   minimise  nll(theta) + lambda n pen(theta)   within bounds,  n observations
//
// A step ends at the least point of  g'd + d'(I + mu D)d / 2 + lambda n pen(theta + d)  within the
// bounds (box_lasso.h), so L1 is exact; I is the expected information, D its diagonal unless another is
// given. mu falls where
// the model predicts the decrease well and rises where it does not, or where a trajectory overflows
// (Levenberg 1944; Marquardt 1963; with penalties Lee, Sun and Saunders 2014). It ends where the model,
// hardly damped, promises less than `tolerance` nats: along directions that the data do not see it
// stands still. A parameter whose information is exactly 0 keeps its value.
// For up to a few hundred parameters, beyond which forward sensitivities cost too much: lbfgs.h.
#pragma once

#include <limits>
#include <vector>

#include "synfer/inference/curvature.h"
#include "synfer/inference/optimiser.h"

namespace synfer {

struct FisherOptions {
  int max_iterations = 200;  // trial steps, those not taken included
  double tolerance = 1e-6;   // nats, of the whole loss and not an observation, that are still to be gained
  double damping = 1e-3;     // mu of the first step, and the least after a step that was not taken
  /// Whether a trial step asks for the curvature at once, which holds the value, unless the one before
  /// it failed: cheaper where curvature costs less than about five values, and most steps are taken.
  bool curvature_at_once = true;
};

/// What is minimised beside the likelihood.
struct FisherProblem {
  Penalty penalty = {Penalty::Kind::kNone, 0.0};
  std::size_t penalised = std::numeric_limits<std::size_t>::max();  // the first so many parameters
  std::vector<char> frozen = {};             // the first so many; these keep the value they start from
  std::vector<Bounds> bounds = {};           // of the first so many; a start outside is moved to them
  std::vector<double> session_weights = {};  // S; empty: each session once. They do not change n
  std::vector<double> damping_scale = {};    // P, D; where 0, and empty: the information
  long log_interval = 25;                    // iterations between rows of the trace
};

struct FisherSummary : OptimiserSummary {
  Curvature curvature;         // of the likelihood at the end; empty where the start itself overflows
  std::vector<char> at_bound;  // P: rests at a bound, so that it has no standard error
  double remaining = 0.0;      // nats that the model still promises
};

/// Goes on from `state`, of which parameters are needed; a fresh one holds nothing else. `done` counts
/// trial steps.
FisherSummary minimise_curved(const CurvedLikelihood& likelihood, const FisherProblem& problem,
                              const FisherOptions& options, OptimiserState state,
                              const OptimiserHooks& hooks = {});

/// The same for an objective; the penalty is on the rule's parameters alone.
OptimiserSummary minimise(const FitProblem& problem, const FisherOptions& options, OptimiserState state,
                          const OptimiserHooks& hooks);

}  // namespace synfer
