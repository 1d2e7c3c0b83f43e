#include "synfer/replay/belief_run.h"

#include "synfer/base/error.h"
#include "synfer/replay/non_finite.h"

namespace synfer {

LogitOffset offset_at(const BeliefSession& of, std::size_t t, std::size_t offset_lanes) {
  if (of.offsets == nullptr) return {};
  return of.offsets->at(t, static_cast<std::size_t>(of.session.offers), offset_lanes);
}

double observe_step(Belief& belief, const BeliefSession& of, std::size_t t, std::size_t offset_lanes) {
  const auto size = static_cast<std::size_t>(of.session.offers * of.session.inputs);
  return belief.observe(std::span(of.session.x).subspan(t * size, size), of.session.free_choice(t),
                        offset_at(of, t, offset_lanes));
}

void advance_step(Belief& belief, const BeliefSession& of, std::size_t t) {
  if (of.session.learns[t] != 0) belief.advance(of.session.learned_offer(t), of.session.r[t]);
}

bool scored(const EncodedSession& session, std::size_t t) { return session.scored_choice(t) != kNoChoice; }

void refuse_non_finite_belief(bool finite, const BeliefSession& of) {
  if (finite) return;
  refuse_non_finite_replay(of.model, of.theta, of.session, of.initial);
  throw NonFiniteError(of.session.animal, of.session.name, of.session.steps() - 1,
                       of.model.rule.parameter_names().front(), "belief");
}

void refuse_non_finite_slopes(const BeliefSession& of, bool finite) {
  if (finite) return;
  throw NonFiniteError(of.session.animal, of.session.name, of.session.steps() - 1,
                       of.model.rule.parameter_names().front(), "sensitivity");
}

}  // namespace synfer
