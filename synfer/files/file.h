// The bytes of a data file, whole, and the refusals that every reader shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace synfer {

/// The file's bytes. DataError where there is no such file, it cannot be read, it is a folder or a device, or
/// takes more memory than a file may (memory_budget.h).
std::string read_file(const std::string& file);

/// Its first `count` bytes, fewer where it ends before, with the same refusals.
std::string begin_of_file(const std::string& file, std::size_t count);

/// Its bytes in pieces, however large it is, until there are no more or `take` says false.
void for_each_piece(const std::string& file, const std::function<bool(std::string_view piece)>& take);

/// The file's bytes counted, with the same refusals.
std::uint64_t size_of_file(const std::string& file);

/// What a file is called for people: without its folder and suffix, and without .gz: fly1 of
/// data/fly1.csv.gz.
std::string name_of_file(const std::string& file);

/// Its suffix in lower case, with that before .gz: .csv.gz; empty without one.
std::string suffix_of_file(const std::string& file);

}  // namespace synfer
