// The bytes of a data file, whole, and the refusals that every reader shares.
#pragma once

#include <string>

namespace synfer {

/// The file's bytes. DataError where there is no such file, it cannot be read, or it is a folder
/// or a device.
std::string read_file(const std::string& file);

}  // namespace synfer
