// Bytes that deflate has packed, as gzip (RFC 1952) or zlib (RFC 1950), unpacked whole. Both carry a
// checksum, which is compared: what comes out is what went in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "synfer/files/memory_budget.h"

namespace synfer {

/// deflate never shrinks anything more than 1032 times: who claims more than that is damaged.
inline constexpr unsigned kMostBytesPerPackedByte = 1032;

/// Whether the bytes begin as gzip's do.
bool is_gzip(std::string_view bytes);

/// Every member of a gzip file, one after the other. Nothing where the bytes are damaged or break off.
/// DataError where what comes out takes more than is left of `budget`.
std::optional<std::string> unpack_gzip(std::string_view packed, MemoryBudget& budget);

/// One zlib stream. Nothing where it is damaged, breaks off, or is not all that the bytes hold. DataError as
/// above.
std::optional<std::string> unpack_zlib(std::string_view packed, MemoryBudget& budget);

/// The first `count` bytes of a zlib stream, fewer where it ends or is damaged before.
std::string begin_of_zlib(std::string_view packed, std::size_t count);

}  // namespace synfer
