#include "synfer/model/taylor_columns.h"

#include <algorithm>
#include <type_traits>

#include "synfer/model/taylor_rule.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/taylor_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/taylor_dense_kernel-inl.h"
#include "synfer/model/taylor_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <int B, int C, typename Number, class Pass>
void run_compiled(TaylorColumnsOf<Number>& of, const Pass& pass) {
  TaylorKernel<Number, B, C> kernel(of);
  pass(kernel);
}

// Runs the pass that is compiled for the rule's highest powers.
template <int B, typename Number, class Pass>
void run_with(TaylorColumnsOf<Number>& of, const Pass& pass) {
  switch (of.highest_w) {
    case 0:
      return run_compiled<B, 0>(of, pass);
    case 1:
      return run_compiled<B, 1>(of, pass);
    default:
      return run_compiled<B, 2>(of, pass);
  }
}

template <typename Number, class Pass>
void run(TaylorColumnsOf<Number>& of, const Pass& pass) {
  if (DenseTaylorKernel<Number>::suits(of, pass.s.inputs)) {
    DenseTaylorKernel<Number> kernel(of);
    return pass(kernel);
  }
  switch (of.highest_y) {
    case 0:
      return run_with<0>(of, pass);
    case 1:
      return run_with<1>(of, pass);
    case 2:
      return run_with<2>(of, pass);
    default:
      return run_compiled<kHighestPower, kHighestPower>(of, pass);
  }
}

void TaylorForward(TaylorColumnsOf<double>& of, const Stretch& s, bool responds) {
  run(of, Forward{s, responds});
}
void TaylorForwardSingle(TaylorColumnsOf<float>& of, const StretchOf<float>& s, bool responds) {
  run(of, Forward{s, responds});
}

void TaylorBackward(TaylorColumnsOf<double>& of, const Stretch& s, double* y_bar, double* w_bar) {
  run(of, Backward{s, y_bar, w_bar});
}
void TaylorBackwardSingle(TaylorColumnsOf<float>& of, const StretchOf<float>& s, float* y_bar, float* w_bar) {
  run(of, Backward{s, y_bar, w_bar});
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(TaylorForward);
HWY_EXPORT(TaylorForwardSingle);
HWY_EXPORT(TaylorBackward);
HWY_EXPORT(TaylorBackwardSingle);

template <typename Number>
TaylorColumnsOf<Number>::TaylorColumnsOf(const std::vector<Term>& terms,
                                         std::span<const double> theta_of_terms) {
  const auto raise = [](std::size_t& highest, int power) {
    highest = std::max(highest, static_cast<std::size_t>(power));
  };
  for (const Term& term : terms) {
    raise(highest_x, term.x);
    raise(highest_r, term.r);
    raise(highest_y, term.y);
    raise(highest_w, term.w);
  }
  if (std::max(highest_y, highest_w) > 2) highest_y = highest_w = kHighestPower;
  slots = padded_slots<Number>((highest_y + 1) * (highest_w + 1));
  bar.resize((highest_x + 1) * (highest_r + 1) * slots);
  std::vector<double> theta(bar.size());  // a x d x slots
  for (std::size_t p = 0; p < terms.size(); ++p) {
    const auto [x, y, w, r] = terms[p];
    const auto data = static_cast<std::size_t>(x) * (highest_r + 1) + static_cast<std::size_t>(r);
    const auto state = static_cast<std::size_t>(y) * (highest_w + 1) + static_cast<std::size_t>(w);
    place_.push_back(data * slots + state);
    theta[place_.back()] = theta_of_terms[p];
  }
  for (std::size_t slot = 0; slot < slots; ++slot) {
    for (std::size_t data = theta.size() / slots; data-- > 0;)
      highest_first.push_back(static_cast<Number>(theta[data * slots + slot]));
  }
}

template <typename Number>
void TaylorColumnsOf<Number>::Batch::reserve(std::size_t used, std::size_t padded) {
  if (rows <= room) return;
  room = rows;
  for (Numbers* numbers : {&x, &r, &factor})
    *numbers = std::make_unique_for_overwrite<Number[]>(rows);        // NOLINT
  c = std::make_unique_for_overwrite<Number[]>(rows * used);          // NOLINT(modernize-avoid-c-arrays)
  moments = std::make_unique_for_overwrite<Number[]>(rows * padded);  // NOLINT(modernize-avoid-c-arrays)
}

template <typename Number>
void TaylorColumnsOf<Number>::forward(const StretchOf<Number>& stretch) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(TaylorForwardSingle)(*this, stretch, true);
  } else {
    HWY_DYNAMIC_DISPATCH(TaylorForward)(*this, stretch, true);
  }
}

template <typename Number>
void TaylorColumnsOf<Number>::redo(const StretchOf<Number>& stretch) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(TaylorForwardSingle)(*this, stretch, false);
  } else {
    HWY_DYNAMIC_DISPATCH(TaylorForward)(*this, stretch, false);
  }
}

template <typename Number>
void TaylorColumnsOf<Number>::backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(TaylorBackwardSingle)(*this, stretch, y_bar, w_bar);
  } else {
    HWY_DYNAMIC_DISPATCH(TaylorBackward)(*this, stretch, y_bar, w_bar);
  }
}

template <typename Number>
void TaylorColumnsOf<Number>::add_theta_bar(std::span<double> theta_bar) const {
  for (std::size_t p = 0; p < place_.size(); ++p) theta_bar[p] += bar[place_[p]];
}

std::unique_ptr<ColumnRule> TaylorRule::columns(std::span<const double> theta) const {
  return std::make_unique<TaylorColumnsOf<double>>(terms_, theta);
}

std::unique_ptr<ColumnRuleOf<float>> TaylorRule::columns_in_single(std::span<const double> theta) const {
  return std::make_unique<TaylorColumnsOf<float>>(terms_, theta);
}

}  // namespace synfer
#endif
