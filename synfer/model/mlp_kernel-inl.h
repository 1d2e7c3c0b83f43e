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
#include <type_traits>

#include "synfer/model/column_passes-inl.h"
#include "synfer/model/mlp_columns.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <class D>
HWY_INLINE void add_to(D d, hn::TFromD<D>* to, hn::Vec<D> v) {
  hn::StoreU(hn::Add(hn::LoadU(d, to), v), d, to);
}

// a + b where it is said, a elsewhere.
template <class M, class V>
HWY_INLINE V add_where(M where, V b, V a) {
  return hn::IfThenElse(where, hn::Add(a, b), a);
}

// For units of one kind, compiled by themselves so that none asks which it is; of any where that is kAnyKind.
template <typename Number, int kHidden, int kOutput>
class MlpKernel {
 public:
  explicit MlpKernel(MlpColumnsOf<Number>& of) : of_(of) { of.by_sides = kBySides; }

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
  // A unit that is linear on either side of 0: f(a) = leak a + (1 - leak) max(a, 0). The first part of all
  // units is one linear function of x, y, w and r, and what is left asks only on which side a unit is.
  static constexpr bool kBySides = kHidden == kLeakyRelu;
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
        using Some = std::conditional_t<kBySides, PullBackSides, PullBackUnits>;
        in_blocks(lanes, cells, Some{{*this, static_cast<Number>(s.eta), r, w + from, kept, w_bar + from}});
      });
      // forward: y_j is that of every row
      over_columns<Number>(s.columns, [&](auto lanes, std::size_t j, std::size_t end) HWY_ATTR {
        for (; j < end; j += hn::Lanes(lanes)) {
          auto sum = hn::LoadU(lanes, y_bar + j);
          for (std::size_t row = 0; row < cells; row += s.columns)
            sum = hn::Add(sum, hn::LoadU(lanes, &of_.bar_of[row + j]));
          hn::StoreU(sum, lanes, y_bar + j);
        }
      });
    });
  }

  // What r gives to the hidden units.
  HWY_INLINE void begin_change(const StretchOf<Number>& s, std::size_t n) {
    const auto r = static_cast<Number>(s.runs[n].r);
    const Number* weight = of_.weight.data();
    for (Number& row : of_.row) {
      row = weight[Columns::kBias] + r * weight[Columns::kR];
      weight += kWeights;
    }
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
          out_y(hn::Set(d, weight[Columns::kOutY])),
          out_w(hn::Set(d, weight[Columns::kOutW])),
          row(hn::Set(d, row_of_change)) {}

    template <std::size_t kVectors>
    HWY_INLINE hn::Vec<D> before(const Synapses<kVectors, D>& of, std::size_t v) const {
      return hn::MulAdd(x, of.x[v], hn::MulAdd(y, of.y[v], hn::MulAdd(w, of.w[v], row)));
    }

    hn::Vec<D> x, y, w, out, out_y, out_w, row;
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
      for (std::size_t v = 0; v < kVectors; ++v)
        sum[v] = kBySides ? hn::Zero(d) : hn::Set(d, columns.out_bias);
      const Activation f = columns.hidden;
      const Number* weight = columns.weight.data();
      const std::size_t units = columns.units;
      for (std::size_t h = 0; h < units; ++h, weight += kWeights) {
        const Unit<D> unit(d, weight, columns.row[h]);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const auto a = unit.before(of, v);
          const auto value = kBySides ? hn::Max(a, hn::Zero(d)) : activate<kHidden>(d, f, a).value;
          sum[v] = hn::MulAdd(unit.out, value, sum[v]);
        }
      }
      if constexpr (kBySides) {
        const Unit<D> all(d, weight, columns.row[units]);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          const auto linear =
              hn::MulAdd(in_lanes(d, f.leak), all.before(of, v), hn::Set(d, columns.out_bias));
          sum[v] = hn::MulAdd(in_lanes(d, 1.0 - f.leak), sum[v], linear);
        }
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

  // The adjoint of what a unit is made of, over some synapses.
  template <class D>
  struct UnitBar {
    HWY_INLINE explicit UnitBar(D d) : x(hn::Zero(d)), y(hn::Zero(d)), w(hn::Zero(d)), row(hn::Zero(d)) {}

    HWY_INLINE void store(D d, Number r, Number* bar) const {
      add_to(d, bar + Columns::kX * kLanes, x);
      add_to(d, bar + Columns::kY * kLanes, y);
      add_to(d, bar + Columns::kW * kLanes, w);
      // forward: row = bias + r weight
      add_to(d, bar + Columns::kBias * kLanes, row);
      add_to(d, bar + Columns::kR * kLanes, hn::Mul(row, hn::Set(d, r)));
    }

    hn::Vec<D> x, y, w, row;
  };

  // What both ways back through some vectors share.
  struct PullBack {
    MlpKernel& kernel;
    Number eta, r;
    const Number* w;
    const Number* kept;
    Number* w_bar;

    // forward: w_after = w + eta g, g = output(out_bias + sum_h out_h unit_h)
    template <std::size_t kVectors, class D>
    HWY_INLINE void output(D d, std::size_t at, hn::Vec<D>* g_w, hn::Vec<D>* out_bar) const {
      auto all = hn::Zero(d);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const std::size_t to = at + v * hn::Lanes(d);
        g_w[v] = hn::LoadU(d, w_bar + to);
        out_bar[v] = hn::Mul(hn::Set(d, eta), g_w[v]);
        if (kept != nullptr) out_bar[v] = hn::Mul(out_bar[v], hn::LoadU(d, kept + to));
        all = hn::Add(all, out_bar[v]);
      }
      add_to(d, kernel.of_.out_bias_bar.data(), all);
    }

    // Calls through(unit, by, bar) of every hidden unit, whose adjoint is in `bar`; `by` is added to it then.
    template <class D, class Through>
    HWY_INLINE void units(D d, const Through& through) const {
      Columns& columns = kernel.of_;
      const Number* weight = columns.weight.data();
      Number* bar = columns.bar.data();
      for (std::size_t h = 0; h < columns.units; ++h, weight += kWeights, bar += kParts * kLanes) {
        UnitBar<D> by(d);
        through(Unit<D>(d, weight, columns.row[h]), by, bar);
        by.store(d, r, bar);
      }
    }

    template <class D>
    HWY_INLINE void store(D d, std::size_t to, hn::Vec<D> g_y, hn::Vec<D> g_w) const {
      hn::StoreU(g_y, d, &kernel.of_.bar_of[to]);
      hn::StoreU(g_w, d, w_bar + to);
    }
  };

  struct PullBackUnits : PullBack {
    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t at) const {
      Columns& columns = this->kernel.of_;
      const Synapses<kVectors, D> of(d, columns, at, this->w);
      hn::Vec<D> g_y[kVectors];
      hn::Vec<D> g_w[kVectors];
      hn::Vec<D> out_bar[kVectors];
      this->template output<kVectors>(d, at, g_w, out_bar);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) g_y[v] = hn::Zero(d);
      const Activation f = columns.hidden;
      this->units(d, [&](const Unit<D>& unit, UnitBar<D>& by, Number* bar) HWY_ATTR {
        auto by_out = hn::Zero(d);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          // forward: unit_h = f(row_h + x weight + y weight + w weight)
          const auto activated = activate<kHidden>(d, f, unit.before(of, v));
          by_out = hn::MulAdd(out_bar[v], activated.value, by_out);
          const auto a_bar = hn::Mul(out_bar[v], activated.slope);  // over out_h
          by.row = hn::Add(by.row, a_bar);
          by.x = hn::MulAdd(a_bar, of.x[v], by.x);
          by.y = hn::MulAdd(a_bar, of.y[v], by.y);
          by.w = hn::MulAdd(a_bar, of.w[v], by.w);
          g_y[v] = hn::MulAdd(a_bar, unit.out_y, g_y[v]);
          g_w[v] = hn::MulAdd(a_bar, unit.out_w, g_w[v]);
        }
        add_to(d, bar + Columns::kOut * kLanes, by_out);
      });
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) this->store(d, at + v * hn::Lanes(d), g_y[v], g_w[v]);
    }
  };

  // The same of units that are linear on either side of 0: products are made once for all units, of which
  // each adds those of the synapses that it is above 0 at. What its output's weight takes follows from the
  // others (MlpColumnsOf::add_bar).
  struct PullBackSides : PullBack {
    template <std::size_t kVectors, class D>
    HWY_INLINE void run(D d, std::size_t at) const {
      Columns& columns = this->kernel.of_;
      const Synapses<kVectors, D> of(d, columns, at, this->w);
      hn::Vec<D> g_w[kVectors];
      hn::Vec<D> out_bar[kVectors];
      this->template output<kVectors>(d, at, g_w, out_bar);
      hn::Vec<D> times_x[kVectors];
      hn::Vec<D> times_y[kVectors];
      hn::Vec<D> times_w[kVectors];
      hn::Vec<D> y_above[kVectors];
      hn::Vec<D> w_above[kVectors];
      UnitBar<D> all(d);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        times_x[v] = hn::Mul(out_bar[v], of.x[v]);
        times_y[v] = hn::Mul(out_bar[v], of.y[v]);
        times_w[v] = hn::Mul(out_bar[v], of.w[v]);
        all.row = hn::Add(all.row, out_bar[v]);
        all.x = hn::Add(all.x, times_x[v]);
        all.y = hn::Add(all.y, times_y[v]);
        all.w = hn::Add(all.w, times_w[v]);
        y_above[v] = w_above[v] = hn::Zero(d);
      }
      this->units(d, [&](const Unit<D>& unit, UnitBar<D>& by, Number* /*bar*/) HWY_ATTR {
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          // forward: unit_h = leak a + (1 - leak) max(a, 0)
          const auto above = hn::Ge(unit.before(of, v), hn::Zero(d));
          by.row = add_where(above, out_bar[v], by.row);
          by.x = add_where(above, times_x[v], by.x);
          by.y = add_where(above, times_y[v], by.y);
          by.w = add_where(above, times_w[v], by.w);
          y_above[v] = add_where(above, unit.out_y, y_above[v]);
          w_above[v] = add_where(above, unit.out_w, w_above[v]);
        }
      });
      const Number* weight = &columns.weight[columns.units * kWeights];  // of all units
      all.store(d, this->r, &columns.bar[columns.units * kParts * kLanes]);
      // forward: sum_h out_h unit_h = leak sum_h out_h a_h + (1 - leak) sum_h out_h max(a_h, 0)
      const auto rest = in_lanes(d, 1.0 - columns.hidden.leak);
      const auto leaked_y = in_lanes(d, columns.hidden.leak * weight[Columns::kY]);
      const auto leaked_w = in_lanes(d, columns.hidden.leak * weight[Columns::kW]);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        const auto g_y = hn::Mul(out_bar[v], hn::MulAdd(rest, y_above[v], leaked_y));
        this->store(d, at + v * hn::Lanes(d), g_y,
                    hn::MulAdd(out_bar[v], hn::MulAdd(rest, w_above[v], leaked_w), g_w[v]));
      }
    }
  };

  Columns& of_;
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
