// A rule at given parameters, over blocks of columns (neurons) of the weight matrix: many synapses at a time.
//
// Replay asks for it once a block and sends it through whole stretches of a session, so that a family with
// kernels of its own (TaylorRule, MlpRule) runs them without being called anew at every change, and prepares
// at once what depends on the data alone. Any other rule is taken synapse by synapse (rule.h).
//
// Within a block numbers are double, or float where a replay is asked for in single precision; then columns
// are a multiple of eight.
#pragma once

#include <cstddef>
#include <span>

#include "synfer/model/activation.h"

namespace synfer {

/// One weight change as a block of columns sees it. N inputs, m columns; w is N x m, row-major, before the
/// change.
template <typename Number>
struct ColumnChangeOf {
  std::span<const Number> x;  // N
  std::span<const Number> y;  // m
  double r = 0.0;
  double eta = 0.0;
  const Number* w = nullptr;  // N x m
};
using ColumnChange = ColumnChangeOf<double>;

/// Steps at the same weights, and the change that they may end in. A row is one offer of one step.
struct ColumnRun {
  std::size_t first = 0, end = 0;  // its rows
  std::size_t learned = 0;         // the row whose x and y change the weights
  double r = 0.0;
  bool learns = false;
};

/// A stretch of a session as a block of columns goes through it: rows are counted from the session's first.
template <typename Number>
struct StretchOf {
  std::span<const ColumnRun> runs;
  const Activation& f;
  double eta = 0.0;
  std::size_t inputs = 0;     // N
  std::size_t columns = 0;    // m
  const Number* x = nullptr;  // rows x N
  Number* y = nullptr;        // rows x m
  Number* slope = nullptr;    // rows x m: f' there
  Number* w = nullptr;        // N x m before the first run
  std::size_t stride = 0;     // from there to those after its change, and so on; 0: the latest alone are kept
  Number* kept = nullptr;     // runs x N x m, where a rule keeps more than weights and these are kept
};
using Stretch = StretchOf<double>;

template <typename Number>
class ColumnRuleOf {
 public:
  ColumnRuleOf() = default;
  ColumnRuleOf(const ColumnRuleOf&) = delete;
  ColumnRuleOf& operator=(const ColumnRuleOf&) = delete;
  virtual ~ColumnRuleOf() = default;

  /// w_after (N x m) = w + eta g: a stretch of one change, unless a rule does it otherwise.
  virtual void change(const ColumnChangeOf<Number>& at, Number* w_after);
  /// Whether forward() and redo() leave a number a synapse and change in stretch.kept, for backward().
  [[nodiscard]] virtual bool keeps_more() const { return false; }
  /// y, slope and the weights after every change of the stretch.
  virtual void forward(const StretchOf<Number>& stretch) = 0;
  /// The weights again, from y.
  virtual void redo(const StretchOf<Number>& stretch) = 0;
  /// The adjoint of forward(), which, or redo(), went before: makes w_bar (N x m) of the last weights that of
  /// the first, and gathers the adjoint of the parameters. y_bar: rows x m; where it was that of y, that of z
  /// = x w is left.
  virtual void backward(const StretchOf<Number>& stretch, Number* y_bar, Number* w_bar) = 0;
  /// Adds what backward() has gathered so far. theta_bar: P.
  virtual void add_theta_bar(std::span<double> theta_bar) const = 0;
};
using ColumnRule = ColumnRuleOf<double>;

/// A rule whose changes are taken one at a time: what is left to say is one change and its adjoint.
class OneChangeAtATime : public ColumnRule {
 public:
  void forward(const Stretch& stretch) final;
  void redo(const Stretch& stretch) final;
  void backward(const Stretch& stretch, double* y_bar, double* w_bar) final;

  void change(const ColumnChange& at, double* w_after) override = 0;
  /// Given w_bar (N x m) of the weights after the change, makes it that of the weights before, adds to y_bar
  /// (m), and gathers the adjoint of the parameters.
  virtual void pull_back(const ColumnChange& at, double* w_bar, double* y_bar) = 0;
};

}  // namespace synfer
