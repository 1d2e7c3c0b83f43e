// The kernels of a Taylor rule over columns (taylor_columns.h): one change of a block of weights, its
// adjoint, and the batches that both take their coefficients from and leave their moments in. Included once
// for each instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_TAYLOR_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_TAYLOR_KERNEL_INL_H_
#undef SYNFER_MODEL_TAYLOR_KERNEL_INL_H_
#else
#define SYNFER_MODEL_TAYLOR_KERNEL_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>

#include "synfer/model/column_passes-inl.h"
#include "synfer/model/taylor_columns.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

inline constexpr std::size_t kRows = 512;  // of a batch, or one change where it has more inputs

// The coefficients of one row in every lane of vectors: what is stored along a row cannot be taken to change
// them.
template <int B, int C, class D>
struct Coefficients {
  HWY_INLINE Coefficients(D d, const hn::TFromD<D>* c, std::size_t rows) {
    for (int s = 0; s < (B + 1) * (C + 1); ++s) of[s] = hn::Set(d, c[static_cast<std::size_t>(s) * rows]);
  }

  // h_k = sum_b C_bk y^b, by Horner.
  HWY_INLINE hn::Vec<D> in_y(int k, hn::Vec<D> y) const {
    auto sum = of[B * (C + 1) + k];
    for (int b = B - 1; b >= 0; --b) sum = hn::MulAdd(sum, y, of[b * (C + 1) + k]);
    return sum;
  }

  hn::Vec<D> of[(B + 1) * (C + 1)];
};

template <typename Number, int B, int C>
class TaylorKernel {
 public:
  explicit TaylorKernel(TaylorColumnsOf<Number>& of) : of_(of), batch_(of.batch) {}

  void begin(const StretchOf<Number>& /*s*/) { batch_.first = batch_.end = nullptr; }
  void end_back(const StretchOf<Number>& /*s*/) {
    gather();
    batch_.first = batch_.end = nullptr;
  }

  template <class D>
  HWY_INLINE void change(D d, const StretchOf<Number>& s, std::size_t n, const Number* w, Number* after) {
    if (!holds(s, n)) load(s, n, std::min(n + changes_at_once(s), s.runs.size()));
    const Number* y = s.y + s.runs[n].learned * s.columns;
    const auto rate = in_lanes(d, s.eta);
    const Number* row = &batch_.c[row_of(s, n)];
    for (std::size_t i = 0; i < s.inputs; ++i, ++row, w += s.columns, after += s.columns) {
      const Coefficients<B, C, D> c(d, row, batch_.rows);
      for (std::size_t j = 0; j < s.columns; j += hn::Lanes(d)) {
        const auto y_j = hn::LoadU(d, y + j);
        const auto w_j = hn::LoadU(d, w + j);
        auto g = c.in_y(C, y_j);
        for (int k = C - 1; k >= 0; --k) g = hn::MulAdd(g, w_j, c.in_y(k, y_j));
        hn::StoreU(hn::MulAdd(rate, g, w_j), d, after + j);
      }
    }
  }

  template <class D>
  HWY_INLINE void pull_back(D d, const StretchOf<Number>& s, std::size_t n, const Number* w,
                            const Owed<Number>& owed, Number* w_bar, Number* y_bar) {
    if (!holds(s, n)) {
      gather();
      const std::size_t at_once = changes_at_once(s);
      load(s, n + 1 < at_once ? 0 : n + 1 - at_once, n + 1);
    }
    batch_.pulled_back = true;
    const Number* y = s.y + s.runs[n].learned * s.columns;
    std::size_t q = row_of(s, n);
    for (std::size_t i = 0; i < s.inputs; ++i, ++q, w += s.columns, w_bar += s.columns) {
      pull_back_row(d, s, Coefficients<B, C, D>(d, &batch_.c[q], batch_.rows), y, w, hn::Set(d, owed.x[i]),
                    owed.z_bar, w_bar, y_bar, &batch_.moments[q * kSlots]);
    }
  }

 private:
  static constexpr std::size_t kUsed = std::size_t{B + 1} * (C + 1);
  static constexpr std::size_t kSlots = padded_slots<Number>(kUsed);
  static constexpr std::size_t kSums = (kUsed + 3) / 4 * 4;
  using Moments = AtMost<Number, std::is_same_v<Number, float> ? std::min<std::size_t>(kSlots, 16) : 4>;

  static std::size_t changes_at_once(const StretchOf<Number>& s) {
    return std::max<std::size_t>(1, kRows / s.inputs);
  }

  [[nodiscard]] HWY_INLINE bool holds(const StretchOf<Number>& s, std::size_t n) const {
    return &s.runs[n] >= batch_.first && &s.runs[n] < batch_.end;
  }
  [[nodiscard]] HWY_INLINE std::size_t row_of(const StretchOf<Number>& s, std::size_t n) const {
    return static_cast<std::size_t>(&s.runs[n] - batch_.first) * s.inputs;
  }

