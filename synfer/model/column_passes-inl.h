// How a block of columns goes through a stretch of a session, forward and back, with a rule's own kernel
// inlined:
//
//   y = f(x w) at every row of a run;   w' = w + eta g(x, y, w, r) of its last step
//
// The kernel of a rule has, for weights `w` before the change of run n and vectors `d` that divide the
// columns,
//   begin(s)                                     before the way forward
//   change(d, s, n, w, after)                    w' of run n
//   pull_back(d, s, n, w, owed, w_bar, y_bar)    and its adjoint, of w_bar with what it is owed
//   end_back(s)                                  after the way back, which begins as the way forward ended
// Included once for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_COLUMN_PASSES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_COLUMN_PASSES_INL_H_
#undef SYNFER_MODEL_COLUMN_PASSES_INL_H_
#else
#define SYNFER_MODEL_COLUMN_PASSES_INL_H_
#endif

#include <hwy/highway.h>

#include <type_traits>

#include "synfer/model/column_rule.h"
#include "synfer/model/columns-inl.h"
#include "synfer/model/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

// Calls block.run<V>(d, j) so that all columns are covered, V vectors at a time from column j: as many as
// there are, up to four, so that what they share is loaded once.
template <class D, class Block>
HWY_INLINE void in_blocks(D d, std::size_t columns, const Block& block) {
  const std::size_t lanes = hn::Lanes(d);
  std::size_t j = 0;
  if constexpr (hn::MaxLanes(D()) * sizeof(hn::TFromD<D>) >= 32) {
    for (; j + 4 * lanes <= columns; j += 4 * lanes) block.template run<4>(d, j);
    if (j + 3 * lanes == columns) return block.template run<3>(d, j);
    if (j + 2 * lanes == columns) return block.template run<2>(d, j);
  }
  for (; j < columns; j += lanes) block.template run<1>(d, j);
}

// y = f(x w) of one row; even and odd inputs apart, since a chain of sums is what one waits for.
template <int kKind, typename Number>
struct RespondRow {
  const StretchOf<Number>& s;
  const Number* x;
  const Number* w;
  Number* y;
  Number* slope;

  template <std::size_t kVectors, class D>
  HWY_INLINE void run(D d, std::size_t j) const {
    const std::size_t inputs = s.inputs;
    const std::size_t columns = s.columns;
    hn::Vec<D> even[kVectors];
    hn::Vec<D> odd[kVectors];
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) even[v] = odd[v] = hn::Zero(d);
    const Number* w_i = w + j;
    std::size_t i = 0;
    for (; i + 2 <= inputs; i += 2, w_i += 2 * columns) {
      const auto x0 = hn::Set(d, x[i]);
      const auto x1 = hn::Set(d, x[i + 1]);
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        even[v] = hn::MulAdd(x0, hn::LoadU(d, w_i + v * hn::Lanes(d)), even[v]);
        odd[v] = hn::MulAdd(x1, hn::LoadU(d, w_i + columns + v * hn::Lanes(d)), odd[v]);
      }
    }
    if (i < inputs) {
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) {
        even[v] = hn::MulAdd(hn::Set(d, x[i]), hn::LoadU(d, w_i + v * hn::Lanes(d)), even[v]);
      }
    }
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) {
      const auto both = activate<kKind>(d, s.f, hn::Add(even[v], odd[v]));
      hn::StoreU(both.value, d, y + j + v * hn::Lanes(d));
      hn::StoreU(both.slope, d, slope + j + v * hn::Lanes(d));
    }
  }
};

// Every row of a run. Not inlined: it is the same for every rule.
template <int kKind, class D>
HWY_NOINLINE void respond_rows(D d, const StretchOf<hn::TFromD<D>>& s, const ColumnRun& run,
                               const hn::TFromD<D>* w) {
  const std::size_t end = run.end;
  for (std::size_t row = run.first; row < end; ++row) {
    const std::size_t at = row * s.columns;
    in_blocks(d, s.columns,
              RespondRow<kKind, hn::TFromD<D>>{s, s.x + row * s.inputs, w, s.y + at, s.slope + at});
  }
}

template <class D>
HWY_INLINE void respond(D d, const StretchOf<hn::TFromD<D>>& s, const ColumnRun& run,
                        const hn::TFromD<D>* w) {
  if (s.f.kind == Activation::Kind::kTanh) return respond_rows<kTanh>(d, s, run, w);
  respond_rows<kAnyKind>(d, s, run, w);
}

// What the response of a row still owes the adjoint of the weights, x z_bar: added where that is read next,
// which spares a pass over it.
template <typename Number>
struct Owed {
  const Number* x;  // N
  Number* z_bar;    // m
};

// forward: y_j = f(z_j), z_j = sum_i x_i w_ij
//
// Makes y_bar z_bar where it is not, and adds x z_bar to w_bar where it is wanted.
template <bool kMakes, bool kAdds, typename Number>
struct PullBackRow {
  std::size_t inputs, columns;
  const Number* x;
  const Number* slope;
  Number* y_bar;
  Number* w_bar;

