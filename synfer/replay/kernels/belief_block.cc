#include "synfer/replay/kernels/belief_block.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/replay/kernels/belief_block.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/replay/kernels/change_block-inl.h"
#include "synfer/replay/kernels/observe_block-inl.h"
#include "synfer/replay/kernels/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// The shape and the activation of the default network are compiled by themselves.
HWY_INLINE bool plain(const Activation& f, const BlockValues& now) {
  return now == kPlainShape && f.kind == Activation::Kind::kTanh;
}

void Respond(const Activation& f, BlockValues& now) {
  plain(f, now) ? respond<kTanh>(kPlainShape, f, now) : respond<kAnyKind>(now, f, now);
}

void Observe(const Activation& f, bool moments, ChoiceLanes& choice, BlockValues& now) {
  plain(f, now) ? observe<kTanh>(kPlainShape, f, moments, choice, now)
                : observe<kAnyKind>(now, f, moments, choice, now);
}

void Move(BlockValues& now) { now == kPlainShape ? move(kPlainShape, now) : move(now, now); }

void BeginChange(BlockValues& now) {
  for (auto* v : {&now.phi, &now.gamma, &now.psi, &now.g}) std::ranges::fill(*v, Lanes{});
  const Block alpha = load(now.alpha);
  for (std::size_t i = 0; i < now.inputs; ++i) store(load(now.x[i]) + alpha * load(now.v[i]), now.xh[i]);
}

void RespondToBelieved(const Activation& f, std::size_t j, const BlockValues& now, Lanes& y,
                       kernels::ResponseSlopes<Lanes>& slopes) {
  plain(f, now) ? respond_to_believed<kTanh>(kPlainShape, f, j, now, y, slopes)
                : respond_to_believed<kAnyKind>(now, f, j, now, y, slopes);
}

void FindSpread(std::size_t j, const kernels::ResponseSlopes<Lanes>& y, BlockValues& now) {
  now == kPlainShape ? find_spread(kPlainShape, j, y, now) : find_spread(now, j, y, now);
}

void AddMeanAbove(std::size_t j, Lanes* g, const BlockValues& now) {
  for (std::size_t i = 0; i < now.inputs; ++i) add_mean_above(now, now.ij(i, j), g[i]);
}

void AddSlopesOfChange(std::size_t j, const Lanes& y1, BlockValues& now) {
  now == kPlainShape ? add_slopes_of_change(kPlainShape, j, y1, now) : add_slopes_of_change(now, j, y1, now);
}

void ChangeMean(std::size_t j, const Lanes* g, BlockValues& now) {
  const Block eta = load(now.eta);
  for (std::size_t i = 0; i < now.inputs; ++i) {
    Lanes& m = now.m[now.ij(i, j)];
    store(load(m) + eta * load(g[i]), m);
  }
}

void ChangeCovariance(BlockValues& now) {
  if (now.apart > 0.0) now == kPlainShape ? change_apart(kPlainShape, now) : change_apart(now, now);
  now == kPlainShape ? change_covariance(kPlainShape, now) : change_covariance(now, now);
}

bool Beyond(double reach, const BlockValues& now) {
  Block largest = zero();
  Block widest = zero();
  for (const Lanes& m : now.m) {
    for (std::size_t n = 0; n < kVectors; ++n)
      largest.part[n] = hn::Max(largest.part[n], hn::Abs(load(m).part[n]));
  }
  for (std::size_t d = 0; d < now.modes; ++d) {
    for (std::size_t n = 0; n < kVectors; ++n)
      widest.part[n] = hn::Max(widest.part[n], load(now.p[d * now.modes + d]).part[n]);
  }
  for (std::size_t n = 0; n < kVectors; ++n) {
    if (!hn::AllFalse(Tag(), hn::Gt(largest.part[n], hn::Set(Tag(), reach)))) return true;
    if (!hn::AllFalse(Tag(), hn::Gt(widest.part[n], hn::Set(Tag(), reach * reach)))) return true;
  }
  return false;
}

void AddChoice(const BeliefSlopes& d, const Lanes& weight, const Lanes& by, Lanes* gradient, Lanes* sum) {
  const Block of_gradient = load(by);
  const Block of_sum = load(weight);
  for (std::size_t a = 0; a < d.log_p.blocks(); ++a) {
    const Block slope = load(*d.log_p.block(a));
    store(load(gradient[a]) + of_gradient * slope, gradient[a]);
    const Block weighted = of_sum * slope;
    for (std::size_t b = 0; b <= a; ++b, ++sum) store(load(*sum) + weighted * load(*d.log_p.block(b)), *sum);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer::kernels {

HWY_EXPORT(Respond);
HWY_EXPORT(Observe);
HWY_EXPORT(Move);
HWY_EXPORT(BeginChange);
HWY_EXPORT(RespondToBelieved);
HWY_EXPORT(FindSpread);
HWY_EXPORT(AddMeanAbove);
HWY_EXPORT(AddSlopesOfChange);
HWY_EXPORT(ChangeMean);
HWY_EXPORT(ChangeCovariance);
HWY_EXPORT(Beyond);
HWY_EXPORT(AddChoice);

void respond(const Activation& f, BlockValues& now) { HWY_DYNAMIC_DISPATCH(Respond)(f, now); }

void observe(const Activation& f, bool moments, ChoiceLanes& choice, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(Observe)(f, moments, choice, now);
}

void move(BlockValues& now) { HWY_DYNAMIC_DISPATCH(Move)(now); }

void begin_change(BlockValues& now) { HWY_DYNAMIC_DISPATCH(BeginChange)(now); }

void respond_to_believed(const Activation& f, std::size_t j, const BlockValues& now, Lanes& y,
                         ResponseSlopes<Lanes>& slopes) {
  HWY_DYNAMIC_DISPATCH(RespondToBelieved)(f, j, now, y, slopes);
}

void find_spread(std::size_t j, const ResponseSlopes<Lanes>& y, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(FindSpread)(j, y, now);
}

void add_mean_above(std::size_t j, Lanes* g, const BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(AddMeanAbove)(j, g, now);
}

void add_slopes_of_change(std::size_t j, const Lanes& y1, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(AddSlopesOfChange)(j, y1, now);
}

void change_mean(std::size_t j, const Lanes* g, BlockValues& now) {
  HWY_DYNAMIC_DISPATCH(ChangeMean)(j, g, now);
}

void change_covariance(BlockValues& now) { HWY_DYNAMIC_DISPATCH(ChangeCovariance)(now); }

bool beyond(double reach, const BlockValues& now) { return HWY_DYNAMIC_DISPATCH(Beyond)(reach, now); }

void add_choice(const BeliefSlopes& d, const Lanes& weight, const Lanes& by, Lanes* gradient, Lanes* sum) {
  HWY_DYNAMIC_DISPATCH(AddChoice)(d, weight, by, gradient, sum);
}

}  // namespace synfer::kernels
#endif
