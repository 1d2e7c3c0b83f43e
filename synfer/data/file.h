// The bytes of a data file, whole, and the refusals that every reader shares.
#pragma once

#include <cstdint>
#include <string>

namespace synfer {

/// The file's bytes. DataError where there is no such file, it cannot be read, or it is a folder
/// or a device.
std::string read_file(const std::string& file);

/// The file's bytes counted, with the same refusals.
std::uint64_t size_of_file(const std::string& file);

/// What a file is called for people: without its folder and suffix, and without .gz: fly1 of
/// data/fly1.csv.gz.
std::string name_of_file(const std::string& file);

/// Its suffix in lower case, with that before .gz: .csv.gz; empty without one.
std::string suffix_of_file(const std::string& file);

}  // namespace synfer
