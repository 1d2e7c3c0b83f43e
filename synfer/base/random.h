// Counter-based random numbers: a draw is a function of what it is for, never of what was drawn
// before it. Results therefore do not depend on threads, order or batch size.
//
// A stream is named by (seed, purpose, animal, session); a draw within it by (step, replicate,
// index). Philox4x64-10 of Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011),
// from Random123.
#pragma once

#include <cstdint>
#include <string_view>

namespace synfer {

/// Address of one draw within a stream.
struct DrawAt {
  std::uint64_t step = 0;
  std::uint64_t replicate = 0;
  std::uint64_t index = 0;
};

class RandomStream {
 public:
  /// `purpose` keeps uses apart ("stimulus noise", "choices", ...): same seed, unrelated draws.
  RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view animal = {},
               std::string_view session = {});

  /// Uniform on (0, 1), both ends excluded.
  [[nodiscard]] double uniform(DrawAt at) const;

  /// Standard normal (Box-Muller).
  [[nodiscard]] double normal(DrawAt at) const;

  /// Writes `count` standard normals: those of at.index, at.index + 1, ... Agrees with normal().
  void normals(DrawAt at, std::uint64_t count, double* out) const;

 private:
  std::uint64_t key_[2];
  std::uint64_t place_;
};

}  // namespace synfer
