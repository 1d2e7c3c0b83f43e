#include "synfer/model/mlp_columns.h"

#include <algorithm>
#include <array>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/mlp_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/column_passes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class D>
HWY_INLINE void add_to(D d, hn::TFromD<D>* to, hn::Vec<D> v) {
  hn::StoreU(hn::Add(hn::LoadU(d, to), v), d, to);
}

// One kind of hidden unit, compiled by itself so that no unit asks which it is; any other where kKind is
// none.
template <typename Number, int kHidden, int kOutput>
class MlpKernel {
 public:
  explicit MlpKernel(MlpColumnsOf<Number>& of) : of_(of) {}

  void begin(const StretchOf<Number>& /*s*/) {}
  void end_back(const StretchOf<Number>& /*s*/) {}

  template <class D>
  HWY_INLINE void change(D d, const StretchOf<Number>& s, std::size_t n, const Number* w, Number* after) {
    for (std::size_t i = 0; i < s.inputs; ++i, w += s.columns, after += s.columns) {
      begin_row(s, n, i);
      in_blocks(d, s.columns, ChangeRow{*this, s, s.y + s.runs[n].learned * s.columns, w, after});
    }
  }

  template <class D>
  HWY_INLINE void pull_back(D d, const StretchOf<Number>& s, std::size_t n, const Number* w,
                            const Owed<Number>& owed, Number* w_bar, Number* y_bar) {
    of_.rows += s.inputs;
    if (of_.rows > of_.kRows) of_.gather();
    for (std::size_t i = 0; i < s.inputs; ++i, w += s.columns, w_bar += s.columns) {
      begin_row(s, n, i);
      const Number* x = s.x + s.runs[n].learned * s.inputs + i;
      in_blocks(d, s.columns,
                PullBackRow{*this, s, s.y + s.runs[n].learned * s.columns, w, owed.x[i], owed.z_bar, w_bar,
                            y_bar, *x, static_cast<Number>(s.runs[n].r)});
    }
  }

 private:
  static constexpr std::size_t kLanes = MlpColumnsOf<Number>::kLanes;

  // What x_i and r give to the hidden units.
  HWY_INLINE void begin_row(const StretchOf<Number>& s, std::size_t n, std::size_t i) {
    const Number x = s.x[s.runs[n].learned * s.inputs + i];
    const auto r = static_cast<Number>(s.runs[n].r);
    for (std::size_t h = 0; h < of_.units; ++h) of_.row[h] = of_.bias[h] + x * of_.x[h] + r * of_.r[h];
  }

