#include "synfer/inference/scaled_information.h"

#include <Eigen/Eigenvalues>

namespace synfer {

Matrix ScaledInformation::covariance() const {
  const Vector inverse = (eigenvalues.array() > 0).select(eigenvalues.array().inverse(), 0.0);
  const Matrix unscaled = scale.cwiseInverse().asDiagonal() * directions;
  return unscaled * inverse.asDiagonal() * unscaled.transpose();
}

std::vector<char> ScaledInformation::unidentified() const {
  std::vector<char> involved(parameters.size(), 0);
  for (std::size_t n = 0; n < parameters.size(); ++n) {
    const auto row = directions.row(static_cast<Eigen::Index>(n)).array().square().matrix();
    const double share = (eigenvalues.array() > 0).select(0.0, row.transpose().array()).sum();
    involved[n] = static_cast<char>(share > kSingular);
  }
  return involved;
}

ScaledInformation scaled_information(const Matrix& information, std::span<const char> fixed) {
  ScaledInformation result;
  for (std::size_t p = 0; p < static_cast<std::size_t>(information.rows()); ++p) {
    if (!fixed.empty() && fixed[p] != 0) continue;
    const auto diagonal = static_cast<Eigen::Index>(p);
    (information(diagonal, diagonal) > 0 ? result.parameters : result.never_varied).push_back(p);
  }
  if (result.parameters.empty()) return result;
  const Matrix free = information(result.parameters, result.parameters);
  result.scale = free.diagonal().cwiseSqrt();
  const Vector inverse = result.scale.cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(
      Matrix(inverse.asDiagonal() * free * inverse.asDiagonal()));
  result.eigenvalues = eigen.eigenvalues().reverse();
  result.directions = eigen.eigenvectors().rowwise().reverse();
  const double smallest = kSingular * result.eigenvalues[0];
  result.eigenvalues = (result.eigenvalues.array() < smallest).select(0.0, result.eigenvalues);
  return result;
}

}  // namespace synfer
