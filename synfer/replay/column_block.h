// A block of columns (neurons) of the plastic layer through a whole session: forward, and back.
//
// Within a block everything is local: its activities depend on its own weights alone. What couples
// blocks is the logit, so a block gives its share of the logits and takes back their adjoint.
//
// Going back needs the weights before every change. Where all of them would not stay in cache only every
// n-th are kept, and those between are computed again from there, n changes at a time: one more change of
// every weight, for n-th of the memory.
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
  std::size_t every = 0;  // changes from one kept to the next; 0: the latest alone
};

class ColumnBlock {
 public:
  /// Columns first .. first + width - 1. Holds references to what it is given.
  ColumnBlock(const Model& model, std::span<const double> theta, const EncodedSession& session,
              const Matrix& initial, std::size_t first, std::size_t width);

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
  [[nodiscard]] std::span<const double> activity(std::size_t offer) const;
  /// w_ij after `n` weight changes, where every one is kept; the last ones always are.
  [[nodiscard]] double weight(std::size_t n, std::size_t i, std::size_t j) const;
  [[nodiscard]] std::size_t changes() const { return learned_.size(); }
  [[nodiscard]] bool finite() const;

 private:
  // Written before they are read, so that nothing need clear them.
  using Numbers = std::unique_ptr<double[]>;  // NOLINT(modernize-avoid-c-arrays)

  // Steps first .. end - 1, all at the weights after `changes` changes; the last one may be followed by
  // another.
  struct Run {
    std::size_t first, end, changes;
    bool learns;
  };

  [[nodiscard]] std::size_t cells() const { return inputs_ * columns_; }
  [[nodiscard]] std::size_t size_of_y() const { return session_.steps() * offers_ * columns_; }
  [[nodiscard]] double* weights(std::size_t n);
  [[nodiscard]] const double* weights(std::size_t n) const;
  [[nodiscard]] const double* weights_before(const Run& run);
  [[nodiscard]] ColumnChange change_after(const Run& run, const double* before) const;
  void back_through(const Run& run, std::span<const double> logit_bar, double squared_error_bar,
                    ColumnRule& rule, std::span<double> w_bar);

  const Model& model_;
  std::span<const double> theta_;
  const EncodedSession& session_;
  const Matrix& initial_;
  std::size_t first_;
  std::size_t width_;
  std::size_t columns_;  // width, padded with copies of the last one to what kernels like
  std::size_t inputs_;
  std::size_t offers_;

  std::unique_ptr<ColumnRule> rule_;
  std::vector<Run> runs_;
  std::vector<std::size_t> learned_;  // L: the run that ends with each change
  std::vector<double> readout_;       // columns; 0 in padding
  std::vector<double> target_;        // (T K) x columns: scored recordings, NaN where there is none
  Numbers y_;                         // (T K) x columns
  Numbers slope_;                     // (T K) x columns: f' there
  std::size_t every_ = 0;
  Numbers kept_;             // (L / every + 1) x N x columns
  Numbers between_;          // every x N x columns: those after the kept ones that were reached last
  std::size_t reached_ = 0;  // how many changes from the start these follow
  Numbers y_bar_;            // of one run
};

/// Whether a recording of step t is scored, and against the activity of which offer: the one that
/// was chosen; the only one where K = 1. K where there is none.
std::size_t recorded_offer(const EncodedSession& session, std::size_t t);

}  // namespace synfer