  template <class D>
  HWY_INLINE static void pull_back_row(D d, const StretchOf<Number>& s, const Coefficients<B, C, D>& c,
                                       const Number* y, const Number* w, hn::Vec<D> owed_x,
                                       const Number* owed_z_bar, Number* w_bar, Number* y_bar,
                                       Number* moments) {
    const auto rate = in_lanes(d, s.eta);
    hn::Vec<D> sum[kSums];
    for (auto& one : sum) one = hn::Zero(d);
    for (std::size_t j = 0; j < s.columns; j += hn::Lanes(d)) {
      const auto y_j = hn::LoadU(d, y + j);
      const auto w_j = hn::LoadU(d, w + j);
      const auto w_bar_j = hn::MulAdd(owed_x, hn::LoadU(d, owed_z_bar + j), hn::LoadU(d, w_bar + j));
      // forward: w_after = w + eta g(y, w)
      const auto g_bar = hn::Mul(rate, w_bar_j);
      // forward: g = sum_k h_k(y) w^k, h_k = sum_b C_bk y^b
      if constexpr (B > 0) {
        auto g_y = hn::Zero(d);
        for (int k = C; k >= 0; --k) {
          auto h_y = hn::Mul(in_lanes(d, B), c.of[B * (C + 1) + k]);
          for (int b = B - 1; b >= 1; --b) {
            const auto of_b = c.of[b * (C + 1) + k];
            h_y = hn::MulAdd(h_y, y_j, b == 1 ? of_b : hn::Mul(in_lanes(d, b), of_b));
          }
          g_y = k == C ? h_y : hn::MulAdd(g_y, w_j, h_y);
        }
        hn::StoreU(hn::MulAdd(g_bar, g_y, hn::LoadU(d, y_bar + j)), d, y_bar + j);
      }
      if constexpr (C > 0) {
        auto g_w = hn::Mul(in_lanes(d, C), c.in_y(C, y_j));
        for (int k = C - 1; k >= 1; --k) {
          const auto h_k = c.in_y(k, y_j);
          g_w = hn::MulAdd(g_w, w_j, k == 1 ? h_k : hn::Mul(in_lanes(d, k), h_k));
        }
        hn::StoreU(hn::MulAdd(g_bar, g_w, w_bar_j), d, w_bar + j);
      } else {
        hn::StoreU(w_bar_j, d, w_bar + j);
      }
      // forward: C_bk enters g as y^b w^k
      hn::Vec<D> power[C + 1];
      if constexpr (C > 0) power[1] = w_j;
      for (int k = 2; k <= C; ++k) power[k] = hn::Mul(power[k - 1], w_j);
      auto with_y = g_bar;
      for (int b = 0; b <= B; ++b) {
        hn::Vec<D>* of_b = sum + b * (C + 1);
        of_b[0] = hn::Add(of_b[0], with_y);
        for (int k = 1; k <= C; ++k) of_b[k] = hn::MulAdd(with_y, power[k], of_b[k]);
        if (b < B) with_y = hn::Mul(with_y, y_j);
      }
    }
    store_sums(d, sum, kSums, moments);
    const AtMost<Number, 4> four;
    for (std::size_t slot = kSums; slot < kSlots; slot += hn::Lanes(four)) {
      hn::StoreU(hn::Zero(four), four, moments + slot);
    }
  }

  // The data of runs first .. end - 1, and their coefficients.
  HWY_NOINLINE void load(const StretchOf<Number>& s, std::size_t first, std::size_t end) {
    batch_.first = &s.runs[first];
    batch_.end = batch_.first + (end - first);
    batch_.rows = ((end - first) * s.inputs + kWidest<Number> - 1) / kWidest<Number> * kWidest<Number>;
    batch_.reserve(kUsed, kSlots);
    Number* x = batch_.x.get();
    Number* r = batch_.r.get();
    const auto copy = [&](auto d, std::size_t& i, const Number* from, double reward,
                          std::size_t inputs) HWY_ATTR {
      for (; i + hn::Lanes(d) <= inputs; i += hn::Lanes(d), x += hn::Lanes(d), r += hn::Lanes(d)) {
        hn::StoreU(hn::LoadU(d, from + i), d, x);
        hn::StoreU(in_lanes(d, reward), d, r);
      }
    };
    for (std::size_t n = first; n < end; ++n) {
      const ColumnRun& run = s.runs[n];
      const Number* from = s.x + run.learned * s.inputs;
      std::size_t i = 0;
      copy(Widest<Number>(), i, from, run.r, s.inputs);
      copy(AtMost<Number, 2>(), i, from, run.r, s.inputs);  // most sessions have few inputs
      for (; i < s.inputs; ++i, ++x, ++r) {
        *x = from[i];
        *r = static_cast<Number>(run.r);
      }
    }
    // No run fills these, and one that does not learn fills none of its own.
    const std::size_t filled = ((end - first) - (s.runs[end - 1].learns ? 0 : 1)) * s.inputs;
    for (; x < batch_.x.get() + batch_.rows; ++x, ++r) *x = *r = 0;
    std::fill_n(&batch_.moments[filled * kSlots], (batch_.rows - filled) * kSlots, Number{0});
    contract();
  }

