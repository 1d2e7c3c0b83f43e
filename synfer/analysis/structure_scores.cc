#include "synfer/analysis/structure_scores.h"

#include <algorithm>
#include <map>
#include <utility>

#include "synfer/evaluation/cross_validation.h"

namespace synfer {
namespace {

// sqrt(G / (G - 1) sum of squared deviations): the error of a sum over G clusters.
double error_of_sum(const std::vector<double>& sums) {
  std::vector<std::string> clusters;  // each its own
  for (std::size_t n = 0; n < sums.size(); ++n) clusters.push_back(std::to_string(n));
  return static_cast<double>(sums.size()) * clustered_standard_error(sums, clusters);
}

}  // namespace

double nats_of(const std::vector<PartScore>& scores) {
  double nll = 0.0;
  std::size_t choices = 0;
  for (const PartScore& one : scores) {
    nll += one.nll;
    choices += one.choices;
  }
  return nll / static_cast<double>(choices);
}

PairedLoss paired_loss(const std::vector<PartScore>& one, const std::vector<PartScore>& other) {
  std::map<std::string, double> by_part;
  double choices = 0.0;
  double sum = 0.0;
  for (const PartScore& score : one) {
    by_part[score.part] += score.nll;
    choices += static_cast<double>(score.choices);
    sum += score.nll;
  }
  for (const PartScore& score : other) {
    by_part[score.part] -= score.nll;
    sum -= score.nll;
  }
  if (!std::isfinite(sum)) return {sum, NAN};
  std::vector<double> sums;
  for (const auto& [part, difference] : by_part) sums.push_back(difference);
  double error = error_of_sum(sums);
  const auto same = [](const PartScore& a, const PartScore& b) {
    return a.part == b.part && a.session == b.session;
  };
  if (std::ranges::equal(one, other, same)) {  // sessions are replayed one by one in both
    sums.clear();
    for (std::size_t s = 0; s < one.size(); ++s) sums.push_back(one[s].nll - other[s].nll);
    error = std::fmax(error, error_of_sum(sums));
  }
  return {sum / choices, error / choices};
}

std::size_t simplest_allowed(const std::vector<std::vector<PartScore>>& scores,
                             const std::vector<int>& complexity) {
  const auto best = static_cast<std::size_t>(std::ranges::min_element(scores, {}, nats_of) - scores.begin());
  std::size_t chosen = best;
  for (std::size_t n = 0; n < scores.size(); ++n) {
    if (!std::isfinite(nats_of(scores[n])) || (n != best && paired_loss(scores[n], scores[best]).worse()))
      continue;
    if (std::pair(complexity[n], nats_of(scores[n])) < std::pair(complexity[chosen], nats_of(scores[chosen])))
      chosen = n;
  }
  return chosen;
}

}  // namespace synfer
