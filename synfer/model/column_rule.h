// A rule at given parameters, over blocks of columns (neurons) of the weight matrix: many synapses at a time.
//
// Replay asks for it once and calls it at every weight change, so that what depends on the parameters alone
// is prepared once. A family that has kernels for columns gives its own (TaylorRule, MlpRule); for any other
// rule it is taken synapse by synapse (rule.h).
#pragma once

#include <cstddef>
#include <span>

namespace synfer {

/// One weight change as a block of columns sees it. N inputs, m columns; w is N x m, row-major, before the
/// change.
struct ColumnChange {
  std::span<const double> x;  // N
  std::span<const double> y;  // m
  double r = 0.0;
  double eta = 0.0;
  const double* w = nullptr;  // N x m
};

class ColumnRule {
 public:
  ColumnRule() = default;
  ColumnRule(const ColumnRule&) = delete;
  ColumnRule& operator=(const ColumnRule&) = delete;
  virtual ~ColumnRule() = default;

  /// w_after (N x m) = w + eta g
  virtual void change(const ColumnChange& at, double* w_after) = 0;
  /// Given w_bar (N x m) of the weights after the change, makes it that of the weights before, adds to y_bar
  /// (m), and gathers the adjoint of the parameters.
  virtual void pull_back(const ColumnChange& at, double* w_bar, double* y_bar) = 0;
  /// Adds what pull_back has gathered so far. theta_bar: P.
  virtual void add_theta_bar(std::span<double> theta_bar) const = 0;
};

}  // namespace synfer
