#include "synfer/model/likelihood.h"

#include <algorithm>
#include <cmath>

namespace synfer {

double softplus(double a) { return (a > 0 ? a : 0.0) + std::log1p(std::exp(-std::abs(a))); }

double sigmoid(double a) {
  const double e = std::exp(-std::abs(a));
  return a >= 0 ? 1.0 / (1.0 + e) : e / (1.0 + e);
}

double log_bernoulli(double logit, int choice) { return -softplus(choice == 1 ? -logit : logit); }

namespace {

// log sum_k exp(logit_k - highest), 0 to log K. Kept apart from `highest`, in which it would lose its
// digits: chances depend on differences of logits alone, however large they are.
double log_sum_above(double highest, std::span<const double> logits) {
  double sum = 0.0;
  for (const double logit : logits) sum += std::exp(logit - highest);
  return std::log(sum);
}

double highest_of(std::span<const double> logits) { return *std::max_element(logits.begin(), logits.end()); }

}  // namespace

double log_softmax(std::span<const double> logits, int choice) {
  const double highest = highest_of(logits);
  return (logits[static_cast<std::size_t>(choice)] - highest) - log_sum_above(highest, logits);
}

double log_choice(std::span<const double> logits, int choice) {
  return logits.size() == 1 ? log_bernoulli(logits[0], choice) : log_softmax(logits, choice);
}

void pull_back_log_choice(std::span<const double> logits, int choice, double weight,
                          std::span<double> logit_bar) {
  if (logits.size() == 1) {
    // forward: -log p = softplus(logit) - choice * logit
    logit_bar[0] += weight * (sigmoid(logits[0]) - choice);
    return;
  }
  // forward: -log p = log sum_k exp(logit_k) - logit_choice
  const double highest = highest_of(logits);
  const double above = log_sum_above(highest, logits);
  for (std::size_t k = 0; k < logits.size(); ++k) {
    const double chance = std::exp((logits[k] - highest) - above);
    logit_bar[k] += weight * (chance - (static_cast<int>(k) == choice ? 1.0 : 0.0));
  }
}

}  // namespace synfer
