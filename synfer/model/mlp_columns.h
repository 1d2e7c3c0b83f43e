// An MLP rule of one hidden layer over blocks of columns: the network and its adjoint with synapses in lanes,
// those of several inputs side by side where a block has few columns.
#pragma once

#include <array>
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

  /// The output unit's slope.
  [[nodiscard]] bool keeps_more() const override { return output.kind != Activation::Kind::kLinear; }
  void forward(const StretchOf<Number>& stretch) override;
  void redo(const StretchOf<Number>& stretch) override;
  void backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) override;
  void add_theta_bar(std::span<double> theta_bar) const override;

  static constexpr std::size_t kLanes = 64 / sizeof(Number);  // of every accumulator: the widest vector
  static constexpr std::size_t kVectors = 4;                  // of synapses, taken at once at most
  // Rows whose adjoints are summed in single precision before they join the sum in double.
  static constexpr std::size_t kRows = sizeof(Number) < sizeof(double) ? 512 : static_cast<std::size_t>(-1);
  // What a hidden unit is made of: its weights of the four variables, its bias, and the output's weight of
  // it.
  enum Part : std::size_t { kX, kY, kW, kR, kBias, kOut, kParts };
  static constexpr Part kOfUnit[] = {kX, kY, kW, kR, kBias};
  // Beside them: the output's weight of it times those of y and w.
  enum : std::size_t { kOutY = kParts, kOutW, kWeights };

  // Plain data, for the kernels: H hidden units. Weights times the scale of the input; 0 of what is no input.
  Activation hidden, output;
  std::size_t units = 0;  // H
  // (H + 1) x weights. Behind the units all of them as one that is linear: sum_h out_h times the weights of
  // h.
  std::vector<Number> weight;
  Number out_bias = 0;
  std::vector<Number> row;                 // H + 1: bias and what r gives, of one change
  std::vector<Number> x_of, y_of, bar_of;  // synapses of some rows: x, y and the adjoint of y
  // (H + 1) x parts x lanes: adjoints, but for the output's weight over that weight. Of units that are linear
  // on either side of 0: of the synapses that a unit is above 0 at, and behind the units of all synapses.
  std::vector<Number> bar;
  bool by_sides = false;             // whether it is so
  std::vector<Number> out_bias_bar;  // lanes
  std::size_t rows = 0;              // that are in these

  /// Adds what is in `bar` to the sum in double, and clears it.
  void gather();

 private:
  [[nodiscard]] std::array<double, kParts> bar_of_unit(std::size_t h) const;
  void add_bar(std::span<double> theta_bar) const;

  std::vector<Part> parts_;       // in the order of theta, each of all units; the output's bias is last
  std::vector<double> scale_;     // of each
  std::vector<double> gathered_;  // P
};

}  // namespace synfer
