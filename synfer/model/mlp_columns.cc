#include "synfer/model/mlp_columns.h"

#include <algorithm>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "synfer/model/mlp_columns.cc"
#include <hwy/foreach_target.h>
// After foreach_target.h, which includes this file again.
#include "synfer/model/columns-inl.h"
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr std::size_t kLanes = MlpColumns::kLanes;

HWY_INLINE double data_of(const ColumnChange& at, std::size_t i, int variable) {
  return variable == 0 ? at.x[i] : at.r;
}

HWY_INLINE bool is_data(int variable) { return variable == 0 || variable == 3; }

// What x_i and r give to the units of the first layer.
HWY_INLINE void begin_row(MlpColumns& of, const ColumnChange& at, std::size_t i) {
  const std::size_t out = of.sizes[1];
  const double* bias = of.theta.data() + of.sizes[0] * out;
  std::copy_n(bias, out, of.row.data());
  for (std::size_t k = 0; k < of.sizes[0]; ++k) {
    if (!is_data(of.variables[k])) continue;
    const double v = data_of(at, i, of.variables[k]);
    for (std::size_t j = 0; j < out; ++j) of.row[j] += v * of.theta[k * out + j];
  }
}

// g at the synapses of one vector; keeps units and, where asked for, slopes.
template <class D>
HWY_INLINE hn::Vec<D> forward(D d, MlpColumns& of, bool slopes, hn::Vec<D> y, hn::Vec<D> w) {
  const std::size_t layers = of.sizes.size() - 1;
  const double* theta = of.theta.data();
  double* from = nullptr;
  double* to = of.units.data();
  double* slope = of.slopes.data();
  auto unit = hn::Zero(d);
  for (std::size_t layer = 1; layer <= layers; ++layer) {
    const std::size_t in = of.sizes[layer - 1];
    const std::size_t out = of.sizes[layer];
    const Activation& f = layer == layers ? of.output : of.hidden;
    for (std::size_t j = 0; j < out; ++j) {
      auto a = hn::Set(d, layer == 1 ? of.row[j] : theta[in * out + j]);
      for (std::size_t i = 0; i < in; ++i) {
        const auto weight = hn::Set(d, theta[i * out + j]);
        if (layer > 1) {
          a = hn::MulAdd(weight, hn::LoadU(d, from + i * kLanes), a);
        } else if (!is_data(of.variables[i])) {
          a = hn::MulAdd(weight, of.variables[i] == 1 ? y : w, a);
        }
      }
      const auto both = activate(d, f, a);
      unit = both.value;
      hn::StoreU(unit, d, to + j * kLanes);
      if (slopes) hn::StoreU(both.slope, d, slope + j * kLanes);
    }
    theta += (in + 1) * out;
    from = to;
    to += out * kLanes;
    slope += out * kLanes;
  }
  return unit;
}

template <class D>
HWY_INLINE void accumulate(D d, hn::Vec<D> a, hn::Vec<D> b, double* to) {
  hn::StoreU(hn::MulAdd(a, b, hn::LoadU(d, to)), d, to);
}

template <class D>
HWY_INLINE void accumulate(D d, hn::Vec<D> a, double* to) {
  hn::StoreU(hn::Add(a, hn::LoadU(d, to)), d, to);
}

struct MlpChangeRow {
  MlpColumns& of;
  double eta;
  const double* y;
  const double* w;
  double* after;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    for (std::size_t j = first; j < end; j += hn::Lanes(d)) {
      const auto w_j = hn::LoadU(d, w + j);
      const auto g = forward(d, of, false, hn::LoadU(d, y + j), w_j);
      hn::StoreU(hn::MulAdd(hn::Set(d, eta), g, w_j), d, after + j);
    }
  }
};

struct MlpPullBackRow {
  MlpColumns& of;
  double eta;
  const double* y;
  const double* w;
  double* w_bar;
  double* y_bar;

