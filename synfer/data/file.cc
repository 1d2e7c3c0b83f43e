#include "synfer/data/file.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include "synfer/base/error.h"

namespace synfer {

std::string read_file(const std::string& file) {
  std::error_code failure;
  const std::filesystem::file_status status = std::filesystem::status(file, failure);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw DataError(file, 0, "", "no such file; check the path");
  }
  if (failure) throw DataError(file, 0, "", "cannot be reached (" + failure.message() + ")");
  if (!std::filesystem::is_regular_file(status)) {
    throw DataError(file, 0, "", "expected a file, found a folder or a device; give the data file itself");
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw DataError(file, 0, "", "cannot be opened; check that you may read it");
  std::ostringstream bytes;
  // An empty file leaves failbit on `bytes`; size() tells that case.
  bytes << stream.rdbuf();
  if (stream.bad()) throw DataError(file, 0, "", "cannot be read to its end; copy the file again");
  return std::move(bytes).str();
}

}  // namespace synfer
