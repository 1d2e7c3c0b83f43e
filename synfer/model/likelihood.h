// Log likelihoods of one choice, and their slopes in the logits. Finite for every finite logit.
#pragma once

#include <span>

namespace synfer {

/// log(1 + exp(a)) without overflow.
double softplus(double a);

/// 1 / (1 + exp(-a)).
double sigmoid(double a);

/// log P(choice) of accept (1) or reject (0) with P(accept) = 1 / (1 + exp(-logit)).
double log_bernoulli(double logit, int choice);

/// log P of choosing offer `choice` among K with P_k = exp(logit_k) / sum exp(logit). logits: K.
double log_softmax(std::span<const double> logits, int choice);

/// log P of a choice among K offers, K = 1 being accept or reject. Adds to logit_bar (K) `weight`
/// times the slope of the *negative* log likelihood.
double log_choice(std::span<const double> logits, int choice);
void pull_back_log_choice(std::span<const double> logits, int choice, double weight,
                          std::span<double> logit_bar);

}  // namespace synfer
