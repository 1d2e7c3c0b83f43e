// A block of columns (neurons) of the plastic layer through a whole session: forward, and back.
//
// Within a block everything is local: its activities depend on its own weights alone. What couples
// blocks is the logit, so a block gives its share of the logits and takes back their adjoint.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/encoding.h"
#include "synfer/model/model.h"

namespace synfer {

class ColumnBlock {
 public:
  /// Columns first .. first + width - 1. Holds references to what it is given.
  ColumnBlock(const Model& model, std::span<const double> theta, const EncodedSession& session,
              const Matrix& initial, std::size_t first, std::size_t width);

  /// Replays all steps. With `keep_weights` every weight matrix is kept, as backward() needs them;
  /// without, only the last one.
  void forward(bool keep_weights);

  /// logits (T K) += b . y of these columns.
  void add_logits(std::span<double> logits) const;

  /// Sum of (y - recording)^2 over the scored recordings of these columns; counts them.
  double squared_error(std::size_t& recorded) const;

  /// The adjoint of forward(true). logit_bar: T K, or empty where no choice is scored;
  /// squared_error_bar: the loss's slope in squared_error(). Adds to theta_bar (P); initial_bar,
  /// unless null, is N x M and gets the block's columns.
  /// @throws NonFiniteError where an adjoint overflows.
  void backward(std::span<const double> logit_bar, double squared_error_bar, std::span<double> theta_bar,
                double* initial_bar);

  /// y: (T K) x width, offer by offer.
  [[nodiscard]] std::span<const double> activity() const { return y_; }
  /// After `n` weight changes: N x width. All n were kept by forward(true), the last one always is.
  [[nodiscard]] std::span<const double> weights(std::size_t n) const;
  [[nodiscard]] std::size_t changes() const { return changes_; }
  [[nodiscard]] bool finite() const;

 private:
  [[nodiscard]] std::span<const double> x(std::size_t t, std::size_t k) const;
  [[nodiscard]] std::span<const double> y(std::size_t t, std::size_t k) const;
  [[nodiscard]] ColumnChange change_at(std::size_t t, const double* before) const;
  void backward_through_step(std::size_t t, const double* before, std::span<const double> logit_bar,
                             double squared_error_bar, std::span<double> w_bar, std::span<double> theta_bar);

  const Model& model_;
  std::span<const double> theta_;
  const EncodedSession& session_;
  const Matrix& initial_;
  std::size_t first_;
  std::size_t width_;
  std::size_t inputs_;
  std::size_t offers_;

  bool kept_ = false;
  std::size_t changes_ = 0;
  std::vector<std::size_t> recorded_column_;  // R; column within the block, width_ where outside it
  std::vector<double> z_;                     // (T K) x width
  std::vector<double> y_;                     // (T K) x width
  std::vector<double> w_;                     // (L + 1) x N x width, or 2 x N x width unless kept
  std::vector<double> y_bar_;                 // K x width, of one step
};

/// Whether a recording of step t is scored, and against the activity of which offer: the one that
/// was chosen; the only one where K = 1. K where there is none.
std::size_t recorded_offer(const EncodedSession& session, std::size_t t);

}  // namespace synfer
