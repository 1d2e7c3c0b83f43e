// A Taylor rule over blocks of columns. x and r are data, so that for one step and input the sum over terms
// is contracted over them first; what is left is a polynomial in y and w,
//
//   g(y, w) = sum_bk C_bk y^b w^k,  C_bk = sum over a, d of theta_abkd x^a r^d,
//
// and in the adjoint the moments D_bk = sum_j g_bar_j y_j^b w_j^k give theta_bar_abkd = x^a r^d D_bk. Both
// contractions are made for many inputs and changes at once (a batch), apart from the replay, which has to
// wait for one change before the next. With many powers over many inputs y, which a column shares, is
// contracted over in place of x (taylor_dense_kernel-inl.h). Compiled for several instruction sets and for
// every pair of highest powers up to 2 (and for 4), of which the machine's best is taken when the program
// runs: inner sums unroll, lanes hold neurons.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "synfer/model/column_rule.h"
#include "synfer/model/term.h"

namespace synfer {

// Slots for so many coefficients or moments of a row, so that they fill vectors.
template <typename Number>
constexpr std::size_t padded_slots(std::size_t used) {
  const std::size_t at_once = sizeof(Number) == sizeof(float) && used > 4 ? 8 : 4;
  return (used + at_once - 1) / at_once * at_once;
}

template <typename Number>
class TaylorColumnsOf final : public ColumnRuleOf<Number> {
 public:
  /// theta: P, one a term.
  TaylorColumnsOf(const std::vector<Term>& terms, std::span<const double> theta);

  void forward(const StretchOf<Number>& stretch) override;
  void redo(const StretchOf<Number>& stretch) override;
  void backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) override;
  void add_theta_bar(std::span<double> theta_bar) const override;

  // Plain data, for the kernels. Powers up to the highest: a of x, d of r, b of y, k of w.
  std::size_t highest_x = 0, highest_r = 0;
  std::size_t highest_y = 0, highest_w = 0;  // each 0, 1, 2 or 4
  std::size_t slots = 0;                     // padded_slots of (highest_y + 1)(highest_w + 1)
  std::vector<Number> highest_first;         // slots x a x d: the coefficients, highest powers first
  std::vector<double> bar;                   // a x d x slots: their adjoint, in double in any case

  // Some runs of a stretch. Row q is input i of the n-th of them: q = n N + i.
  struct Batch {
    const ColumnRun* first = nullptr;
    const ColumnRun* end = nullptr;
    bool pulled_back = false;  // whether moments are there, and not yet gathered
    std::size_t rows = 0;      // to the next multiple of what kernels take at once

    // Written before they are read, so that nothing need clear them.
    using Numbers = std::unique_ptr<Number[]>;  // NOLINT(modernize-avoid-c-arrays)
    Numbers x, r;                               // rows
    Numbers factor;                             // rows: x^a r^d
    Numbers c;                                  // used slots x rows
    Numbers moments;                            // rows x slots
    std::size_t room = 0;

    void reserve(std::size_t used, std::size_t padded);  // slots
  };
  Batch batch;

 private:
  std::vector<std::size_t> place_;  // of every term in theta
};

}  // namespace synfer
