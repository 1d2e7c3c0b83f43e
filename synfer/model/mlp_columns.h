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

class MlpColumns final : public ColumnRule {
 public:
  /// variables: of each input 0 x, 1 y, 2 w, 3 r; theta: P.
  MlpColumns(const MlpRule::Options& options, std::span<const int> variables, std::span<const double> theta);

  void forward(const Stretch& stretch) override;
  void redo(const Stretch& stretch) override;
  void backward(const Stretch& stretch, double* y_bar, double* w_bar) override;
  void add_theta_bar(std::span<double> theta_bar) const override;

  static constexpr std::size_t kLanes = 8;    // of every accumulator: the widest vector
  static constexpr std::size_t kVectors = 4;  // of a row, taken at once at most

  // Plain data, for the kernels: H hidden units. Weights of all four variables, 0 of those that are no input.
  Activation hidden, output;
  std::size_t units = 0;
  std::vector<double> x, y, w, r;  // H: weights times the scale of the input
  std::vector<double> bias, out;   // H
  double out_bias = 0.0;
  std::vector<double> row;           // H: bias and what x and r give
  std::vector<double> value, slope;  // H x vectors x lanes
  struct Bars {
    std::vector<double> x, y, w, r, bias, out;  // H x lanes
    std::vector<double> out_bias;               // lanes
  };
  Bars bar;

 private:
  std::vector<int> variables_;
  std::vector<double> scale_;
};

}  // namespace synfer
