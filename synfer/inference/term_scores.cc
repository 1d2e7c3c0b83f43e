#include "synfer/inference/term_scores.h"

#include <Eigen/Cholesky>
#include <algorithm>

#include "synfer/base/error.h"

namespace synfer {
namespace {

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

}  // namespace

std::vector<double> among_candidates(const FittedSet& set, std::size_t candidates) {
  std::vector<double> parameters(candidates, 0.0);
  for (std::size_t n = 0; n < set.terms.size(); ++n) parameters[set.terms[n]] = set.parameters[n];
  parameters.insert(parameters.end(), set.parameters.begin() + static_cast<std::ptrdiff_t>(set.terms.size()),
                    set.parameters.end());
  return parameters;
}

std::vector<TermScore> efficient_scores(const CurvedLikelihood& everything, const FittedSet& set,
                                        std::size_t candidates) {
  std::vector<TermScore> scored;
  const std::vector<double> at = among_candidates(set, candidates);
  Curvature curvature;
  try {
    curvature = everything.curvature(at, {});
  } catch (const NonFiniteError&) {
    return scored;  // no slopes to go by
  }
  std::vector<Eigen::Index> inside;
  for (const std::size_t term : set.terms) inside.push_back(index(term));
  for (std::size_t n = candidates; n < at.size(); ++n) inside.push_back(index(n));
  const Matrix& information = curvature.information;
  const Matrix own = information(inside, inside);
  const Eigen::LDLT<Matrix> factor(own + 1e-12 * Matrix(own.diagonal().asDiagonal()));
  for (std::size_t term = 0; term < candidates; ++term) {
    const Eigen::Index c = index(term);
    if (std::ranges::binary_search(set.terms, term) || !(information(c, c) > 0.0)) continue;
    double left = information(c, c);
    double score = -curvature.gradient[c];
    if (!inside.empty()) {
      const Vector cross = information(inside, c);
      const Vector solved = factor.solve(cross);
      left -= cross.dot(solved);
      score += solved.dot(Vector(curvature.gradient(inside)));
    }
    if (!(left > 1e-8 * information(c, c))) continue;
    scored.push_back({term, score * score / left, score / left});
  }
  return scored;
}

}  // namespace synfer
