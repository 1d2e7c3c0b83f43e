#include "synfer/inference/selection_stability.h"

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/random.h"
#include "synfer/inference/newton_step.h"

namespace synfer {
namespace {

constexpr std::size_t kMostSets = 40;

Eigen::Index index(std::size_t n) { return static_cast<Eigen::Index>(n); }

// S x draws: how often each session is drawn with its animal; empty for one animal, whose draws would all be
// the data themselves.
Eigen::ArrayXXd drawn_weights(std::vector<std::size_t> animal, std::size_t draws, std::uint64_t seed) {
  const std::size_t animals = 1 + *std::ranges::max_element(animal);
  if (animals < 2) return {};
  Eigen::ArrayXXd weight = Eigen::ArrayXXd::Zero(index(animal.size()), index(draws));
  const RandomStream stream(seed, "stability of selection");
  for (std::size_t d = 0; d < draws; ++d) {
    for (std::size_t n = 0; n < animals; ++n) {
      const double u = stream.uniform({.replicate = d, .index = n});
      const auto drawn = static_cast<std::size_t>(u * static_cast<double>(animals));
      for (std::size_t s = 0; s < animal.size(); ++s)
        weight(index(s), index(d)) += animal[s] == drawn ? 1.0 : 0.0;
    }
  }
  return weight;
}

// What the set's size costs in the criterion is the same in every draw.
Eigen::ArrayXd drawn_criteria(const FittedSet& set, const SelectionProblem& problem,
                              const Eigen::ArrayXXd& weight) {
  Eigen::ArrayXd criteria(weight.cols());
  try {
    const Curvature curvature = problem.likelihood(set.terms)->curvature(set.parameters, {});
    const NewtonStep step(curvature.information, set.parameters, problem.bounds_of(set.terms));
    for (Eigen::Index d = 0; d < weight.cols(); ++d) {
      const Vector w = weight.col(d).matrix();
      const double gain = step.gain(curvature.session_gradients.transpose() * w);
      criteria[d] = set.criterion + 2.0 * (w.dot(curvature.session_nll) - gain - set.nll);
    }
  } catch (const NonFiniteError&) {
    criteria.setConstant(std::numeric_limits<double>::infinity());  // never the best
  }
  return criteria;
}

}  // namespace

std::vector<double> stability_of(std::vector<const FittedSet*> sets, const SelectionProblem& problem,
                                 const SelectionOptions& options) {
  std::vector<std::size_t> animal = problem.clusters;
  if (animal.empty()) {
    animal.resize(problem.likelihood(sets.front()->terms)->sessions());
    std::iota(animal.begin(), animal.end(), std::size_t{0});
  }
  const auto draws = static_cast<std::size_t>(options.draws);
  const Eigen::ArrayXXd weight = drawn_weights(std::move(animal), draws, options.seed);
  if (weight.size() == 0) return {};
  std::ranges::sort(sets, {}, [](const FittedSet* set) { return std::tie(set->criterion, set->terms); });
  if (sets.size() > kMostSets) sets.resize(kMostSets);
  std::vector<Eigen::ArrayXd> criteria(sets.size());
  for_each_index(sets.size(),
                 [&](std::size_t n) { criteria[n] = drawn_criteria(*sets[n], problem, weight); });
  std::vector<std::size_t> chosen(problem.terms(), 0);
  for (Eigen::Index d = 0; d < weight.cols(); ++d) {
    std::size_t winner = 0;
    for (std::size_t n = 1; n < sets.size(); ++n) {
      if (criteria[n][d] < criteria[winner][d]) winner = n;
    }
    for (const std::size_t term : sets[winner]->terms) ++chosen[term];
  }
  std::vector<double> share;
  for (const std::size_t count : chosen)
    share.push_back(static_cast<double>(count) / static_cast<double>(draws));
  return share;
}

}  // namespace synfer
