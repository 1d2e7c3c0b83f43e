// The MLP rule: g is a small neural network of chosen inputs among x, y, w, r.
//
// Source: Mehta et al. (NeurIPS 2024), section 2.2: one hidden layer of leaky ReLU units and a tanh
// output; here any hidden sizes and activations. Flexible, but its parameters mean nothing one by
// one, and it is not identified: hidden units can be exchanged.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "synfer/model/activation.h"
#include "synfer/model/mlp_slopes.h"
#include "synfer/model/rule.h"

namespace synfer {

class MlpRule {
 public:
  struct Options {
    std::vector<std::string> inputs = {"x", "w", "r"};  // distinct, of x, y, w, r, in this order
    std::vector<int> hidden = {10};                     // units of each hidden layer
    Activation hidden_activation = {Activation::Kind::kLeakyRelu};
    Activation output_activation = {Activation::Kind::kTanh};
    std::vector<double> input_scale = {};  // each input is multiplied by its; empty: 1
  };

  /// @throws ConfigurationError on unknown or repeated inputs, a layer without units, or scales that are
  ///         not one positive number an input.
  explicit MlpRule(Options options);

  [[nodiscard]] const Options& options() const { return options_; }

  /// Parameters layer by layer: weights (units in x units out, row-major), then biases (units out).
  [[nodiscard]] std::vector<std::string> parameter_names() const;
  [[nodiscard]] double change(const Synapse& at, std::span<const double> theta) const;
  Slopes slopes(const Synapse& at, std::span<const double> theta, std::span<double> theta_slopes) const;
  SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta, const ThetaSlopes& out) const;
  [[nodiscard]] SecondSlopes second_slopes(const Synapse& at, std::span<const double> theta) const {
    return second_slopes(at, theta, {});
  }
  /// Many synapses at a time: mlp_columns.cc.
  [[nodiscard]] std::unique_ptr<ColumnRule> columns(std::span<const double> theta) const;
  [[nodiscard]] std::unique_ptr<ColumnRuleOf<float>> columns_in_single(std::span<const double> theta) const;

 private:
  // The network and its adjoint, for numbers and for numbers with their slopes in x, y and w.
  template <typename Number>
  [[nodiscard]] Number forward(const std::array<Number, 4>& variables, std::span<const double> theta) const;
  template <typename Number, typename Write>
  std::array<Number, 4> backward(std::span<const double> theta, const Write& write) const;

  // One hidden layer, as nearly all have, goes through kernels: mlp_slopes.h, mlp_columns.h.
  [[nodiscard]] bool one_layer() const { return options_.hidden.size() == 1; }
  [[nodiscard]] kernels::MlpAtSynapse one_layer_at(const Synapse& at, std::span<const double> theta) const;

  Options options_;
  std::vector<int> input_variables_;  // 0 x, 1 y, 2 w, 3 r
  std::vector<int> sizes_;            // units of each layer, inputs first, the output (1) last
};

}  // namespace synfer
