#include "synfer/model/mlp_columns.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/mlp_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/mlp_kernel-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <int kHidden, int kOutput, typename Number, class Pass>
void run_compiled(MlpColumnsOf<Number>& of, const Pass& pass) {
  MlpKernel<Number, kHidden, kOutput> kernel(of);
  pass(kernel);
}

// Runs the pass that is compiled for the rule's units: those of fits by the evidence, those of the published
// program, or any other.
template <typename Number, class Pass>
void run(MlpColumnsOf<Number>& of, const Pass& pass) {
  const int hidden = static_cast<int>(of.hidden.kind);
  const int output = static_cast<int>(of.output.kind);
  if (hidden == kSquareplus && output == kLinear) return run_compiled<kSquareplus, kLinear>(of, pass);
  if (hidden == kLeakyRelu && output == kTanh) return run_compiled<kLeakyRelu, kTanh>(of, pass);
  run_compiled<kAnyKind, kAnyKind>(of, pass);
}

void MlpForward(MlpColumnsOf<double>& of, const Stretch& s, bool responds) { run(of, Forward{s, responds}); }
void MlpForwardSingle(MlpColumnsOf<float>& of, const StretchOf<float>& s, bool responds) {
  run(of, Forward{s, responds});
}

void MlpBackward(MlpColumnsOf<double>& of, const Stretch& s, double* y_bar, double* w_bar) {
  run(of, Backward{s, y_bar, w_bar});
}
void MlpBackwardSingle(MlpColumnsOf<float>& of, const StretchOf<float>& s, float* y_bar, float* w_bar) {
  run(of, Backward{s, y_bar, w_bar});
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(MlpForward);
HWY_EXPORT(MlpForwardSingle);
HWY_EXPORT(MlpBackward);
HWY_EXPORT(MlpBackwardSingle);

template <typename Number>
MlpColumnsOf<Number>::MlpColumnsOf(const MlpRule::Options& options, std::span<const int> variables,
                                   std::span<const double> theta)
    : hidden(options.hidden_activation),
      output(options.output_activation),
      units(static_cast<std::size_t>(options.hidden.front())),
      weight((units + 1) * kWeights),
      row(units + 1),
      bar((units + 1) * kParts * kLanes),
      out_bias_bar(kLanes),
      scale_(options.input_scale),
      gathered_(theta.size()) {
  for (const int variable : variables)
    parts_.push_back(std::array{kX, kY, kW, kR}[static_cast<std::size_t>(variable)]);
  parts_.insert(parts_.end(), {kBias, kOut});
  scale_.resize(parts_.size(), 1.0);
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    for (std::size_t h = 0; h < units; ++h)
      weight[h * kWeights + parts_[k]] = static_cast<Number>(theta[k * units + h] * scale_[k]);
  }
  for (std::size_t h = 0; h < units; ++h) {
    Number* unit = &weight[h * kWeights];
    unit[kOutY] = unit[kOut] * unit[kY];
    unit[kOutW] = unit[kOut] * unit[kW];
    for (const Part part : kOfUnit) weight[units * kWeights + part] += unit[kOut] * unit[part];
  }
  out_bias = static_cast<Number>(theta.back());
}

template <typename Number>
void MlpColumnsOf<Number>::forward(const StretchOf<Number>& stretch) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(MlpForwardSingle)(*this, stretch, true);
  } else {
    HWY_DYNAMIC_DISPATCH(MlpForward)(*this, stretch, true);
  }
}

template <typename Number>
void MlpColumnsOf<Number>::redo(const StretchOf<Number>& stretch) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(MlpForwardSingle)(*this, stretch, false);
  } else {
    HWY_DYNAMIC_DISPATCH(MlpForward)(*this, stretch, false);
  }
}

template <typename Number>
void MlpColumnsOf<Number>::backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) {
  if constexpr (std::is_same_v<Number, float>) {
    HWY_DYNAMIC_DISPATCH(MlpBackwardSingle)(*this, stretch, y_bar, w_bar);
  } else {
    HWY_DYNAMIC_DISPATCH(MlpBackward)(*this, stretch, y_bar, w_bar);
  }
}

template <typename Number>
std::array<double, MlpColumnsOf<Number>::kParts> MlpColumnsOf<Number>::bar_of_unit(std::size_t h) const {
  const auto sum = [this](std::size_t unit, std::size_t part) {
    const Number* lanes = &bar[(unit * kParts + part) * kLanes];
    return std::accumulate(lanes, lanes + kLanes, 0.0);
  };
  std::array<double, kParts> of{};
  for (std::size_t part = 0; part < kParts; ++part) of[part] = sum(h, part);
  if (!by_sides) return of;
  of[kOut] = 0.0;
  for (const Part part : kOfUnit) {
    // forward: f(a) = leak a + (1 - leak) max(a, 0)
    of[part] = hidden.leak * sum(units, part) + (1.0 - hidden.leak) * of[part];
    // forward: f(a) = f'(a) a, a = sum of weights times what they are weights of
    of[kOut] += weight[h * kWeights + part] * of[part];
  }
  return of;
}

template <typename Number>
void MlpColumnsOf<Number>::add_bar(std::span<double> theta_bar) const {
  for (std::size_t h = 0; h < units; ++h) {
    const std::array<double, kParts> of = bar_of_unit(h);
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      const double out = parts_[k] == kOut ? 1.0 : weight[h * kWeights + kOut];
      theta_bar[k * units + h] += scale_[k] * out * of[parts_[k]];
    }
  }
  theta_bar[parts_.size() * units] += std::accumulate(out_bias_bar.begin(), out_bias_bar.end(), 0.0);
}

template <typename Number>
void MlpColumnsOf<Number>::gather() {
  add_bar(gathered_);
  rows = 0;
  std::ranges::fill(bar, Number{0});
  std::ranges::fill(out_bias_bar, Number{0});
}

template <typename Number>
void MlpColumnsOf<Number>::add_theta_bar(std::span<double> theta_bar) const {
  add_bar(theta_bar);
  for (std::size_t p = 0; p < gathered_.size(); ++p) theta_bar[p] += gathered_[p];
}

std::unique_ptr<ColumnRule> MlpRule::columns(std::span<const double> theta) const {
  if (one_layer()) return std::make_unique<MlpColumnsOf<double>>(options_, input_variables_, theta);
  return std::make_unique<SynapseBySynapse<MlpRule>>(*this, theta);
}

std::unique_ptr<ColumnRuleOf<float>> MlpRule::columns_in_single(std::span<const double> theta) const {
  if (one_layer()) return std::make_unique<MlpColumnsOf<float>>(options_, input_variables_, theta);
  return nullptr;
}

}  // namespace synfer
#endif
