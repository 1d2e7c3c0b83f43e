#include "synfer/inference/newton_step.h"

#include <cmath>
#include <limits>

namespace synfer {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kRidge = 1e-9;  // of the diagonal, for terms that are nearly alike

}  // namespace

NewtonStep::NewtonStep(const Matrix& information, std::span<const double> from,
                       const std::vector<Bounds>& bounds)
    : box_{.H = information + kRidge * Matrix(information.diagonal().asDiagonal()),
           .s = {},
           .from = Eigen::Map<const Vector>(from.data(), information.rows()),
           .l1 = Vector::Zero(information.rows()),
           .low = Vector::Constant(information.rows(), -kInfinite),
           .high = Vector::Constant(information.rows(), kInfinite)},
      factor_(box_.H) {
  for (std::size_t p = 0; p < bounds.size(); ++p) {
    const auto at = static_cast<Eigen::Index>(p);
    bounded_ = bounded_ || std::isfinite(bounds[p].low) || std::isfinite(bounds[p].high);
    box_.low[at] = bounds[p].low;
    box_.high[at] = bounds[p].high;
  }
  for (Eigen::Index p = 0; p < information.rows(); ++p) {
    if (information(p, p) == 0.0) box_.low[p] = box_.high[p] = box_.from[p];
  }
}

double NewtonStep::gain(const Vector& g) const {
  if (g.size() == 0) return 0.0;
  if (!bounded_) return 0.5 * g.dot(Vector(factor_.solve(g)));
  BoxLasso box = box_;
  box.s = g;
  const Vector d = minimise(box) - box.from;
  return -d.dot(g + 0.5 * (box.H * d));
}

}  // namespace synfer
