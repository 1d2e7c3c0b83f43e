// What identifies a data file in the record of a run: its path as given, its size and its SHA-256
// (FIPS 180-4, from nettle).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace synfer {

struct DataFile {
  std::string path;
  std::string sha256;  // 64 lower-case hexadecimal digits
  std::uint64_t bytes = 0;

  friend bool operator==(const DataFile&, const DataFile&) = default;
};

/// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);

/// DataError where the file cannot be read.
DataFile identify(const std::string& path);

}  // namespace synfer