  template <class D>
  HWY_INLINE void operator()(D d, std::size_t first, std::size_t end) const {
    const std::size_t layers = of.sizes.size() - 1;
    for (std::size_t n = first; n < end; n += hn::Lanes(d)) {
      const auto y_n = hn::LoadU(d, y + n);
      const auto w_n = hn::LoadU(d, w + n);
      const auto w_bar_n = hn::LoadU(d, w_bar + n);
      forward(d, of, true, y_n, w_n);
      // forward: w_after = w + eta g, g the last unit
      std::size_t to = of.units.size() - kLanes;
      hn::StoreU(hn::Mul(hn::Set(d, eta), w_bar_n), d, of.unit_bar.data() + to);
      std::size_t weights = of.theta.size();
      auto g_y = hn::Zero(d);
      auto g_w = hn::Zero(d);
      for (std::size_t layer = layers; layer >= 1; --layer) {
        const std::size_t in = of.sizes[layer - 1];
        const std::size_t out = of.sizes[layer];
        weights -= (in + 1) * out;
        const std::size_t from = to - in * kLanes;  // not of the inputs
        for (std::size_t i = 0; i < in && layer > 1; ++i) {
          hn::StoreU(hn::Zero(d), d, of.unit_bar.data() + from + i * kLanes);
        }
        for (std::size_t j = 0; j < out; ++j) {
          // forward: unit_j = f(bias_j + sum_i unit_i weight_ij)
          const auto a_bar = hn::Mul(hn::LoadU(d, of.unit_bar.data() + to + j * kLanes),
                                     hn::LoadU(d, of.slopes.data() + to + j * kLanes));
          accumulate(d, a_bar,
                     layer == 1 ? &of.row_bar[j * kLanes] : &of.bar[(weights + in * out + j) * kLanes]);
          for (std::size_t i = 0; i < in; ++i) {
            const auto weight = hn::Set(d, of.theta[weights + i * out + j]);
            double* bar = &of.bar[(weights + i * out + j) * kLanes];
            if (layer > 1) {
              accumulate(d, a_bar, hn::LoadU(d, of.units.data() + from + i * kLanes), bar);
              accumulate(d, a_bar, weight, of.unit_bar.data() + from + i * kLanes);
            } else if (of.variables[i] == 1) {
              accumulate(d, a_bar, y_n, bar);
              g_y = hn::MulAdd(a_bar, weight, g_y);
            } else if (of.variables[i] == 2) {
              accumulate(d, a_bar, w_n, bar);
              g_w = hn::MulAdd(a_bar, weight, g_w);
            }
          }
        }
        to = from;
      }
      hn::StoreU(hn::Add(w_bar_n, g_w), d, w_bar + n);
      accumulate(d, g_y, y_bar + n);
    }
  }
};

// forward: row_j = bias_j + sum of data weight_ij
HWY_INLINE void end_row(MlpColumns& of, const ColumnChange& at, std::size_t i) {
  const std::size_t in = of.sizes[0];
  const std::size_t out = of.sizes[1];
  for (std::size_t j = 0; j < out; ++j) {
    for (std::size_t l = 0; l < kLanes; l += hn::Lanes(Eight())) {
      const auto bar = hn::LoadU(Eight(), &of.row_bar[j * kLanes + l]);
      accumulate(Eight(), bar, &of.bar[(in * out + j) * kLanes + l]);
      for (std::size_t k = 0; k < in; ++k) {
        if (!is_data(of.variables[k])) continue;
        accumulate(Eight(), bar, hn::Set(Eight(), data_of(at, i, of.variables[k])),
                   &of.bar[(k * out + j) * kLanes + l]);
      }
    }
  }
}

void MlpChange(MlpColumns& of, const ColumnChange& at, double* after) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    begin_row(of, at, i);
    over_columns(m, MlpChangeRow{of, at.eta, at.y.data(), at.w + i * m, after + i * m});
  }
}

void MlpPullBack(MlpColumns& of, const ColumnChange& at, double* w_bar, double* y_bar) {
  const std::size_t m = at.y.size();
  for (std::size_t i = 0; i < at.x.size(); ++i) {
    begin_row(of, at, i);
    std::fill(of.row_bar.begin(), of.row_bar.end(), 0.0);
    over_columns(m, MlpPullBackRow{of, at.eta, at.y.data(), at.w + i * m, w_bar + i * m, y_bar});
    end_row(of, at, i);
  }
}

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace synfer {

HWY_EXPORT(MlpChange);
HWY_EXPORT(MlpPullBack);

MlpColumns::MlpColumns(const MlpRule::Options& options, std::vector<int> layer_sizes,
                       std::vector<int> input_variables, std::span<const double> parameters)
    : hidden(options.hidden_activation),
      output(options.output_activation),
      sizes(layer_sizes.begin(), layer_sizes.end()),
      variables(std::move(input_variables)),
      theta(parameters.begin(), parameters.end()),
      bar(theta.size() * kLanes),
      row(sizes[1]),
      row_bar(sizes[1] * kLanes),
      scale_(options.input_scale) {
  std::size_t all = 0;
  for (std::size_t layer = 1; layer < sizes.size(); ++layer) all += sizes[layer] * kLanes;
  units.resize(all);
  slopes.resize(all);
  unit_bar.resize(all);
  for (std::size_t k = 0; k < scale_.size(); ++k) {
    for (std::size_t j = 0; j < sizes[1]; ++j) theta[k * sizes[1] + j] *= scale_[k];
  }
}

void MlpColumns::change(const ColumnChange& at, double* w_after) {
  HWY_DYNAMIC_DISPATCH(MlpChange)(*this, at, w_after);
}

void MlpColumns::pull_back(const ColumnChange& at, double* w_bar, double* y_bar) {
  HWY_DYNAMIC_DISPATCH(MlpPullBack)(*this, at, w_bar, y_bar);
}

void MlpColumns::add_theta_bar(std::span<double> theta_bar) const {
  for (std::size_t p = 0; p < theta.size(); ++p) {
    double sum = 0.0;
    for (std::size_t l = 0; l < kLanes; ++l) sum += bar[p * kLanes + l];
    // forward: a first weight is multiplied by the scale of its input
    theta_bar[p] += p < scale_.size() * sizes[1] ? sum * scale_[p / sizes[1]] : sum;
  }
}

std::unique_ptr<ColumnRule> MlpRule::columns(std::span<const double> theta) const {
  return std::make_unique<MlpColumns>(options_, sizes_, input_variables_, theta);
}

}  // namespace synfer
#endif
