// For tests of inference: likelihoods with curvature whose least points are known from elsewhere.
#pragma once

#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/inference/curvature.h"
#include "synfer/inference/problem_for_test.h"

namespace synfer::for_test {

inline Matrix random_matrix(const std::string& name, Eigen::Index rows, Eigen::Index columns) {
  const std::vector<double> values = normals(name, static_cast<std::size_t>(rows * columns), 1.0);
  return Eigen::Map<const Matrix>(values.data(), rows, columns);
}

inline Vector vector_of(std::span<const double> values) {
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// A likelihood of one session, by the functions that make it up. Counts how often it is asked.
struct Toy : CurvedLikelihood {
  std::size_t P = 1;
  std::size_t n = 1;
  std::function<Curvature(const Vector&)> at;
  std::function<bool(const Vector&)> overflows = [](const Vector&) { return false; };
  mutable int values = 0;
  mutable int curvatures = 0;

  Toy(std::size_t parameters, std::size_t count, std::function<Curvature(const Vector&)> f)
      : P(parameters), n(count), at(std::move(f)) {}
  [[nodiscard]] std::size_t parameters() const override { return P; }
  [[nodiscard]] std::size_t sessions() const override { return 1; }
  [[nodiscard]] std::size_t observations() const override { return n; }
  [[nodiscard]] double nll(std::span<const double> theta, std::span<const double> weights) const override {
    ++values;
    const Vector v = vector_of(theta);
    return overflows(v) ? INFINITY : (weights.empty() ? 1.0 : weights[0]) * at(v).nll;
  }
  [[nodiscard]] Curvature curvature(std::span<const double> theta,
                                    std::span<const double> weights) const override {
    ++curvatures;
    const Vector v = vector_of(theta);
    if (overflows(v)) throw NonFiniteError("ant", "day 1", 3, "x*r", "weight");
    Curvature c = at(v);
    const double weight = weights.empty() ? 1.0 : weights[0];
    c.nll *= weight;
    c.gradient *= weight;
    c.information *= weight;
    return c;
  }
};

/// y = X theta + unit noise: nll |y - X theta|^2 / 2.
inline Toy gaussian(const Matrix& X, const Vector& y) {
  return {static_cast<std::size_t>(X.cols()), static_cast<std::size_t>(X.rows()), [=](const Vector& theta) {
            const Vector off = X * theta - y;
            return Curvature{0.5 * off.squaredNorm(), X.transpose() * off, X.transpose() * X, {}};
          }};
}

/// P(y = 1) = 1 / (1 + exp(-X theta)).
inline Toy logistic(const Matrix& X, const Vector& y) {
  return {static_cast<std::size_t>(X.cols()), static_cast<std::size_t>(X.rows()), [=](const Vector& theta) {
            const Eigen::ArrayXd z = X * theta;
            const Eigen::ArrayXd p = 1.0 / (1.0 + (-z).exp());
            const Vector off = p.matrix() - y;
            const Vector w = (p * (1.0 - p)).matrix();
            return Curvature{((-z.abs()).exp().log1p() + z.max(0.0) - y.array() * z).sum(),
                             X.transpose() * off,
                             X.transpose() * w.asDiagonal() * X,
                             {}};
          }};
}

/// Least squares of residuals that are not linear: r'r / 2 with information J'J.
inline Toy rosenbrock() {
  return {2, 1, [](const Vector& v) {
            const Vector r{{10.0 * (v[1] - v[0] * v[0]), 1.0 - v[0]}};
            const Matrix J{{-20.0 * v[0], 10.0}, {-1.0, 0.0}};
            return Curvature{0.5 * r.squaredNorm(), J.transpose() * r, J.transpose() * J, {}};
          }};
}

}  // namespace synfer::for_test