  HWY_INLINE void contract() {
    constexpr std::size_t kVectors = 4;  // their chains of sums do not wait for one another
    const std::size_t lanes = hn::Lanes(Widest<Number>());
    std::size_t q = 0;
    for (; q + kVectors * lanes <= batch_.rows; q += kVectors * lanes) contract_rows<kVectors>(q);
    for (; q < batch_.rows; q += lanes) contract_rows<1>(q);
  }

  // forward: C_s = sum_a x^a sum_d r^d theta_ads, by Horner, for some vectors of rows
  template <std::size_t kVectors>
  HWY_INLINE void contract_rows(std::size_t q) {
    const Widest<Number> d;
    hn::Vec<Widest<Number>> x[kVectors];
    hn::Vec<Widest<Number>> r[kVectors];
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) {
      x[v] = hn::LoadU(d, &batch_.x[q + v * hn::Lanes(d)]);
      r[v] = hn::LoadU(d, &batch_.r[q + v * hn::Lanes(d)]);
    }
    const Number* theta = of_.highest_first.data();
    Number* c = &batch_.c[q];
    for (std::size_t slot = 0; slot < kUsed; ++slot, c += batch_.rows) {
      hn::Vec<Widest<Number>> sum[kVectors];
      hn::Vec<Widest<Number>> in_r[kVectors];
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::Zero(d);
      for (std::size_t a = 0; a <= of_.highest_x; ++a) {
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) in_r[v] = hn::Set(d, *theta);
        ++theta;
        for (std::size_t power = 0; power < of_.highest_r; ++power, ++theta) {
          HWY_UNROLL(4)
          for (std::size_t v = 0; v < kVectors; ++v) {
            in_r[v] = hn::MulAdd(in_r[v], r[v], hn::Set(d, *theta));
          }
        }
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) sum[v] = hn::MulAdd(sum[v], x[v], in_r[v]);
      }
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) hn::StoreU(sum[v], d, c + v * hn::Lanes(d));
    }
  }

  // forward: C_s takes theta_ads times x^a r^d, at every row
  HWY_NOINLINE void gather() {
    if (!batch_.pulled_back) return;
    batch_.pulled_back = false;
    double* bar = of_.bar.data();
    for (std::size_t a = 0; a <= of_.highest_x; ++a) {
      for (std::size_t power = 0; power <= of_.highest_r; ++power, bar += of_.slots) {
        next_factor(a, power);
        gather_rows(bar);
      }
    }
  }

  // From x^a r^(d - 1) to x^a r^d; anew for every a.
  HWY_INLINE void next_factor(std::size_t a, std::size_t power) {
    const Widest<Number> d;
    for (std::size_t q = 0; q < batch_.rows; q += hn::Lanes(d)) {
      auto factor = in_lanes(d, 1.0);
      if (power > 0) {
        factor = hn::Mul(hn::LoadU(d, &batch_.factor[q]), hn::LoadU(d, &batch_.r[q]));
      } else {
        const auto x = hn::LoadU(d, &batch_.x[q]);
        for (std::size_t k = 0; k < a; ++k) factor = hn::Mul(factor, x);
      }
      hn::StoreU(factor, d, &batch_.factor[q]);
    }
  }

  // bar_s += sum_q factor_q moment_qs, in double from one batch to the next; several rows at once, since a
  // chain of sums is what one waits for.
  HWY_INLINE void gather_rows(double* bar) {
    const Moments d;
    constexpr std::size_t kVectors = kSlots / hn::MaxLanes(Moments());
    constexpr std::size_t kChains = kVectors <= 3 ? 4 : 1;
    hn::Vec<Moments> sum[kChains * kVectors];
    for (auto& one : sum) one = hn::Zero(d);
    const Number* moments = batch_.moments.get();
    for (std::size_t q = 0; q < batch_.rows; q += kChains) {
      HWY_UNROLL(4)
      for (std::size_t k = 0; k < kChains; ++k, moments += kSlots) {
        const auto factor = hn::Set(d, batch_.factor[q + k]);
        HWY_UNROLL(8)
        for (std::size_t v = 0; v < kVectors; ++v) {
          auto& to = sum[k * kVectors + v];
          to = hn::MulAdd(factor, hn::LoadU(d, moments + v * hn::Lanes(d)), to);
        }
      }
    }
    Number sums[kSlots];
    for (std::size_t v = 0; v < kVectors; ++v) {
      for (std::size_t k = 1; k < kChains; ++k) sum[v] = hn::Add(sum[v], sum[k * kVectors + v]);
      hn::StoreU(sum[v], d, sums + v * hn::Lanes(d));
    }
    for (std::size_t slot = 0; slot < kSlots; ++slot) bar[slot] += sums[slot];
  }

  TaylorColumnsOf<Number>& of_;
  TaylorColumnsOf<Number>::Batch& batch_;
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
