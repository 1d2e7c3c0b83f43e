#include "synfer/replay/kernels/nodes.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/nodes.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/functions-inl.h"
#include "synfer/replay/kernels/second_nodes-inl.h"
#include "synfer/replay/kernels/second_order-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

HWY_INLINE void activate(const Activation& f, const Block& z, Block& value, Block& slope) {
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto of = activate(Tag(), f, z.part[n]);
    value.part[n] = of.value;
    slope.part[n] = of.slope;
  }
}

void ChoiceAtNodes(const Activation& f, double toward, double offset, bool slopes, BeliefValues& now,
                   Lanes& p, Lanes& not_p) {
  Lanes nodes;
  for (std::size_t q = 0; q < kNodes; ++q) nodes.lane[q] = kNodeAt[q];
  const Block t = load(nodes);
  Block squares;
  Block logit;
  for (std::size_t n = 0; n < kVectors; ++n) {
    squares.part[n] = hn::Mul(t.part[n], t.part[n]);
    logit.part[n] = hn::Set(Tag(), offset);
  }
  const std::size_t km = now.offers * now.neurons;
  for (std::size_t k = 0; k < now.offers; ++k) {
    for (std::size_t j = 0; j < now.neurons; ++j) {
      const std::size_t kj = k * now.neurons + j;
      const double reads = now.sign(k) * now.readout[j];
      Block z;
      for (auto& part : z.part) part = hn::Set(Tag(), now.z[kj]);
      z += now.c1[kj] * t;
      z += now.c2[kj] * squares;
      Block y;
      Block slope;
      activate(f, z, y, slope);
      logit += reads * y;
      if (!slopes) continue;
      Lanes there;
      store(reads * slope, there);
      for (std::size_t q = 0; q < kNodes; ++q) now.slope_at_node[q * km + kj] = there.lane[q];
    }
  }
  Block chosen;
  Block other;
  for (std::size_t n = 0; n < kVectors; ++n) {
    const auto of = logistic(Tag(), logit.part[n]);
    const auto unlikely = hn::Lt(hn::Mul(hn::Set(Tag(), toward), logit.part[n]), hn::Zero(Tag()));
    chosen.part[n] = hn::IfThenElse(unlikely, of.smaller, of.larger);
    other.part[n] = hn::IfThenElse(unlikely, of.larger, of.smaller);
  }
  store(chosen, p);
  store(other, not_p);
}

void SecondChoiceAtNodes(const Activation& f, double toward, double offset, bool slopes, BeliefValues& now,
                         Lanes& p, Lanes& not_p) {
  find_residuals(now, now);
  Lanes nodes;
  for (std::size_t q = 0; q < kNodes; ++q) nodes.lane[q] = kNodeAt[q];
  Block chosen;
  Block other;
  choose_at_node<kAnyKind>(now, f, slopes, load(nodes), all(offset), all(toward), now, chosen, other);
  store(chosen, p);
  store(other, not_p);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(ChoiceAtNodes);
HWY_EXPORT(SecondChoiceAtNodes);

void kernels::choice_at_nodes(const Activation& f, double toward, double offset, bool slopes,
                              BeliefValues& now, Lanes& p, Lanes& not_p) {
  HWY_DYNAMIC_DISPATCH(ChoiceAtNodes)(f, toward, offset, slopes, now, p, not_p);
}

void kernels::second_choice_at_nodes(const Activation& f, double toward, double offset, bool slopes,
                                     BeliefValues& now, Lanes& p, Lanes& not_p) {
  HWY_DYNAMIC_DISPATCH(SecondChoiceAtNodes)(f, toward, offset, slopes, now, p, not_p);
}

}  // namespace synfer
#endif
