// A block of columns (neurons) of the plastic layer through a whole session: forward, and back.
//
// Within a block everything is local: its activities depend on its own weights alone. What couples
// blocks is the logit, so a block gives its share of the logits and takes back their adjoint.
//
// Going back needs the weights before every change. Where all of them would not stay in cache the session is
// cut into stretches: those at the start of each are kept, and those within one are computed again from there
// when the way back gets to it: one more change of every weight, for a fraction of the memory.
//
// What is of the block is double or float; what it is given and gives (parameters, initial weights, logits,
// losses and their adjoints) is double in any case.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"

namespace synfer {

/// What of its weights a block keeps on the way forward.
struct KeptWeights {
  static constexpr std::size_t kAll = static_cast<std::size_t>(-1);

  std::size_t stretch = 0;  // changes between two that are kept for good; 0: the latest alone
};

template <typename Number>
class ColumnBlockOf {
 public:
  /// Columns first .. first + width - 1. Holds references to what it is given.
  /// @param x  session.x in the block's precision
  /// @throws ConfigurationError (run.precision) where the rule has no kernels in this precision.
  ColumnBlockOf(const Model& model, std::span<const double> theta, const EncodedSession& session,
                std::span<const Number> x, const Matrix& initial, std::size_t first, std::size_t width);

  /// Replays all steps. backward() needs weights that are kept.
  void forward(KeptWeights kept);

  /// logits (T K) += b . y of these columns.
  void add_logits(std::span<double> logits) const;

  /// Sum of (y - recording)^2 over the scored recordings of these columns; counts them.
  double squared_error(std::size_t& recorded) const;

  /// The adjoint of forward(). logit_bar: T K, or empty where no choice is scored;
  /// squared_error_bar: the loss's slope in squared_error(). Adds to theta_bar (P); initial_bar,
  /// unless null, is N x M and gets the block's columns.
  /// @throws NonFiniteError where an adjoint overflows.
  void backward(std::span<const double> logit_bar, double squared_error_bar, std::span<double> theta_bar,
                double* initial_bar);

  /// y of one offer of all, T K: width.
  [[nodiscard]] std::span<const Number> activity(std::size_t offer) const;
  /// w_ij after `n` weight changes, where all are kept.
  [[nodiscard]] Number weight(std::size_t n, std::size_t i, std::size_t j) const;
  [[nodiscard]] std::size_t changes() const { return changes_; }
  [[nodiscard]] bool finite() const;

 private:
  // Written before they are read, so that nothing need clear them.
  using Numbers = std::unique_ptr<Number[]>;  // NOLINT(modernize-avoid-c-arrays)

  [[nodiscard]] std::size_t cells() const { return inputs_ * columns_; }
  [[nodiscard]] std::size_t size_of_y() const { return session_.steps() * offers_ * columns_; }
  [[nodiscard]] std::size_t stretches() const { return (runs_.size() + in_stretch_ - 1) / in_stretch_; }
  [[nodiscard]] StretchOf<Number> stretch(std::size_t n);
  [[nodiscard]] StretchOf<Number> stretch_kept_anew(std::size_t n);
  void pull_back_scores(std::span<const double> logit_bar, double squared_error_bar);
  void refuse_adjoint(std::span<const double> logit_bar, double squared_error_bar,
                      std::span<const double> theta_bar);

  const Model& model_;
  std::span<const double> theta_;
  const EncodedSession& session_;
  std::span<const Number> x_;
  const Matrix& initial_;
  std::size_t first_;
  std::size_t width_;
  std::size_t columns_;  // width, padded with copies of the last one to what kernels like
  std::size_t inputs_;
  std::size_t offers_;

  std::unique_ptr<ColumnRuleOf<Number>> rule_;
  std::vector<ColumnRun> runs_;  // the last one alone may end without a change
  std::size_t changes_ = 0;      // L
  std::vector<Number> readout_;  // columns; 0 in padding
  std::vector<Number> target_;   // (T K) x columns: scored recordings, NaN where there is none
  Numbers y_;                    // (T K) x columns
  Numbers slope_;                // (T K) x columns: f' there
  Numbers y_bar_;                // (T K) x columns
  std::size_t in_stretch_ = 1;   // runs of a stretch, at most
  std::size_t stride_ =
      0;            // between the weights of its runs: N x columns, or 0 where only the latest are kept
  Numbers starts_;  // stretches x N x columns, where there are several
  Numbers w_;       // of the stretch that was gone through last: (in_stretch + 1) x N x columns
  Numbers kept_;    // in_stretch x N x columns: what the rule keeps of it besides
  std::size_t reached_ = 0;  // which one that is
};

using ColumnBlock = ColumnBlockOf<double>;

/// Whether a recording of step t is scored, and against the activity of which offer: the one that
/// was chosen; the only one where K = 1. K where there is none.
std::size_t recorded_offer(const EncodedSession& session, std::size_t t);

}  // namespace synfer
