// The kernel of an MLP rule over columns (mlp_columns.h): one change of a block of weights, and its adjoint.
// Going back, the slope of the output unit is at hand from the way forward, so that one pass over the hidden
// units is enough. Included once for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_MLP_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_MLP_KERNEL_INL_H_
#undef SYNFER_MODEL_MLP_KERNEL_INL_H_
#else
#define SYNFER_MODEL_MLP_KERNEL_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "synfer/model/column_passes-inl.h"
#include "synfer/model/mlp_columns.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class D>
HWY_INLINE void add_to(D d, hn::TFromD<D>* to, hn::Vec<D> v) {
  hn::StoreU(hn::Add(hn::LoadU(d, to), v), d, to);
}

// For units of one kind, compiled by themselves so that none asks which it is; of any where that is kAnyKind.
template <typename Number, int kHidden, int kOutput>
class MlpKernel {
 public:
  explicit MlpKernel(MlpColumnsOf<Number>& of) : of_(of) {}

  void begin(const StretchOf<Number>& /*s*/) {}
  void end_back(const StretchOf<Number>& /*s*/) {}

  template <class D>
  HWY_INLINE void change(D /*d*/, const StretchOf<Number>& s, std::size_t n, const Number* w, Number* after) {
    change_all(s, n, w, after);
  }

  template <class D>
  HWY_INLINE void pull_back(D d, const StretchOf<Number>& s, std::size_t n, const Number* w,
                            const Owed<Number>& owed, Number* w_bar, Number* y_bar) {
    add_owed(d, s, owed, w_bar);
    pull_back_all(s, n, w, w_bar, y_bar);
  }

 private:
  using Columns = MlpColumnsOf<Number>;
  static constexpr std::size_t kLanes = Columns::kLanes;
  static constexpr std::size_t kParts = Columns::kParts;
  static constexpr std::size_t kWeights = Columns::kWeights;

  // Vectors are of synapses, whatever those of columns are: compiled once for all of these.
  HWY_NOINLINE void change_all(const StretchOf<Number>& s, std::size_t n, const Number* w, Number* after) {
    begin_change(s, n);
    by_some_rows(s, n, [&](std::size_t first, std::size_t cells) HWY_ATTR {
      const std::size_t from = first * s.columns;
      with_lanes<Number>(cells, [&](auto lanes) HWY_ATTR {
        Number* kept = s.kept == nullptr ? nullptr : s.kept + n * s.stride + from;
        in_blocks(lanes, cells, ChangeSome{*this, static_cast<Number>(s.eta), w + from, after + from, kept});
      });
    });
  }

  HWY_NOINLINE void pull_back_all(const StretchOf<Number>& s, std::size_t n, const Number* w, Number* w_bar,
                                  Number* y_bar) {
    of_.rows += s.inputs;
    if (of_.rows > of_.kRows) of_.gather();
    begin_change(s, n);
    const auto r = static_cast<Number>(s.runs[n].r);
    by_some_rows(s, n, [&](std::size_t first, std::size_t cells) HWY_ATTR {
      const std::size_t from = first * s.columns;
      with_lanes<Number>(cells, [&](auto lanes) HWY_ATTR {
        const Number* kept = s.kept == nullptr ? nullptr : s.kept + n * s.stride + from;
        in_blocks(lanes, cells,
                  PullBackSome{*this, static_cast<Number>(s.eta), r, w + from, kept, w_bar + from});
      });
      // forward: y_j is that of every row
      for (std::size_t row = 0; row < cells; row += s.columns) {
        for (std::size_t j = 0; j < s.columns; ++j) y_bar[j] += of_.bar_of[row + j];
      }
    });
  }

  // What r gives to the hidden units.
  HWY_INLINE void begin_change(const StretchOf<Number>& s, std::size_t n) {
    const auto r = static_cast<Number>(s.runs[n].r);
    const Number* weight = of_.weight.data();
    for (std::size_t h = 0; h < of_.units; ++h, weight += kWeights)
      of_.row[h] = weight[Columns::kBias] + r * weight[Columns::kR];
  }

  // Calls some(first, cells) so that all rows are covered, as many at once as fill the vectors taken at once:
  // rows from `first` on with so many synapses, of which x_of and y_of then tell x and y.
  template <class Some>
  HWY_INLINE void by_some_rows(const StretchOf<Number>& s, std::size_t n, const Some& some) {
    const std::size_t rows = std::max<std::size_t>(1, Columns::kVectors * kLanes / s.columns);
    const std::size_t cells = std::min(rows, s.inputs) * s.columns;
    for (auto* each : {&of_.x_of, &of_.y_of, &of_.bar_of}) each->resize(cells);
    const Number* x = s.x + s.runs[n].learned * s.inputs;
    const Number* y = s.y + s.runs[n].learned * s.columns;
    for (std::size_t row = 0; row < cells; row += s.columns) std::copy_n(y, s.columns, &of_.y_of[row]);
    for (std::size_t first = 0; first < s.inputs; first += rows) {
      const std::size_t some_rows = std::min(rows, s.inputs - first);
      for (std::size_t i = 0; i < some_rows; ++i)
        std::fill_n(&of_.x_of[i * s.columns], s.columns, x[first + i]);
      some(first, some_rows * s.columns);
    }
  }

