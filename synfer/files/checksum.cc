#include "synfer/files/checksum.h"

#include <fmt/format.h>
#include <nettle/sha2.h>
#include <sys/stat.h>

#include <algorithm>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/files/file.h"

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
  constexpr std::size_t kSome = std::size_t{1} << 20U;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kSome, bytes.size()))) {
    stop_if_asked();
    sum.add(bytes.substr(0, kSome));
  }
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

namespace {

// Which file it is, how long, and when it was last changed, which no program can set.
std::array<std::int64_t, 5> state_of(const std::string& file) {
  struct stat status = {};
  if (stat(file.c_str(), &status) != 0) return {};
  return {static_cast<std::int64_t>(status.st_dev), static_cast<std::int64_t>(status.st_ino), status.st_size,
          status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
}

}  // namespace

void Unchanged::watch(const std::string& file) { before_.emplace(file, state_of(file)); }

void Unchanged::check() const {
  for (const auto& [file, before] : before_) {
    if (state_of(file) != before) {
      throw DataError(file, 0, "",
                      "changed while it was read, expected a file that nobody writes to; read it again once "
                      "it is whole");
    }
  }
}

}  // namespace synfer
