// The forward sensitivities of the belief, for any shape and for the plain one, of one session and of eight.

#include "synfer/replay/kernels/belief_slopes.h"

#include <type_traits>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/belief_slopes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/change_slopes-inl.h"
#include "synfer/replay/kernels/observe_slopes-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class Values>
void Respond(const Values& now, BeliefSlopes& d) {
  now == kPlainShape ? respond(kPlainShape, now, d) : respond(now, now, d);
}

// Calls run(shape, scratch): what does not outlive a line is the function's own where the shape is known, and
// then stays in registers. `run` is always_inline: it stands here twice, and must see the shape.
template <class Values, class Run>
HWY_INLINE void with_scratch(const Values& now, BeliefSlopes& d, const Run& run) {
  if (now == kPlainShape) {
    Lanes scratch[BeliefSlopes::scratch_of(kPlainShape)];
    run(kPlainShape, scratch);
  } else {
    run(now, d.scratch.block(0));
  }
}

template <class Values>
void ObserveAlongLine(const Values& now, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    observe_along_line(s, now, d, scratch);
  });
}

template <class Values>
void BeginChange(const Values& now, BeliefSlopes& d) {
  begin_change(now, now, d);
}

template <class Values>
void ChangeWeights(const Values& now, std::size_t j, const kernels::ResponseSlopes<EntryOf<Values>>& y,
                   const Lanes* by_theta, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    change_weights(s, now, j, y, by_theta, d, scratch);
  });
}

template <class Values>
void ChangeCovariance(const Values& now, BeliefSlopes& d) {
  with_scratch(now, d, [&](const BeliefShape s, Lanes* scratch) HWY_ATTR __attribute__((always_inline)) {
    change_covariance(s, now, d, scratch);
  });
}

// Of one session, a block of lanes for eight parameters; and of eight sessions, a block a parameter.
void RespondOne(const BeliefValues& now, BeliefSlopes& d) { Respond(now, d); }
void ObserveOne(const BeliefValues& now, BeliefSlopes& d) { ObserveAlongLine(now, d); }
void BeginOne(const BeliefValues& now, BeliefSlopes& d) { BeginChange(now, d); }
void ChangeOne(const BeliefValues& now, std::size_t j, const kernels::ResponseSlopes<double>& y,
               const Lanes* by_theta, BeliefSlopes& d) {
  ChangeWeights(now, j, y, by_theta, d);
}
void SpreadOne(const BeliefValues& now, BeliefSlopes& d) { ChangeCovariance(now, d); }

void RespondEight(const BlockValues& now, BeliefSlopes& d) { Respond(now, d); }
void ObserveEight(const BlockValues& now, BeliefSlopes& d) { ObserveAlongLine(now, d); }
void BeginEight(const BlockValues& now, BeliefSlopes& d) { BeginChange(now, d); }
void ChangeEight(const BlockValues& now, std::size_t j, const kernels::ResponseSlopes<Lanes>& y,
                 const Lanes* by_theta, BeliefSlopes& d) {
  ChangeWeights(now, j, y, by_theta, d);
}
void SpreadEight(const BlockValues& now, BeliefSlopes& d) { ChangeCovariance(now, d); }

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

BeliefSlopes::BeliefSlopes(const BeliefShape& of, std::size_t lanes, std::size_t theta_lanes)
    : theta_blocks(blocks_of(theta_lanes)) {
  const std::size_t modes = of.modes;
  const std::size_t kn = of.offers * of.inputs;
  const std::size_t km = of.offers * of.neurons;
  const auto columns = [&](std::size_t count) { return LaneArray(lanes, count); };
  m = columns(of.inputs * of.neurons);
  p = r = columns(modes * modes);
  z = columns(km);
  // Of three offers and more as many lines as there are differences of logits.
  const std::size_t rank = of.offers > 2 ? of.offers - 1 : 1;
  phi = gamma = psi = columns(modes);
  u = columns(rank * modes);
  v = columns(rank * kn);
  alpha = columns(rank);
  kappa = columns(rank * rank);
  log_p = log_noise_sd = log_walk_sd = columns(1);
  rows = columns(of.offers > 2 ? of.offers : 1);
  xh = columns(of.inputs);
  g = columns(modes * of.inputs);
  offset = columns(of.offers);
  scratch = LaneArray(1, scratch_of(of));
}

namespace kernels {

HWY_EXPORT(RespondOne);
HWY_EXPORT(ObserveOne);
HWY_EXPORT(BeginOne);
HWY_EXPORT(ChangeOne);
HWY_EXPORT(SpreadOne);
HWY_EXPORT(RespondEight);
HWY_EXPORT(ObserveEight);
HWY_EXPORT(BeginEight);
HWY_EXPORT(ChangeEight);
HWY_EXPORT(SpreadEight);

void respond(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(RespondOne)(now, d); }
void respond(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(RespondEight)(now, d); }

void observe_along_line(const BeliefValues& now, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ObserveOne)(now, d);
}
void observe_along_line(const BlockValues& now, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ObserveEight)(now, d);
}

void begin_change(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(BeginOne)(now, d); }
void begin_change(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(BeginEight)(now, d); }

void change_weights(const BeliefValues& now, std::size_t j, const ResponseSlopes<double>& y,
                    const Lanes* by_theta, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ChangeOne)(now, j, y, by_theta, d);
}
void change_weights(const BlockValues& now, std::size_t j, const ResponseSlopes<Lanes>& y,
                    const Lanes* by_theta, BeliefSlopes& d) {
  HWY_DYNAMIC_DISPATCH(ChangeEight)(now, j, y, by_theta, d);
}

void change_covariance(const BeliefValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(SpreadOne)(now, d); }
void change_covariance(const BlockValues& now, BeliefSlopes& d) { HWY_DYNAMIC_DISPATCH(SpreadEight)(now, d); }

}  // namespace kernels
}  // namespace synfer
#endif