  template <std::size_t kVectors, class D>
  HWY_INLINE void run(D d, std::size_t j) const {
    hn::Vec<D> z_bar[kVectors];
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) {
      const std::size_t at = j + v * hn::Lanes(d);
      z_bar[v] = hn::LoadU(d, y_bar + at);
      if constexpr (kMakes) {
        z_bar[v] = hn::Mul(hn::LoadU(d, slope + at), z_bar[v]);
        hn::StoreU(z_bar[v], d, y_bar + at);
      }
    }
    if constexpr (kAdds) {
      Number* to = w_bar + j;
      for (std::size_t i = 0; i < inputs; ++i, to += columns) {
        const auto x_i = hn::Set(d, x[i]);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          Number* to_v = to + v * hn::Lanes(d);
          hn::StoreU(hn::MulAdd(x_i, z_bar[v], hn::LoadU(d, to_v)), d, to_v);
        }
      }
    }
  }
};

template <class D>
HWY_NOINLINE void add_owed(D d, const StretchOf<hn::TFromD<D>>& s, const Owed<hn::TFromD<D>>& owed,
                           hn::TFromD<D>* w_bar) {
  using Row = PullBackRow<false, true, hn::TFromD<D>>;
  in_blocks(d, s.columns, Row{s.inputs, s.columns, owed.x, nullptr, owed.z_bar, w_bar});
}

// At every row of a run; returns what the last of them owes. Not inlined, as respond_rows.
template <class D>
HWY_NOINLINE Owed<hn::TFromD<D>> pull_back_response(D d, const StretchOf<hn::TFromD<D>>& s,
                                                    const ColumnRun& run, hn::TFromD<D>* y_bar,
                                                    hn::TFromD<D>* w_bar) {
  using Row = PullBackRow<true, true, hn::TFromD<D>>;
  using LastRow = PullBackRow<true, false, hn::TFromD<D>>;
  const std::size_t last = run.end - 1;
  for (std::size_t row = run.first; row < last; ++row) {
    const std::size_t at = row * s.columns;
    in_blocks(d, s.columns, Row{s.inputs, s.columns, s.x + row * s.inputs, s.slope + at, y_bar + at, w_bar});
  }
  const std::size_t at = last * s.columns;
  in_blocks(d, s.columns, LastRow{s.inputs, s.columns, nullptr, s.slope + at, y_bar + at, nullptr});
  return {s.x + last * s.inputs, y_bar + at};
}

template <class Kernel, typename Number>
struct ForwardPass {
  Kernel& rule;
  const StretchOf<Number>& s;
  bool responds;

  template <class D>
  HWY_INLINE void operator()(D d) const {
    Number* w = s.w;
    for (std::size_t n = 0; n < s.runs.size(); ++n, w += s.stride) {
      if (responds) respond(d, s, s.runs[n], w);
      if (s.runs[n].learns) rule.change(d, s, n, w, w + s.stride);
    }
  }
};

template <class Kernel, typename Number>
struct BackwardPass {
  Kernel& rule;
  const StretchOf<Number>& s;
  Number* y_bar;
  Number* w_bar;

  template <class D>
  HWY_INLINE void operator()(D d) const {
    std::vector<Number> nothing(std::max(s.inputs, s.columns));
    Owed<Number> owed{nothing.data(), nothing.data()};
    for (std::size_t n = s.runs.size(); n-- > 0;) {
      const ColumnRun& run = s.runs[n];
      // The last run alone may not learn, and nothing is owed before it.
      if (run.learns) {
        rule.pull_back(d, s, n, s.w + n * s.stride, owed, w_bar, y_bar + run.learned * s.columns);
      }
      owed = pull_back_response(d, s, run, y_bar, w_bar);
    }
    add_owed(d, s, owed, w_bar);
  }
};

// Calls the pass with the widest vectors that divide the columns.
template <typename Number, class Pass>
HWY_INLINE void with_lanes(std::size_t columns, const Pass& pass) {
  if (columns % kWidest<Number> == 0) return pass(Widest<Number>());
  // Blocks in single precision are padded to a multiple of eight.
  if constexpr (std::is_same_v<Number, float>) {
    pass(AtMost<Number, 8>());
  } else {
    if (columns % 4 == 0) return pass(AtMost<Number, 4>());
    if (columns % 2 == 0) return pass(AtMost<Number, 2>());
    pass(AtMost<Number, 1>());
  }
}

// The two ways through a stretch, for a kernel of any rule.
template <typename Number>
struct Forward {
  const StretchOf<Number>& s;
  bool responds;  // or the changes alone, from y

  template <class Kernel>
  void operator()(Kernel& rule) const {
    rule.begin(s);
    with_lanes<Number>(s.columns, ForwardPass<Kernel, Number>{rule, s, responds});
    if (s.stride == 0) rule.begin(s);  // no way back: nothing prepared for this stretch may outlive it
  }
};

template <typename Number>
struct Backward {
  const StretchOf<Number>& s;
  Number* y_bar;
  Number* w_bar;

  template <class Kernel>
  void operator()(Kernel& rule) const {
    with_lanes<Number>(s.columns, BackwardPass<Kernel, Number>{rule, s, y_bar, w_bar});
    rule.end_back(s);
  }
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
