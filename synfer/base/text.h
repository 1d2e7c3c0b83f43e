// Small things about text that every room needs: numbers that read back to the same bits, and the
// known word nearest to a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace synfer {

/// The shortest decimal text that reads back to the same double; "nan", "inf", "-inf" otherwise.
std::string shortest(double value);

/// Reads the whole of `text` as a double, in the C locale whatever the user's. Nothing if any
/// character is left over or the value overflows.
std::optional<double> parse_number(std::string_view text);

/// The candidate with the smallest edit distance to `word`; empty where none is reasonably close.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// Lines of at most `width` characters where a space allows it, each begun by `indent`.
std::string wrapped(std::string_view text, std::string_view indent, std::size_t width);

/// Without the spaces around it.
std::string trimmed(const std::string& text);

/// Letters A to Z as a to z; others, those of UTF-8 too, as they are.
std::string lower_case(std::string text);

/// "1 file", "2 files": a count and its noun, the plural of which ends in s.
std::string counted(std::size_t count, std::string_view noun);

/// Items joined by `separator`.
std::string join(std::span<const std::string> items, std::string_view separator);

}  // namespace synfer