  // The sums that the output unit takes, at the synapses of some vectors; keeps what the way back needs.
  template <bool kKeep, std::size_t kVectors, class D>
  HWY_INLINE void sum_units(D d, const hn::Vec<D>* y, const hn::Vec<D>* w, hn::Vec<D>* sum) {
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::Set(d, of_.out_bias);
    for (std::size_t h = 0; h < of_.units; ++h) {
      const auto of_y = hn::Set(d, of_.y[h]);
      const auto of_w = hn::Set(d, of_.w[h]);
      const auto of_row = hn::Set(d, of_.row[h]);
      const auto out = hn::Set(d, of_.out[h]);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const auto unit =
            activate<kHidden>(d, of_.hidden, hn::MulAdd(of_y, y[v], hn::MulAdd(of_w, w[v], of_row)));
        sum[v] = hn::MulAdd(out, unit.value, sum[v]);
        if constexpr (kKeep) {
          hn::StoreU(unit.value, d, &of_.value[(h * kVectors + v) * kLanes]);
          hn::StoreU(unit.slope, d, &of_.slope[(h * kVectors + v) * kLanes]);
        }
      }
    }
  }

  struct ChangeRow {
    MlpKernel& kernel;
    const StretchOf<Number>& s;
    const Number* y;
    const Number* w;
    Number* after;

    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t j) const {
      hn::Vec<D> y_j[kVectors];
      hn::Vec<D> w_j[kVectors];
      hn::Vec<D> sum[kVectors];
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        y_j[v] = hn::LoadU(d, y + j + v * hn::Lanes(d));
        w_j[v] = hn::LoadU(d, w + j + v * hn::Lanes(d));
      }
      kernel.template sum_units<false, kVectors>(d, y_j, w_j, sum);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const auto g = activate<kOutput>(d, kernel.of_.output, sum[v]).value;
        hn::StoreU(hn::MulAdd(in_lanes(d, s.eta), g, w_j[v]), d, after + j + v * hn::Lanes(d));
      }
    }
  };

  struct PullBackRow {
    MlpKernel& kernel;
    const StretchOf<Number>& s;
    const Number* y;
    const Number* w;
    Number owed_x;
    const Number* owed_z_bar;
    Number* w_bar;
    Number* y_bar;
    Number x, r;

    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t j) const {
      MlpColumnsOf<Number>& of = kernel.of_;
      hn::Vec<D> y_j[kVectors];
      hn::Vec<D> w_j[kVectors];
      hn::Vec<D> g_y[kVectors];
      hn::Vec<D> g_w[kVectors];
      hn::Vec<D> out_bar[kVectors];
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const std::size_t at = j + v * hn::Lanes(d);
        y_j[v] = hn::LoadU(d, y + at);
        w_j[v] = hn::LoadU(d, w + at);
        g_y[v] = hn::LoadU(d, y_bar + at);
        g_w[v] = hn::MulAdd(hn::Set(d, owed_x), hn::LoadU(d, owed_z_bar + at), hn::LoadU(d, w_bar + at));
      }
      kernel.template sum_units<true, kVectors>(d, y_j, w_j, out_bar);
      auto all = hn::Zero(d);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        // forward: w_after = w + eta g, g = output(out_bias + sum_h out_h unit_h)
        const auto slope = activate<kOutput>(d, of.output, out_bar[v]).slope;
        out_bar[v] = hn::Mul(hn::Mul(in_lanes(d, s.eta), g_w[v]), slope);
        all = hn::Add(all, out_bar[v]);
      }
      add_to(d, of.bar.out_bias.data(), all);
      for (std::size_t h = 0; h < of.units; ++h) {
        const auto out = hn::Set(d, of.out[h]);
        const auto of_y = hn::Set(d, of.y[h]);
        const auto of_w = hn::Set(d, of.w[h]);
        auto by_out = hn::Zero(d);
        auto by_row = hn::Zero(d);
        auto by_y = hn::Zero(d);
        auto by_w = hn::Zero(d);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const std::size_t at = (h * kVectors + v) * kLanes;
          by_out = hn::MulAdd(out_bar[v], hn::LoadU(d, &of.value[at]), by_out);
          // forward: unit_h = f(row_h + y weight + w weight)
          const auto a_bar = hn::Mul(hn::Mul(out_bar[v], out), hn::LoadU(d, &of.slope[at]));
          by_row = hn::Add(by_row, a_bar);
          by_y = hn::MulAdd(a_bar, y_j[v], by_y);
          by_w = hn::MulAdd(a_bar, w_j[v], by_w);
          g_y[v] = hn::MulAdd(a_bar, of_y, g_y[v]);
          g_w[v] = hn::MulAdd(a_bar, of_w, g_w[v]);
        }
        const std::size_t at = h * kLanes;
        add_to(d, &of.bar.out[at], by_out);
        add_to(d, &of.bar.y[at], by_y);
        add_to(d, &of.bar.w[at], by_w);
        // forward: row_h = bias_h + x weight + r weight
        add_to(d, &of.bar.bias[at], by_row);
        add_to(d, &of.bar.x[at], hn::Mul(by_row, hn::Set(d, x)));
        add_to(d, &of.bar.r[at], hn::Mul(by_row, hn::Set(d, r)));
      }
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        hn::StoreU(g_y[v], d, y_bar + j + v * hn::Lanes(d));
        hn::StoreU(g_w[v], d, w_bar + j + v * hn::Lanes(d));
      }
    }
  };

  MlpColumnsOf<Number>& of_;
};

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
      variables_(variables.begin(), variables.end()),
      scale_(options.input_scale),
      gathered_(theta.size()) {
  for (auto* weights : {&x, &y, &w, &r}) weights->resize(units);
  for (std::size_t k = 0; k < variables_.size(); ++k) {
    std::vector<Number>& weights = *std::array{&x, &y, &w, &r}[static_cast<std::size_t>(variables_[k])];
    for (std::size_t h = 0; h < units; ++h)
      weights[h] = static_cast<Number>(theta[k * units + h] * scale_[k]);
  }
  const auto rest = theta.subspan(variables_.size() * units);
  for (std::size_t h = 0; h < units; ++h) {
    bias.push_back(static_cast<Number>(rest[h]));
    out.push_back(static_cast<Number>(rest[units + h]));
  }
  out_bias = static_cast<Number>(rest[2 * units]);
  row.resize(units);
  for (auto* kept : {&value, &slope}) kept->resize(units * kVectors * kLanes);
  for (auto* lanes : {&bar.x, &bar.y, &bar.w, &bar.r, &bar.bias, &bar.out}) lanes->resize(units * kLanes);
  bar.out_bias.resize(kLanes);
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
void MlpColumnsOf<Number>::add_bar(std::span<double> theta_bar) const {
  std::size_t p = 0;
  const auto add = [&](std::span<const Number> lanes, double scale) {
    for (std::size_t first = 0; first < lanes.size(); first += kLanes) {
      double sum = 0.0;
      for (const Number bar_of_lane : lanes.subspan(first, kLanes)) sum += bar_of_lane;
      theta_bar[p++] += scale * sum;
    }
  };
  for (std::size_t k = 0; k < variables_.size(); ++k) {
    add(*std::array{&bar.x, &bar.y, &bar.w, &bar.r}[static_cast<std::size_t>(variables_[k])], scale_[k]);
  }
  add(bar.bias, 1.0);
  add(bar.out, 1.0);
  add(bar.out_bias, 1.0);
}

template <typename Number>
void MlpColumnsOf<Number>::gather() {
  add_bar(gathered_);
  rows = 0;
  for (auto* lanes : {&bar.x, &bar.y, &bar.w, &bar.r, &bar.bias, &bar.out, &bar.out_bias}) {
    std::ranges::fill(*lanes, Number{0});
  }
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
