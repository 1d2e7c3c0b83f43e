#include "synfer/data/file.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"

namespace synfer {

namespace {

void check_is_file(const std::string& file) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(file, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw DataError(file, 0, "", "no such file; check the path");
  }
  if (failure) throw DataError(file, 0, "", "cannot be reached (" + failure.message() + ")");
  if (!std::filesystem::is_regular_file(status)) {
    throw DataError(file, 0, "", "expected a file, found a folder or a device; give the data file itself");
  }
}

}  // namespace

std::string read_file(const std::string& file) {
  check_is_file(file);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file, 0, "", "cannot be opened; check that you may read it");
  std::string bytes;
  std::vector<char> some(std::size_t{1} << 20U);
  while (stream) {
    stop_if_asked();
    stream.read(some.data(), static_cast<std::streamsize>(some.size()));
    bytes.append(some.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) throw DataError(file, 0, "", "cannot be read to its end; copy the file again");
  return bytes;
}

std::uint64_t size_of_file(const std::string& file) {
  check_is_file(file);
  std::error_code failure;
  const std::uint64_t bytes = std::filesystem::file_size(file, failure);
  if (failure || !std::ifstream(file, std::ios::binary)) {
    throw DataError(file, 0, "", "cannot be opened; check that you may read it");
  }
  return bytes;
}

std::string name_of_file(const std::string& file) {
  const std::string name = std::filesystem::path(file).filename().string();
  return name.substr(0, name.size() - suffix_of_file(file).size());
}

std::string suffix_of_file(const std::string& file) {
  std::filesystem::path name = std::filesystem::path(file).filename();
  std::string suffix = lower_case(name.extension().string());
  if (suffix == ".gz") suffix = lower_case(name.stem().extension().string()) + suffix;
  return suffix;
}

}  // namespace synfer
