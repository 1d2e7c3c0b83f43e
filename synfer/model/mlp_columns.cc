#include "synfer/model/mlp_columns.h"

#include <algorithm>
#include <array>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/mlp_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/columns-inl.h"
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr std::size_t kLanes = MlpColumns::kLanes;

// What x_i and r give to the hidden units.
HWY_INLINE void begin_row(MlpColumns& of, double x, double r) {
  for (std::size_t h = 0; h < of.units; ++h) of.row[h] = of.bias[h] + x * of.x[h] + r * of.r[h];
}

template <class D>
HWY_INLINE void add_to(D d, double* to, hn::Vec<D> v) {
  hn::StoreU(hn::Add(hn::LoadU(d, to), v), d, to);
}

template <class D>
HWY_INLINE void add_to(D d, double* to, hn::Vec<D> a, hn::Vec<D> b) {
  hn::StoreU(hn::MulAdd(a, b, hn::LoadU(d, to)), d, to);
}

// The sum that the output unit takes, at the synapses of one vector; keeps what the way back needs.
template <bool kKeep, class D>
HWY_INLINE hn::Vec<D> sum_of_units(D d, const Activation& f, MlpColumns& of, hn::Vec<D> y, hn::Vec<D> w) {
  auto sum = hn::Set(d, of.out_bias);
  for (std::size_t h = 0; h < of.units; ++h) {
    const auto a =
        hn::MulAdd(hn::Set(d, of.y[h]), y, hn::MulAdd(hn::Set(d, of.w[h]), w, hn::Set(d, of.row[h])));
    const auto unit = activate(d, f, a);
    sum = hn::MulAdd(hn::Set(d, of.out[h]), unit.value, sum);
    if constexpr (kKeep) {
      hn::StoreU(unit.value, d, &of.value[h * kLanes]);
      hn::StoreU(unit.slope, d, &of.slope[h * kLanes]);
    }
  }
  return sum;
}

struct ChangeRow {
  const Activation& f;
  MlpColumns& of;
  double eta;
  const double* y;
  const double* w;
  double* after;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto w_j = hn::LoadU(d, w + j);
      const auto g = activate(d, of.output, sum_of_units<false>(d, f, of, hn::LoadU(d, y + j), w_j)).value;
      hn::StoreU(hn::MulAdd(hn::Set(d, eta), g, w_j), d, after + j);
    }
  }
};

struct PullBackRow {
  const Activation& f;
  MlpColumns& of;
  double eta;
  const double* y;
  const double* w;
  double* w_bar;
  double* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      const auto w_bar_j = hn::LoadU(d, w_bar + j);
      const auto slope = activate(d, of.output, sum_of_units<true>(d, f, of, y_j, w_j)).slope;
      // forward: w_after = w + eta g, g = output(out_bias + sum_h out_h unit_h)
      const auto out_bar = hn::Mul(hn::Mul(hn::Set(d, eta), w_bar_j), slope);
      add_to(d, of.bar.out_bias.data(), out_bar);
      auto g_y = hn::LoadU(d, y_bar + j);
      auto g_w = w_bar_j;
      for (std::size_t h = 0; h < of.units; ++h) {
        const std::size_t at = h * kLanes;
        add_to(d, &of.bar.out[at], out_bar, hn::LoadU(d, &of.value[at]));
        // forward: unit_h = f(row_h + y weight + w weight)
        const auto a_bar = hn::Mul(hn::Mul(out_bar, hn::Set(d, of.out[h])), hn::LoadU(d, &of.slope[at]));
        add_to(d, &of.bar.row[at], a_bar);
        add_to(d, &of.bar.y[at], a_bar, y_j);
        add_to(d, &of.bar.w[at], a_bar, w_j);
        g_y = hn::MulAdd(a_bar, hn::Set(d, of.y[h]), g_y);
        g_w = hn::MulAdd(a_bar, hn::Set(d, of.w[h]), g_w);
      }
      hn::StoreU(g_y, d, y_bar + j);
      hn::StoreU(g_w, d, w_bar + j);
    }
  }
};

// forward: row_h = bias_h + x weight + r weight
struct EndRow {
  MlpColumns::Bars& bar;
  double x, r;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t n = first; n < end; n += hn::Lanes(d)) {
      const auto row = hn::LoadU(d, &bar.row[n]);
      add_to(d, &bar.bias[n], row);
      add_to(d, &bar.x[n], row, hn::Set(d, x));
      add_to(d, &bar.r[n], row, hn::Set(d, r));
      hn::StoreU(hn::Zero(d), d, &bar.row[n]);
    }
  }
};

