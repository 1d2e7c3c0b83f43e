#include "synfer/data/checksum.h"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include "synfer/data/file.h"

namespace synfer {

std::string sha256(std::string_view bytes) {
  sha256_ctx context;
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::uint8_t digest[SHA256_DIGEST_SIZE];
  sha256_digest(&context, sizeof digest, digest);
  std::string digits;
  for (const std::uint8_t byte : digest) digits += fmt::format("{:02x}", byte);
  return digits;
}

DataFile identify(const std::string& path) {
  const std::string bytes = read_file(path);
  return {path, sha256(bytes), bytes.size()};
}

}  // namespace synfer
