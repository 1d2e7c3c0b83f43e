#include "synfer/base/random.h"

#include <Random123/philox.h>

#include <Random123/uniform.hpp>
#include <cmath>
#include <numbers>

namespace synfer {
namespace {

// FNV-1a, 64 bits: only tells names apart; Philox does the mixing.
constexpr std::uint64_t kOffset = 14695981039346656037ULL;
constexpr std::uint64_t kPrime = 1099511628211ULL;

std::uint64_t hash(std::string_view text, std::uint64_t state = kOffset) {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * kPrime;
  return state;
}

using Block = r123::Philox4x64::ctr_type;

Block block_at(const std::uint64_t key[2], std::uint64_t place, DrawAt at, std::uint64_t block) {
  const r123::Philox4x64::ctr_type counter = {{block, at.step, at.replicate, place}};
  const r123::Philox4x64::key_type k = {{key[0], key[1]}};
  return r123::Philox4x64()(counter, k);
}

// Two 64-bit words to two independent standard normals.
void box_muller(std::uint64_t first, std::uint64_t second, double out[2]) {
  const double radius = std::sqrt(-2.0 * std::log(r123::u01<double>(first)));
  const double angle = 2.0 * std::numbers::pi * r123::u01<double>(second);
  out[0] = radius * std::cos(angle);
  out[1] = radius * std::sin(angle);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::string_view animal,
                           std::string_view session)
    : key_{seed, hash(purpose)}, place_(hash(session, hash(std::string_view("\0", 1), hash(animal)))) {}

double RandomStream::uniform(DrawAt at) const {
  return r123::u01<double>(block_at(key_, place_, at, at.index / 4)[at.index % 4]);
}

double RandomStream::normal(DrawAt at) const {
  double out = 0.0;
  normals(at, 1, &out);
  return out;
}

void RandomStream::normals(DrawAt at, std::uint64_t count, double* out) const {
  // One Philox block of four words makes the normals of four neighbouring indices, a pair of words a pair.
  std::uint64_t index = at.index;
  const std::uint64_t end = at.index + count;
  while (index < end) {
    const Block words = block_at(key_, place_, at, index / 4);
    for (std::uint64_t pair = index % 4 / 2; pair < 2 && index < end; ++pair) {
      double two[2];
      box_muller(words[2 * pair], words[2 * pair + 1], two);
      for (std::uint64_t lane = index % 2; lane < 2 && index < end; ++lane, ++index) *out++ = two[lane];
    }
  }
}

}  // namespace synfer
