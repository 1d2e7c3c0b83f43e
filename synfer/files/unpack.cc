#include "synfer/files/unpack.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "synfer/base/stop.h"

namespace synfer {
namespace {

constexpr int kGzip = 16 + MAX_WBITS;
constexpr int kZlib = MAX_WBITS;

class Stream {
 public:
  explicit Stream(int kind) : ready_(inflateInit2(&state_, kind) == Z_OK) {}
  ~Stream() {
    if (ready_) inflateEnd(&state_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Takes one stream off the front of `packed` and adds what it holds to `bytes`, which stops growing at
  // about `most`. Whether the stream is whole.
  bool take(std::string_view& packed, std::string& bytes, std::size_t most) {
    std::array<char, 1 << 16> piece;
    int status = ready_ ? Z_OK : Z_MEM_ERROR;
    while (status == Z_OK && bytes.size() < most) {
      stop_if_asked();
      // zlib counts in unsigned int, and takes const input by a pointer that is not.
      const std::size_t given = std::min<std::size_t>(packed.size(), std::numeric_limits<uInt>::max());
      state_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
      state_.avail_in = static_cast<uInt>(given);
      state_.next_out = reinterpret_cast<Bytef*>(piece.data());
      state_.avail_out = static_cast<uInt>(piece.size());
      status = inflate(&state_, Z_NO_FLUSH);
      bytes.append(piece.data(), piece.size() - state_.avail_out);
      packed.remove_prefix(given - state_.avail_in);
    }
    return status == Z_STREAM_END;
  }

 private:
  z_stream state_{};
  bool ready_;
};

// Takes one stream off the front of `packed`, as above.
bool take(int kind, std::string_view& packed, std::string& bytes, MemoryBudget& budget) {
  const std::size_t before = bytes.size();
  const bool is_whole = Stream(kind).take(packed, bytes, before + budget.left() + 1);
  budget.take(bytes.size() - before);
  return is_whole;
}

}  // namespace

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B"); }

std::optional<std::string> unpack_gzip(std::string_view packed, MemoryBudget& budget) {
  std::string bytes;
  while (is_gzip(packed)) {
    if (!take(kGzip, packed, bytes, budget)) return std::nullopt;
  }
  // Tapes and some programs fill a file up with zeros.
  if (packed.find_first_not_of('\0') != std::string_view::npos) return std::nullopt;
  return bytes;
}

std::optional<std::string> unpack_zlib(std::string_view packed, MemoryBudget& budget) {
  std::string bytes;
  if (!take(kZlib, packed, bytes, budget) || !packed.empty()) return std::nullopt;
  return bytes;
}

std::string begin_of_zlib(std::string_view packed, std::size_t count) {
  std::string bytes;
  Stream(kZlib).take(packed, bytes, count);
  return bytes.substr(0, count);
}

}  // namespace synfer
