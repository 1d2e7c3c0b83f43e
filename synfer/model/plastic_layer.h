// A plastic layer in motion: its weights, its response to an offer, its change after one. This is
// the recursion step by step, as closed-loop simulation needs it; the replay of recorded sessions
// runs the same recursion over blocks of columns (synfer/replay).
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "synfer/base/matrix.h"
#include "synfer/model/network.h"
#include "synfer/model/rule.h"

namespace synfer {

class PlasticLayer {
 public:
  /// theta: P; initial: N x M.
  PlasticLayer(Network network, Rule rule, const std::vector<double>& theta, Matrix initial);

  /// y = f(x W). x: N; the result (M) lives until the next call.
  std::span<const double> activity(std::span<const double> x);

  /// b . y
  [[nodiscard]] double logit(std::span<const double> y) const;

  /// w += eta g(x, y, w, r). x: N, y: M.
  /// A weight that overflows stays infinite or NaN: ask `finite` at the end.
  void change(std::span<const double> x, std::span<const double> y, double r);

  /// w += drift. N x M.
  void add(const Matrix& drift) { weights_ += drift; }

  [[nodiscard]] const Matrix& weights() const { return weights_; }
  [[nodiscard]] bool finite() const { return weights_.allFinite(); }

 private:
  Network network_;
  Rule rule_;
  std::unique_ptr<ColumnRule> columns_;
  Matrix weights_;  // N x M
  std::vector<double> y_;
  Matrix after_;
};

}  // namespace synfer
