// Text in the encodings of other programs: NumPy keeps UTF-32, MATLAB UTF-16, synfer UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace synfer {

/// Whether `text` is UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

/// Nothing where there is no such character.
std::optional<std::string> to_utf8(char32_t character);

/// `text` must be UTF-8.
std::u32string to_utf32(std::string_view text);

/// `text` must be UTF-8.
std::u16string to_utf16(std::string_view text);

/// Nothing where a surrogate stands alone.
std::optional<std::string> to_utf8(std::u16string_view text);

}  // namespace synfer
