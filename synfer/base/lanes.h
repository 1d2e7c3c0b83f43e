// Eight numbers side by side, of which arithmetic is done at once: slopes in eight parameters, or the same
// quantity in eight sessions.
#pragma once

#include <array>
#include <cstddef>

namespace synfer {

inline constexpr std::size_t kLanes = 8;  // one vector of AVX-512, two of AVX2

struct alignas(sizeof(double) * kLanes) Lanes {
  std::array<double, kLanes> lane{};
};

inline std::size_t blocks_of(std::size_t lanes) { return (lanes + kLanes - 1) / kLanes; }

}  // namespace synfer
