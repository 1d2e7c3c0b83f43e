#include "synfer/inference/whitening.h"

#include <Eigen/Eigenvalues>
#include <algorithm>

namespace synfer {
namespace {

constexpr std::size_t kSynapses = 50'000;      // looked at, over all sessions
constexpr double kSmallestEigenvalue = 1e-10;  // relative to the largest

}  // namespace

Matrix whitening(const Objective& objective, std::span<const double> parameters,
                 std::span<const std::size_t> free) {
  const Rule& rule = objective.model().rule;
  const std::size_t count = rule.parameters();
  const std::span<const double> theta = parameters.first(count);
  const auto size = static_cast<Eigen::Index>(free.size());
  Matrix moments = Matrix::Zero(size, size);
  std::vector<double> slopes(count);
  Vector phi(size);
  const std::size_t share = std::max<std::size_t>(1, kSynapses / objective.sessions());
  for (std::size_t s = 0; s < objective.sessions(); ++s) {
    const Visits visits = objective.visits(parameters, s, share);
    for (const Synapse& at : visits) {
      rule.slopes(at, theta, slopes);
      for (std::size_t n = 0; n < free.size(); ++n) phi[static_cast<Eigen::Index>(n)] = slopes[free[n]];
      moments.selfadjointView<Eigen::Lower>().rankUpdate(phi);
    }
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(moments);
  const double largest = std::max(eigen.eigenvalues().maxCoeff(), 1e-300);
  const Vector scale = (eigen.eigenvalues().array() / largest).max(kSmallestEigenvalue).rsqrt();
  return eigen.eigenvectors() * scale.asDiagonal();
}

}  // namespace synfer
