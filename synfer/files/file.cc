#include "synfer/files/file.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/files/memory_budget.h"

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

void for_each_piece(const std::string& file, const std::function<bool(std::string_view piece)>& take) {
  check_is_file(file);
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file, 0, "", "cannot be opened; check that you may read it");
  std::vector<char> piece(std::size_t{1} << 20U);
  while (stream) {
    stop_if_asked();
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (!take({piece.data(), static_cast<std::size_t>(stream.gcount())})) return;
  }
  if (stream.bad()) throw DataError(file, 0, "", "cannot be read to its end; copy the file again");
}

std::string read_file(const std::string& file) {
  const std::uint64_t size = size_of_file(file);
  MemoryBudget(file).take(size);  // a file with holes is larger than it is on the disk
  std::string bytes;
  bytes.reserve(size);
  for_each_piece(file, [&](std::string_view piece) {
    bytes += piece;
    return true;
  });
  return bytes;
}

std::string begin_of_file(const std::string& file, std::size_t count) {
  std::string bytes;
  for_each_piece(file, [&](std::string_view piece) {
    bytes += piece.substr(0, count - bytes.size());
    return bytes.size() < count;
  });
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
