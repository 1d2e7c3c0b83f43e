// What all targets share: an input is read or refused by an error of synfer's own. Anything else is a
// finding.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>

#include "synfer/base/error.h"

namespace synfer::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void reads_or_refuses(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error&) {
  }
}

/// The input as a file with this suffix, for readers that take a path; gone when the target ends.
inline const std::string& file_of(const std::uint8_t* data, std::size_t size, const std::string& suffix) {
  struct File {
    std::string path;
    ~File() { std::filesystem::remove(path); }
  };
  static const File file{std::filesystem::temp_directory_path() /
                         ("synfer-fuzz-" + std::to_string(getpid()) + suffix)};
  std::ofstream(file.path, std::ios::binary) << text_of(data, size);
  return file.path;
}

}  // namespace synfer::fuzz
