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

double log_sum_exp(std::span<const double> logits) {
  const double highest = *std::max_element(logits.begin(), logits.end());
  double sum = 0.0;
  for (const double logit : logits) sum += std::exp(logit - highest);
  return highest + std::log(sum);
}

}  // namespace

double log_softmax(std::span<const double> logits, int choice) {
  return logits[static_cast<std::size_t>(choice)] - log_sum_exp(logits);
}

double log_choice(std::span<const double> logits, int choice) {
  return logits.size() == 1 ? log_bernoulli(logits[0], choice) : log_softmax(logits, choice);
}

void pull_back_log_choice(std::span<const double> logits, int choice, double weight, std::span<double> logit_bar) {
  if (logits.size() == 1) {
    // forward: -log p = softplus(logit) - choice * logit
    logit_bar[0] += weight * (sigmoid(logits[0]) - choice);
    return;
  }
  // forward: -log p = log sum_k exp(logit_k) - logit_choice
  const double total = log_sum_exp(logits);
  for (std::size_t k = 0; k < logits.size(); ++k) {
    logit_bar[k] += weight * (std::exp(logits[k] - total) - (static_cast<int>(k) == choice ? 1.0 : 0.0));
  }
}

}  // namespace synfer