  // The synapses of some vectors.
  template <std::size_t kVectors, class D>
  struct Synapses {
    HWY_INLINE Synapses(D d, const Columns& of, std::size_t at, const Number* from_w) {
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        x[v] = hn::LoadU(d, &of.x_of[at + v * hn::Lanes(d)]);
        y[v] = hn::LoadU(d, &of.y_of[at + v * hn::Lanes(d)]);
        w[v] = hn::LoadU(d, from_w + at + v * hn::Lanes(d));
      }
    }

    hn::Vec<D> x[kVectors];
    hn::Vec<D> y[kVectors];
    hn::Vec<D> w[kVectors];
  };

  // A hidden unit's weights in every lane.
  template <class D>
  struct Unit {
    HWY_INLINE Unit(D d, const Number* weight, Number row_of_change)
        : x(hn::Set(d, weight[Columns::kX])),
          y(hn::Set(d, weight[Columns::kY])),
          w(hn::Set(d, weight[Columns::kW])),
          out(hn::Set(d, weight[Columns::kOut])),
          row(hn::Set(d, row_of_change)) {}

    template <std::size_t kVectors>
    HWY_INLINE Activated<D> at(D d, const Activation& f, const Synapses<kVectors, D>& of,
                               std::size_t v) const {
      return activate<kHidden>(d, f,
                               hn::MulAdd(x, of.x[v], hn::MulAdd(y, of.y[v], hn::MulAdd(w, of.w[v], row))));
    }

    hn::Vec<D> x, y, w, out, row;
  };

  struct ChangeSome {
    MlpKernel& kernel;
    Number eta;
    const Number* w;
    Number* after;
    Number* kept;

    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t at) const {
      const Columns& columns = kernel.of_;
      const Synapses<kVectors, D> of(d, columns, at, w);
      hn::Vec<D> sum[kVectors];
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::Set(d, columns.out_bias);
      const Activation f = columns.hidden;
      const Number* weight = columns.weight.data();
      for (const Number row : columns.row) {
        const Unit<D> unit(d, weight, row);
        weight += kWeights;
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v)
          sum[v] = hn::MulAdd(unit.out, unit.at(d, f, of, v).value, sum[v]);
      }
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const auto g = activate<kOutput>(d, columns.output, sum[v]);
        const std::size_t to = at + v * hn::Lanes(d);
        hn::StoreU(hn::MulAdd(hn::Set(d, eta), g.value, of.w[v]), d, after + to);
        if (kept != nullptr) hn::StoreU(g.slope, d, kept + to);
      }
    }
  };

  struct PullBackSome {
    MlpKernel& kernel;
    Number eta, r;
    const Number* w;
    const Number* kept;
    Number* w_bar;

    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t at) const {
      Columns& columns = kernel.of_;
      const Synapses<kVectors, D> of(d, columns, at, w);
      hn::Vec<D> g_y[kVectors];
      hn::Vec<D> g_w[kVectors];
      hn::Vec<D> out_bar[kVectors];
      auto all = hn::Zero(d);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const std::size_t to = at + v * hn::Lanes(d);
        g_y[v] = hn::Zero(d);
        g_w[v] = hn::LoadU(d, w_bar + to);
        // forward: w_after = w + eta g, g = output(out_bias + sum_h out_h unit_h)
        out_bar[v] = hn::Mul(hn::Set(d, eta), g_w[v]);
        if (kept != nullptr) out_bar[v] = hn::Mul(out_bar[v], hn::LoadU(d, kept + to));
        all = hn::Add(all, out_bar[v]);
      }
      add_to(d, columns.out_bias_bar.data(), all);
      const Activation f = columns.hidden;
      const Number* weight = columns.weight.data();
      Number* bar = columns.bar.data();
      for (const Number row : columns.row) {
        const Unit<D> unit(d, weight, row);
        const auto out_y = hn::Set(d, weight[Columns::kOutY]);
        const auto out_w = hn::Set(d, weight[Columns::kOutW]);
        weight += kWeights;
        auto by_out = hn::Zero(d);
        auto by_row = hn::Zero(d);
        auto by_x = hn::Zero(d);
        auto by_y = hn::Zero(d);
        auto by_w = hn::Zero(d);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const auto activated = unit.at(d, f, of, v);
          by_out = hn::MulAdd(out_bar[v], activated.value, by_out);
          // forward: unit_h = f(row_h + x weight + y weight + w weight), row_h = bias_h + r weight
          const auto a_bar = hn::Mul(out_bar[v], activated.slope);  // over out_h
          by_row = hn::Add(by_row, a_bar);
          by_x = hn::MulAdd(a_bar, of.x[v], by_x);
          by_y = hn::MulAdd(a_bar, of.y[v], by_y);
          by_w = hn::MulAdd(a_bar, of.w[v], by_w);
          g_y[v] = hn::MulAdd(a_bar, out_y, g_y[v]);
          g_w[v] = hn::MulAdd(a_bar, out_w, g_w[v]);
        }
        add_to(d, bar + Columns::kOut * kLanes, by_out);
        add_to(d, bar + Columns::kX * kLanes, by_x);
        add_to(d, bar + Columns::kY * kLanes, by_y);
        add_to(d, bar + Columns::kW * kLanes, by_w);
        add_to(d, bar + Columns::kBias * kLanes, by_row);
        add_to(d, bar + Columns::kR * kLanes, hn::Mul(by_row, hn::Set(d, r)));
        bar += kParts * kLanes;
      }
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        hn::StoreU(g_y[v], d, &columns.bar_of[at + v * hn::Lanes(d)]);
        hn::StoreU(g_w[v], d, w_bar + at + v * hn::Lanes(d));
      }
    }
  };

  Columns& of_;
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
