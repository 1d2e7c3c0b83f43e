// The kernel of a Taylor rule with many powers up to 2, over many inputs. Powers of y are the same for a
// whole column, so that here the sum over terms is contracted over r and y first, once a column and change;
// what is left is a polynomial in x and w,
//
//   g(x, w) = sum_ak H_ak x^a w^k,  H_ak = sum_b C_abk y^b,  C_abk = sum_d theta_abkd r^d,
//
// and in the adjoint the moments U_ak = sum_i g_bar_i x_i^a w_i^k, of which each lane sums its own, give
//
//   theta_bar_abkd = r^d sum_j y_j^b U_ak,j    and    y_bar_j = sum_abk b C_abk y_j^(b-1) U_ak,j.
//
// Contracted over x (taylor_kernel-inl.h), every row sums its moments over lanes and every synapse asks for
// dg/dy: 23 multiplications of a synapse on the way back, where here are 18. Included once for each
// instruction set (Highway's foreach_target.h).

// Set anew for every instruction set: not #pragma once.
#if defined(SYNFER_MODEL_TAYLOR_DENSE_KERNEL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SYNFER_MODEL_TAYLOR_DENSE_KERNEL_INL_H_
#undef SYNFER_MODEL_TAYLOR_DENSE_KERNEL_INL_H_
#else
#define SYNFER_MODEL_TAYLOR_DENSE_KERNEL_INL_H_
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "synfer/model/column_passes-inl.h"
#include "synfer/model/taylor_columns.h"

HWY_BEFORE_NAMESPACE();
namespace synfer::HWY_NAMESPACE {

template <typename Number>
class DenseTaylorKernel {
 public:
  // Of fewer inputs what is done once a column is too large a part; of fewer powers of y and w a row asks for
  // less.
  [[nodiscard]] static bool suits(const TaylorColumnsOf<Number>& of, std::size_t inputs) {
    return inputs >= 16 && std::max({of.highest_x, of.highest_y, of.highest_w}) <= 2 &&
           (of.highest_y + 1) * (of.highest_w + 1) >= 6;
  }

  explicit DenseTaylorKernel(TaylorColumnsOf<Number>& of) : of_(of) {}

  void begin(const StretchOf<Number>& /*s*/) {}
  void end_back(const StretchOf<Number>& /*s*/) { gather(); }

  template <class D>
  HWY_INLINE void change(D d, const StretchOf<Number>& s, std::size_t n, const Number* w, Number* after) {
    const ColumnRun& run = s.runs[n];
    contract(run.r);
    const Number* x = s.x + run.learned * s.inputs;
    const Number* y = s.y + run.learned * s.columns;
    for (std::size_t j = 0; j < s.columns; j += hn::Lanes(d)) {
      change_columns(d, s, x, hn::LoadU(d, y + j), w + j, after + j);
    }
  }

  template <class D>
  HWY_INLINE void pull_back(D d, const StretchOf<Number>& s, std::size_t n, const Number* w,
                            const Owed<Number>& owed, Number* w_bar, Number* y_bar) {
    const ColumnRun& run = s.runs[n];
    contract(run.r);
    if (++gathered_ == kRuns) gather();
    moments_.resize((of_.highest_r + 1) * kTerms * kWidest<Number>);
    const Number* x = s.x + run.learned * s.inputs;
    squared_.resize(s.inputs);
    for (std::size_t i = 0; i < s.inputs; ++i) squared_[i] = x[i] * x[i];
    const Number* y = s.y + run.learned * s.columns;
    for (std::size_t j = 0; j < s.columns; j += hn::Lanes(d)) {
      pull_back_columns(d, s, run, hn::LoadU(d, y + j), w + j, owed.x, hn::LoadU(d, owed.z_bar + j),
                        w_bar + j, y_bar + j);
    }
  }