HWY_INLINE void change(const Activation& f, MlpColumns& of, const ColumnChange& at, double* after) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    begin_row(of, at.x[i], at.r);
    over_columns(m, ChangeRow{f, of, at.eta, at.y.data(), at.w + i * m, after + i * m});
  }
}

HWY_INLINE void pull_back(const Activation& f, MlpColumns& of, const ColumnChange& at, double* w_bar,
                          double* y_bar) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    begin_row(of, at.x[i], at.r);
    over_columns(m, PullBackRow{f, of, at.eta, at.y.data(), at.w + i * m, w_bar + i * m, y_bar});
    over_columns(of.bar.row.size(), EndRow{of.bar, at.x[i], at.r});
  }
}

// The kinds that fits use are compiled each by itself, so that no unit asks which it is.
void MlpChange(MlpColumns& of, const ColumnChange& at, double* after) {
  using Kind = Activation::Kind;
  if (of.hidden.kind == Kind::kSquareplus) return change({Kind::kSquareplus}, of, at, after);
  if (of.hidden.kind == Kind::kLeakyRelu) return change({Kind::kLeakyRelu, of.hidden.leak}, of, at, after);
  change(of.hidden, of, at, after);
}

void MlpPullBack(MlpColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
  using Kind = Activation::Kind;
  if (of.hidden.kind == Kind::kSquareplus) return pull_back({Kind::kSquareplus}, of, at, w_bar, y_bar);
  if (of.hidden.kind == Kind::kLeakyRelu)
    return pull_back({Kind::kLeakyRelu, of.hidden.leak}, of, at, w_bar, y_bar);
  pull_back(of.hidden, of, at, w_bar, y_bar);
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(MlpChange);
HWY_EXPORT(MlpPullBack);

MlpColumns::MlpColumns(const MlpRule::Options& options, std::span<const int> variables,
                       std::span<const double> theta)
    : hidden(options.hidden_activation),
      output(options.output_activation),
      units(static_cast<std::size_t>(options.hidden.front())),
      variables_(variables.begin(), variables.end()),
      scale_(options.input_scale) {
  for (auto* weights : {&x, &y, &w, &r}) weights->resize(units);
  for (std::size_t k = 0; k < variables_.size(); ++k) {
    std::vector<double>& weights = *std::array{&x, &y, &w, &r}[static_cast<std::size_t>(variables_[k])];
    for (std::size_t h = 0; h < units; ++h) weights[h] = theta[k * units + h] * scale_[k];
  }
  const auto rest = theta.subspan(variables_.size() * units);
  bias.assign(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(units));
  out.assign(bias.size(), 0.0);
  std::ranges::copy(rest.subspan(units, units), out.begin());
  out_bias = rest[2 * units];
  row.resize(units);
  for (auto* lanes : {&value, &slope, &bar.x, &bar.y, &bar.w, &bar.r, &bar.bias, &bar.out, &bar.row})
    lanes->resize(units * kLanes);
  bar.out_bias.resize(kLanes);
}

void MlpColumns::change(const ColumnChange& at, double* w_after) {
  HWY_DYNAMIC_DISPATCH(MlpChange)(*this, at, w_after);
}

void MlpColumns::pull_back(const ColumnChange& at, double* w_bar, double* y_bar) {
  HWY_DYNAMIC_DISPATCH(MlpPullBack)(*this, at, w_bar, y_bar);
}

void MlpColumns::add_theta_bar(std::span<double> theta_bar) const {
  std::size_t p = 0;
  const auto add = [&](std::span<const double> lanes, double scale) {
    for (std::size_t first = 0; first < lanes.size(); first += kLanes) {
      double sum = 0.0;
      for (const double bar_of_lane : lanes.subspan(first, kLanes)) sum += bar_of_lane;
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

std::unique_ptr<ColumnRule> MlpRule::columns(std::span<const double> theta) const {
  if (one_layer()) return std::make_unique<MlpColumns>(options_, input_variables_, theta);
  return std::make_unique<SynapseBySynapse<MlpRule>>(*this, theta);
}

}  // namespace synfer
#endif
