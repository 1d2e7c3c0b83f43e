// For tests of uncertainty: the normal linear model with noise of sd 1, for which textbooks give standard
// errors, profiles and refits in closed form.
#pragma once

#include <Eigen/QR>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/random.h"
#include "synfer/inference/uncertainty.h"

namespace synfer::for_test {

/// Session s: y = X beta + noise; nll = |y - X beta|^2 / 2.
class LinearModel : public CurvedLikelihood {
 public:
  struct Session {
    Matrix x;  // n x P
    Vector y;  // n
  };
  explicit LinearModel(std::vector<Session> sessions) : sessions_(std::move(sessions)) {}

  [[nodiscard]] std::size_t parameters() const override {
    return static_cast<std::size_t>(sessions_[0].x.cols());
  }
  [[nodiscard]] std::size_t sessions() const override { return sessions_.size(); }
  [[nodiscard]] std::size_t observations() const override {
    std::size_t count = 0;
    for (const Session& s : sessions_) count += static_cast<std::size_t>(s.y.size());
    return count;
  }
  [[nodiscard]] double nll(std::span<const double> beta, std::span<const double> weights) const override {
    double sum = 0.0;
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      sum += weight(weights, s) * 0.5 * residual(s, beta).squaredNorm();
    }
    return sum;
  }
  [[nodiscard]] Curvature curvature(std::span<const double> beta,
                                    std::span<const double> weights) const override {
    const auto size = static_cast<Eigen::Index>(parameters());
    Curvature result{nll(beta, weights), Vector::Zero(size), Matrix::Zero(size, size),
                     Matrix(static_cast<Eigen::Index>(sessions()), size)};
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      const Vector gradient = -sessions_[s].x.transpose() * residual(s, beta);
      result.session_gradients.row(static_cast<Eigen::Index>(s)) = gradient;
      result.gradient += weight(weights, s) * gradient;
      result.information += weight(weights, s) * sessions_[s].x.transpose() * sessions_[s].x;
    }
    return result;
  }

  /// Least squares by one step of Newton; exact.
  [[nodiscard]] std::vector<double> refit(std::span<const double> start, std::span<const double> weights,
                                          std::span<const char> frozen) const {
    std::vector<Eigen::Index> free;
    for (std::size_t p = 0; p < start.size(); ++p) {
      if (frozen.empty() || frozen[p] == 0) free.push_back(static_cast<Eigen::Index>(p));
    }
    std::vector<double> beta(start.begin(), start.end());
    if (free.empty()) return beta;
    const Curvature at = curvature(start, weights);
    const Matrix information = at.information(free, free);
    const Vector step = information.completeOrthogonalDecomposition().solve(at.gradient(free));
    for (std::size_t n = 0; n < free.size(); ++n) {
      beta[static_cast<std::size_t>(free[n])] -= step[static_cast<Eigen::Index>(n)];
    }
    return beta;
  }

  /// The estimate, with the refit that made it.
  [[nodiscard]] FittedLikelihood fitted(std::vector<char> frozen = {}) const {
    const Refit again = [this](std::span<const double> start, std::span<const double> weights,
                               std::span<const char> held) { return refit(start, weights, held); };
    return {.likelihood = *this,
            .parameters = again(std::vector<double>(parameters(), 0.0), {}, frozen),
            .frozen = frozen,
            .refit = again};
  }

 private:
  static double weight(std::span<const double> weights, std::size_t s) {
    return weights.empty() ? 1.0 : weights[s];
  }
  [[nodiscard]] Vector residual(std::size_t s, std::span<const double> beta) const {
    return sessions_[s].y -
           sessions_[s].x * Eigen::Map<const Vector>(beta.data(), static_cast<Eigen::Index>(beta.size()));
  }

  std::vector<Session> sessions_;
};

/// One session an observation: y of each, and its row of X.
inline LinearModel linear_model(const Matrix& x, const Vector& y) {
  std::vector<LinearModel::Session> sessions;
  for (Eigen::Index n = 0; n < y.size(); ++n) sessions.push_back({x.row(n), y.segment(n, 1)});
  return LinearModel(std::move(sessions));
}

/// `count` standard normals, those of one of many experiments.
inline Vector noise(const std::string& purpose, Eigen::Index count, std::uint64_t experiment = 0) {
  Vector values(count);
  RandomStream(11, purpose)
      .normals({.replicate = experiment}, static_cast<std::uint64_t>(count), values.data());
  return values;
}

}  // namespace synfer::for_test