 private:
  static constexpr std::size_t kPowers = 3;
  static constexpr std::size_t kTerms = kPowers * kPowers * kPowers;  // of x, y and w
  static constexpr std::size_t kRuns = 16;  // whose moments are summed in the block's precision

  // C_abk at this r, by Horner; 0 of powers that the rule does not have.
  void contract(double r) {
    const Number* theta = of_.highest_first.data();
    for (std::size_t b = 0; b <= of_.highest_y; ++b) {
      for (std::size_t k = 0; k <= of_.highest_w; ++k) {
        for (std::size_t a = of_.highest_x + 1; a-- > 0;) {
          Number sum = *theta++;
          for (std::size_t power = 0; power < of_.highest_r; ++power)
            sum = sum * static_cast<Number>(r) + *theta++;
          c_[a][b][k] = sum;
        }
      }
    }
  }

  // H_ak of every lane's column.
  template <class D>
  HWY_INLINE hn::Vec<D> contracted(D d, std::size_t a, std::size_t k, hn::Vec<D> y) const {
    return hn::MulAdd(hn::MulAdd(hn::Set(d, c_[a][2][k]), y, hn::Set(d, c_[a][1][k])), y,
                      hn::Set(d, c_[a][0][k]));
  }

  template <class D>
  HWY_INLINE void change_columns(D d, const StretchOf<Number>& s, const Number* x, hn::Vec<D> y,
                                 const Number* w, Number* after) const {
    hn::Vec<D> h[kPowers][kPowers];
    HWY_UNROLL(3)
    for (std::size_t k = 0; k < kPowers; ++k) {
      HWY_UNROLL(3)
      for (std::size_t a = 0; a < kPowers; ++a) h[k][a] = contracted(d, a, k, y);
    }
    const auto rate = in_lanes(d, s.eta);
    const std::size_t inputs = s.inputs;
    const std::size_t columns = s.columns;
    for (std::size_t i = 0; i < inputs; ++i, w += columns, after += columns) {
      const auto x_i = hn::Set(d, x[i]);
      const auto w_i = hn::LoadU(d, w);
      const auto h_k = [&](std::size_t k)
                           HWY_ATTR { return hn::MulAdd(hn::MulAdd(h[k][2], x_i, h[k][1]), x_i, h[k][0]); };
      const auto g = hn::MulAdd(hn::MulAdd(h_k(2), w_i, h_k(1)), w_i, h_k(0));
      hn::StoreU(hn::MulAdd(rate, g, w_i), d, after);
    }
  }

