// What identifies a data file in the record of a run: its path as given, its size and its SHA-256
// (FIPS 180-4, from nettle).
#pragma once

#include <array>
#include <cstdint>
#include <map>
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

/// Files that are read after they were identified: that what is read are the bytes that were summed.
class Unchanged {
 public:
  /// Before `file` is identified.
  void watch(const std::string& file);

  /// After all was read. DataError where a file was written to, or is another, since it was first watched.
  void check() const;

 private:
  std::map<std::string, std::array<std::int64_t, 5>> before_;
};

}  // namespace synfer
