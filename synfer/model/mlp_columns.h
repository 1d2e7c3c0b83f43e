// An MLP rule of one hidden layer over blocks of columns: the network and its adjoint with neurons in lanes.
// What x and r, which are data, give to the hidden units is the same for a whole row, and is summed once a
// row.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "synfer/model/column_rule.h"
#include "synfer/model/mlp_rule.h"

namespace synfer {

template <typename Number>
class MlpColumnsOf final : public ColumnRuleOf<Number> {
 public:
  /// variables: of each input 0 x, 1 y, 2 w, 3 r; theta: P.
  MlpColumnsOf(const MlpRule::Options& options, std::span<const int> variables,
               std::span<const double> theta);

  void forward(const StretchOf<Number>& stretch) override;
  void redo(const StretchOf<Number>& stretch) override;
  void backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) override;
  void add_theta_bar(std::span<double> theta_bar) const override;

  static constexpr std::size_t kLanes = 64 / sizeof(Number);  // of every accumulator: the widest vector
  static constexpr std::size_t kVectors = 4;                  // of a row, taken at once at most
  // Rows whose adjoints are summed in single precision before they join the sum in double.
  static constexpr std::size_t kRows = sizeof(Number) < sizeof(double) ? 512 : static_cast<std::size_t>(-1);

  // Plain data, for the kernels: H hidden units. Weights of all four variables, 0 of those that are no input.
  Activation hidden, output;
  std::size_t units = 0;
  std::vector<Number> x, y, w, r;  // H: weights times the scale of the input
  std::vector<Number> bias, out;   // H
  Number out_bias = 0;
  std::vector<Number> row;           // H: bias and what x and r give
  std::vector<Number> value, slope;  // H x vectors x lanes
  struct Bars {
    std::vector<Number> x, y, w, r, bias, out;  // H x lanes
    std::vector<Number> out_bias;               // lanes
  };
  Bars bar;
  std::size_t rows = 0;  // that are in it

  /// Adds what is in `bar` to the sum in double, and clears it.
  void gather();

 private:
  void add_bar(std::span<double> theta_bar) const;

  std::vector<int> variables_;
  std::vector<double> scale_;
  std::vector<double> gathered_;  // P
};

}  // namespace synfer
