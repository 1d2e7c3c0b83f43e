#include "synfer/replay/belief_adjoint.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfer/base/stop.h"
#include "synfer/replay/belief_pull_back.h"
#include "synfer/replay/belief_run.h"

namespace synfer {
namespace {

// Measured with 1 to 81 parameters of the rule, 2 x 10 to 2 x 50 weights and 480 steps: the dense filter
// crosses at once (a factor of 2 to 6), whatever the parameters; the common mode at 40 to 60 estimated
// initial weights, averaged choices at 60 to 100. With parameters of the rule alone, up to 400, the two
// stay within a factor of 1.7 of one another there, mostly for the forward way.
constexpr std::size_t kInitialWeightsToCross = 60;

}  // namespace

SessionLoss session_loss_and_gradient(const BeliefSession& of, const BeliefLanes& lanes,
                                      std::span<double> gradient) {
  const EncodedSession& session = of.session;
  Belief belief(of, {});
  std::vector<double> kept;  // a step: m, P and R before it
  const auto cells = static_cast<std::size_t>(belief.mean().size());
  const auto covariances = static_cast<std::size_t>(belief.covariance().size());
  const std::size_t a_step = cells + covariances + static_cast<std::size_t>(belief.covariance_apart().size());
  kept.reserve(session.steps() * a_step);
  SessionLoss loss;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    stop_if_asked();
    for (const Matrix* of_belief : {&belief.mean(), &belief.covariance(), &belief.covariance_apart()}) {
      kept.insert(kept.end(), of_belief->data(), of_belief->data() + of_belief->size());
    }
    const double log_p = observe_step(belief, of, t, 0);
    if (scored(session, t)) {
      loss.choice_nll -= log_p;
      ++loss.choices;
    }
    advance_step(belief, of, t);
  }
  refuse_non_finite_belief(belief.finite(), of);

  BeliefPullBack back(of, lanes, gradient);
  for (std::size_t t = session.steps(); t-- > 0;) {
    stop_if_asked();
    const auto before = std::span(kept).subspan(t * a_step, a_step);
    back.through_step(t, before.first(cells), before.subspan(cells, covariances),
                      before.subspan(cells + covariances));
  }
  back.to_start();
  refuse_non_finite_slopes(of, std::ranges::all_of(gradient, [](double g) { return std::isfinite(g); }));
  return loss;
}

bool adjoint_costs_less(const BeliefOptions& options, const BeliefLanes& lanes, std::size_t initial_weights) {
  if (options.stimuli == BeliefOptions::Stimuli::kFiltered &&
      options.covariance == BeliefOptions::Covariance::kDense) {
    return true;
  }
  return lanes.initial && initial_weights > kInitialWeightsToCross;
}

}  // namespace synfer
