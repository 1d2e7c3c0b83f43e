#include "synfer/data/checksum.h"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include "synfer/data/file.h"

namespace synfer {

namespace {

class Sha256 {
 public:
  Sha256() { sha256_init(&context_); }

  void add(std::string_view bytes) {
    sha256_update(&context_, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  }

  std::string digits() {
    std::uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&context_, sizeof digest, digest);
    std::string digits;
    for (const std::uint8_t byte : digest) digits += fmt::format("{:02x}", byte);
    return digits;
  }

 private:
  sha256_ctx context_{};
};

}  // namespace

std::string sha256(std::string_view bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.digits();
}

DataFile identify(const std::string& path) {
  Sha256 sum;
  std::uint64_t bytes = 0;
  for_each_piece(path, [&](std::string_view piece) {
    sum.add(piece);
    bytes += piece.size();
    return true;
  });
  return {path, sum.digits(), bytes};
}

}  // namespace synfer
