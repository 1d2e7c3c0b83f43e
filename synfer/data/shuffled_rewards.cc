#include "synfer/data/shuffled_rewards.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "synfer/base/random.h"

namespace synfer {

Session shuffled_rewards(const Session& session, std::uint64_t seed, std::uint64_t draw,
                         std::span<const std::size_t> cuts) {
  Session shuffled = session;
  const RandomStream stream(seed, "shuffled rewards", session.animal, session.name);
  std::vector<std::size_t> places;
  // Fisher and Yates, from the last place down.
  const auto permute = [&] {
    for (std::size_t n = places.size(); n > 1; --n) {
      const double u = stream.uniform({.step = places[n - 1], .replicate = draw});
      const auto other = std::min(static_cast<std::size_t>(u * static_cast<double>(n)), n - 1);
      std::swap(shuffled.reward[places[n - 1]], shuffled.reward[places[other]]);
    }
    places.clear();
  };
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (std::ranges::binary_search(cuts, t)) permute();
    if (session.learns[t] && !std::isnan(session.reward[t])) places.push_back(t);
  }
  permute();
  return shuffled;
}

}  // namespace synfer
