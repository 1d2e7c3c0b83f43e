#include "synfer/simulation/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace synfer {

int sample_index(int count, double uniform) { return static_cast<int>(uniform * count); }

int sample_softmax(std::span<const double> logits, double uniform) {
  const double largest = *std::ranges::max_element(logits);
  double total = 0.0;
  for (const double logit : logits) total += std::exp(logit - largest);
  double below = 0.0;
  std::size_t k = 0;
  for (; k + 1 < logits.size(); ++k) {
    below += std::exp(logits[k] - largest);
    if (uniform * total < below) break;
  }
  return static_cast<int>(k);
}

std::vector<int> random_order(int count, const RandomStream& draws, DrawAt at) {
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (int last = count - 1; last > 0; --last) {
    const double uniform =
        draws.uniform({at.step, at.replicate, at.index + static_cast<std::uint64_t>(last)});
    std::swap(order[static_cast<std::size_t>(last)],
              order[static_cast<std::size_t>(sample_index(last + 1, uniform))]);
  }
  return order;
}

}  // namespace synfer
