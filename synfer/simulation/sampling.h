// Samples from small distributions, each made of uniform draws that the caller names.
#pragma once

#include <span>
#include <vector>

#include "synfer/base/random.h"

namespace synfer {

/// One of 0 .. count - 1, all alike. `uniform` lies within (0, 1).
int sample_index(int count, double uniform);

/// k with P_k = exp(logit_k) / sum exp(logit). logits: K, finite.
int sample_softmax(std::span<const double> logits, double uniform);

/// 0 .. count - 1 in random order (Fisher and Yates); uses the draws at.index + 1 .. + count - 1.
std::vector<int> random_order(int count, const RandomStream& draws, DrawAt at = {});

}  // namespace synfer