  template <class D>
  HWY_INLINE void pull_back_columns(D d, const StretchOf<Number>& s, const ColumnRun& run, hn::Vec<D> y,
                                    const Number* w, const Number* owed_x, hn::Vec<D> owed_z_bar,
                                    Number* w_bar, Number* y_bar) {
    const auto rate = in_lanes(d, s.eta);
    // forward: w_after = w + eta g, of which eta dg/dw = slope[0] + 2 slope[1] w
    hn::Vec<D> slope[2][kPowers];
    HWY_UNROLL(3)
    for (std::size_t a = 0; a < kPowers; ++a) {
      slope[0][a] = hn::Mul(rate, contracted(d, a, 1, y));
      slope[1][a] = hn::Mul(hn::Add(rate, rate), contracted(d, a, 2, y));
    }
    hn::Vec<D> sum[kPowers][kPowers];  // U_ak over eta
    for (auto& of_a : sum) {
      for (auto& one : of_a) one = hn::Zero(d);
    }
    const std::size_t inputs = s.inputs;
    const std::size_t columns = s.columns;
    const Number* x = s.x + run.learned * inputs;
    const Number* squared = squared_.data();
    for (std::size_t i = 0; i < inputs; ++i, w += columns, w_bar += columns) {
      const auto x_i = hn::Set(d, x[i]);
      const auto squared_i = hn::Set(d, squared[i]);
      const auto w_i = hn::LoadU(d, w);
      hwy::Prefetch(w - s.stride);  // of the change before, which is next
      const auto bar = hn::MulAdd(hn::Set(d, owed_x[i]), owed_z_bar, hn::LoadU(d, w_bar));
      const auto of_1 = hn::MulAdd(hn::MulAdd(slope[0][2], x_i, slope[0][1]), x_i, slope[0][0]);
      const auto of_w = hn::MulAdd(hn::MulAdd(slope[1][2], x_i, slope[1][1]), x_i, slope[1][0]);
      hn::StoreU(hn::MulAdd(bar, hn::MulAdd(of_w, w_i, of_1), bar), d, w_bar);
      const auto with_w = hn::Mul(bar, w_i);
      const hn::Vec<D> part[kPowers] = {bar, with_w, hn::Mul(with_w, w_i)};
      HWY_UNROLL(3)
      for (std::size_t k = 0; k < kPowers; ++k) {
        sum[0][k] = hn::Add(sum[0][k], part[k]);
        sum[1][k] = hn::MulAdd(part[k], x_i, sum[1][k]);
        sum[2][k] = hn::MulAdd(part[k], squared_i, sum[2][k]);
      }
    }
    // Copied, since sums that a loop counts through would not stay in registers.
    alignas(64) Number of_columns[kPowers][kPowers][kWidest<Number>];
    HWY_UNROLL(3)
    for (std::size_t a = 0; a < kPowers; ++a) {
      HWY_UNROLL(3)
      for (std::size_t k = 0; k < kPowers; ++k) hn::Store(hn::Mul(rate, sum[a][k]), d, of_columns[a][k]);
    }
    // forward: g = sum_abk C_abk x^a y^b w^k, C_abk = sum_d theta_abkd r^d
    const auto twice_y = hn::Add(y, y);
    auto pulled = hn::LoadU(d, y_bar);
    Number* moments = moments_.data();
    for (std::size_t a = 0; a < kPowers; ++a) {
      for (std::size_t k = 0; k < kPowers; ++k) {
        auto with_y = hn::Load(d, of_columns[a][k]);
        pulled =
            hn::MulAdd(with_y, hn::MulAdd(twice_y, hn::Set(d, c_[a][2][k]), hn::Set(d, c_[a][1][k])), pulled);
        for (std::size_t b = 0; b < kPowers; ++b) {
          auto with_r = with_y;
          for (std::size_t power = 0; power <= of_.highest_r; ++power, moments += kWidest<Number>) {
            hn::StoreU(hn::Add(hn::LoadU(d, moments), with_r), d, moments);
            with_r = hn::Mul(with_r, in_lanes(d, run.r));
          }
          with_y = hn::Mul(with_y, y);
        }
      }
    }
    hn::StoreU(pulled, d, y_bar);
  }

  // forward: C_abk takes theta_abkd times r^d, in every column
  void gather() {
    gathered_ = 0;
    const Number* moments = moments_.data();
    for (std::size_t a = 0; a < kPowers && !moments_.empty(); ++a) {
      for (std::size_t k = 0; k < kPowers; ++k) {
        for (std::size_t b = 0; b < kPowers; ++b) {
          for (std::size_t power = 0; power <= of_.highest_r; ++power, moments += kWidest<Number>) {
            if (a > of_.highest_x || k > of_.highest_w || b > of_.highest_y) continue;
            const std::size_t data = a * (of_.highest_r + 1) + power;
            of_.bar[data * of_.slots + b * (of_.highest_w + 1) + k] +=
                std::accumulate(moments, moments + kWidest<Number>, 0.0);
          }
        }
      }
    }
    std::ranges::fill(moments_, Number{0});
  }

  TaylorColumnsOf<Number>& of_;
  Number c_[kPowers][kPowers][kPowers] = {};  // a, b, k
  std::vector<Number> squared_;               // N: x^2 of a change
  std::vector<Number> moments_;               // a x k x b x d x lanes
  std::size_t gathered_ = 0;                  // runs that are in them
};

}  // namespace synfer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
