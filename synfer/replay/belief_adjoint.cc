#include "synfer/replay/belief_adjoint.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "synfer/replay/belief_pull_back.h"
#include "synfer/replay/belief_run.h"

namespace synfer {

SessionLoss session_loss_and_gradient(const BeliefSession& of, const BeliefLanes& lanes,
                                      std::span<double> gradient) {
  const EncodedSession& session = of.session;
  Belief belief(of.model, of.theta, of.initial, of.options, {}, static_cast<std::size_t>(session.offers));
  std::vector<double> kept;  // a step: m, then P, before it
  const auto cells = static_cast<std::size_t>(belief.mean().size());
  const std::size_t a_step = cells + static_cast<std::size_t>(belief.covariance().size());
  kept.reserve(session.steps() * a_step);
  SessionLoss loss;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    for (const Matrix* of_belief : {&belief.mean(), &belief.covariance()}) {
      kept.insert(kept.end(), of_belief->data(), of_belief->data() + of_belief->size());
    }
    const double log_p = observe_step(belief, of, t, 0);
    if (scored(session, t)) {
      loss.choice_nll -= log_p;
      ++loss.choices;
    }
    advance_step(belief, of, t);
  }
  refuse_non_finite_belief(belief, of);

  BeliefPullBack back(of, lanes, gradient);
  for (std::size_t t = session.steps(); t-- > 0;) {
    const auto before = std::span(kept).subspan(t * a_step, a_step);
    back.through_step(t, before.first(cells), before.subspan(cells));
  }
  back.to_start();
  refuse_non_finite_slopes(of, std::ranges::all_of(gradient, [](double g) { return std::isfinite(g); }));
  return loss;
}

}  // namespace synfer
