#include "synfer/inference/projection.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <limits>

#include "synfer/inference/unseen_terms.h"

namespace synfer {
namespace {

constexpr double kAlike = 1e-10;  // share of a column that other columns must leave of it

// Columns are terms over the visits, scaled to length 1; g is centred for R2 alone, since the constant is
// a term like any other.
struct Regression {
  Matrix columns;  // V x K
  Vector lengths;  // K
  Vector g;        // V
  double variance = 0.0;

  [[nodiscard]] double r2(double squares) const {
    return variance > 0.0 ? 1.0 - squares / variance : std::numeric_limits<double>::quiet_NaN();
  }
};

Regression regression(const Rule& rule, std::span<const double> theta, const Visits& visits,
                      std::span<const Term> terms, std::size_t less_mean_of) {
  const auto V = static_cast<Eigen::Index>(visits.size());
  const auto K = static_cast<Eigen::Index>(terms.size());
  Regression r{.columns = Matrix(V, K), .lengths = {}, .g = Vector(V)};
  for (Eigen::Index v = 0; v < V; ++v) {
    const Synapse& at = visits[static_cast<std::size_t>(v)];
    r.g[v] = rule.change(at, theta);
    for (Eigen::Index k = 0; k < K; ++k)
      r.columns(v, k) = terms[static_cast<std::size_t>(k)].at(at.x, at.y, at.w, at.r);
  }
  if (less_mean_of > 0) {
    const auto inputs = static_cast<Eigen::Index>(less_mean_of);
    for (Eigen::Index v = 0; v < V; v += inputs) {
      r.g.segment(v, inputs).array() -= r.g.segment(v, inputs).mean();
      auto rows = r.columns.middleRows(v, inputs);
      rows.rowwise() -= rows.colwise().mean().eval();
    }
  }
  r.lengths = r.columns.colwise().norm();
  for (Eigen::Index k = 0; k < K; ++k) {
    if (r.lengths[k] > 0.0) r.columns.col(k) /= r.lengths[k];
  }
  if (V > 0) r.variance = (r.g.array() - r.g.mean()).matrix().squaredNorm();
  return r;
}

// Least squares on some of the columns.
Polynomial fit(const Regression& r, std::span<const Term> terms, const std::vector<Eigen::Index>& chosen) {
  Polynomial result;
  Vector left = r.g;
  if (!chosen.empty()) {
    const Matrix columns = r.columns(Eigen::all, chosen);
    Eigen::ColPivHouseholderQR<Matrix> qr(columns);
    qr.setThreshold(kAlike);
    const Vector c = qr.solve(r.g);
    left -= columns * c;
    for (std::size_t k = 0; k < chosen.size(); ++k) {
      const double length = r.lengths[chosen[k]];
      result.terms.push_back(terms[static_cast<std::size_t>(chosen[k])]);
      result.coefficients.push_back(length > 0.0 ? c[static_cast<Eigen::Index>(k)] / length : 0.0);
    }
  }
  result.r2 = r.r2(left.squaredNorm());
  return result;
}

// Terms in the order in which each, beside those before it, explains most of g.
std::vector<Eigen::Index> forward(const Regression& r, const ProjectionOptions& options) {
  std::vector<Eigen::Index> chosen;
  Matrix columns = r.columns;  // less what the chosen ones explain of them
  Vector left = r.g;
  while (chosen.size() < std::min(options.most_terms, static_cast<std::size_t>(columns.cols()))) {
    Eigen::Index best = -1;
    double most = 0.0;
    for (Eigen::Index k = 0; k < columns.cols(); ++k) {
      const double length = columns.col(k).squaredNorm();
      if (length < kAlike) continue;
      const double explained = std::pow(columns.col(k).dot(left), 2) / length;
      if (explained > most) {
        most = explained;
        best = k;
      }
    }
    if (best < 0 || most < options.gain * r.variance || most < 1e-24 * r.g.squaredNorm()) break;
    chosen.push_back(best);
    const Vector direction = columns.col(best).normalized();
    left -= direction * direction.dot(left);
    columns -= direction * (direction.transpose() * columns);
    columns.col(best).setZero();
  }
  return chosen;
}

}  // namespace

Projection projection(const Rule& rule, std::span<const double> theta, const Visits& visits,
                      std::span<const Term> terms, const ProjectionOptions& options) {
  const Regression r = regression(rule, theta, visits, terms, options.less_mean_of);
  std::vector<Eigen::Index> all(terms.size());
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<Eigen::Index>(k);
  Projection result{.full = fit(r, terms, all), .short_one = fit(r, terms, forward(r, options))};
  result.not_a_polynomial = !(result.short_one.r2 >= options.enough);
  return result;
}

Projection projection(const Objective& objective, std::span<const double> parameters,
                      std::span<const Term> terms, const ProjectionOptions& options) {
  ProjectionOptions of_seen = options;
  std::vector<Term> seen(terms.begin(), terms.end());
  const bool unseen = common_changes(objective) == CommonChanges::kUnseen;
  if (unseen) {
    of_seen.less_mean_of = static_cast<std::size_t>(objective.model().network.inputs);
    std::erase_if(seen, is_common);
  }
  Visits all;
  const std::size_t share = std::max<std::size_t>(1, options.visits / objective.sessions());
  for (std::size_t s = 0; s < objective.sessions(); ++s) {
    const Visits visits =
        unseen ? objective.visits_of_neurons(parameters, s, share) : objective.visits(parameters, s, share);
    all.insert(all.end(), visits.begin(), visits.end());
  }
  return projection(objective.model().rule, parameters.first(objective.rule_parameters()), all, seen,
                    of_seen);
}

}  // namespace synfer
