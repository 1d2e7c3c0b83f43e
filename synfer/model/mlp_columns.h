// An MLP rule over blocks of columns: the network and its adjoint with neurons in lanes. What x and r, which
// are data, give to the first layer is the same for a whole row, and is summed once a row.
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
  /// sizes: units of each layer, inputs first; variables: of each input 0 x, 1 y, 2 w, 3 r; theta: P.
  MlpColumns(const MlpRule::Options& options, std::vector<int> sizes, std::vector<int> variables,
             std::span<const double> theta);

  void change(const ColumnChange& at, double* w_after) override;
  void pull_back(const ColumnChange& at, double* w_bar, double* y_bar) override;
  void add_theta_bar(std::span<double> theta_bar) const override;

  static constexpr std::size_t kLanes = 8;  // of every accumulator: the widest vector

  // Plain data, for the kernels.
  Activation hidden, output;
  std::vector<std::size_t> sizes;
  std::vector<int> variables;
  std::vector<double> theta;    // P; those of the first layer's weights times the scale of their input
  std::vector<double> bar;      // P x lanes
  std::vector<double> row;      // first layer: bias and what x and r give
  std::vector<double> row_bar;  // first layer x lanes
  std::vector<double> units, slopes, unit_bar;  // of the layers after the inputs, x lanes

 private:
  std::vector<double> scale_;
};

}  // namespace synfer
