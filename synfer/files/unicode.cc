#include "synfer/files/unicode.h"

namespace synfer {
namespace {

constexpr char32_t kFirstSurrogate = 0xD800;
constexpr char32_t kLowSurrogate = 0xDC00;
constexpr char32_t kAfterSurrogates = 0xE000;
constexpr char32_t kFirstPair = 0x10000;
constexpr char32_t kLast = 0x10FFFF;

bool is_surrogate(char32_t c) { return c >= kFirstSurrogate && c < kAfterSurrogates; }

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80U ? 1 : first < 0xE0U ? 2 : first < 0xF0U ? 3 : 4;
    if (length > text.size() - at || (first >= 0x80U && first < 0xC2U) || first > 0xF4U) return false;
    char32_t character = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t n = 1; n < length; ++n) {
      const auto byte = static_cast<unsigned char>(text[at + n]);
      if ((byte & 0xC0U) != 0x80U) return false;
      character = (character << 6U) | (byte & 0x3FU);
    }
    const bool is_overlong = (length == 3 && character < 0x800U) || (length == 4 && character < kFirstPair);
    if (is_overlong || is_surrogate(character) || character > kLast) return false;
    at += length;
  }
  return true;
}

std::optional<std::string> to_utf8(char32_t character) {
  if (character > kLast || is_surrogate(character)) return std::nullopt;
  const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  if (character < 0x80U) return std::string{byte(character)};
  const int following = character < 0x800U ? 1 : character < kFirstPair ? 2 : 3;
  const char32_t mark = following == 1 ? 0xC0U : following == 2 ? 0xE0U : 0xF0U;
  std::string text{byte(mark | (character >> (6 * following)))};
  for (int f = following - 1; f >= 0; --f) text += byte(0x80U | ((character >> (6 * f)) & 0x3FU));
  return text;
}

std::u32string to_utf32(std::string_view text) {
  std::u32string wide;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if ((byte & 0xC0U) == 0x80U && !wide.empty()) {
      wide.back() = (wide.back() << 6U) | (byte & 0x3FU);
    } else {
      wide += byte < 0xC0U ? byte : byte < 0xE0U ? byte & 0x1FU : byte < 0xF0U ? byte & 0x0FU : byte & 0x07U;
    }
  }
  return wide;
}

std::u16string to_utf16(std::string_view text) {
  std::u16string wide;
  for (const char32_t character : to_utf32(text)) {
    if (character < kFirstPair) {
      wide += static_cast<char16_t>(character);
    } else {
      wide += static_cast<char16_t>(kFirstSurrogate + ((character - kFirstPair) >> 10U));
      wide += static_cast<char16_t>(kLowSurrogate + ((character - kFirstPair) & 0x3FFU));
    }
  }
  return wide;
}

std::optional<std::string> to_utf8(std::u16string_view text) {
  std::string narrow;
  for (std::size_t at = 0; at < text.size(); ++at) {
    char32_t character = text[at];
    if (character >= kFirstSurrogate && character < kLowSurrogate && at + 1 < text.size()) {
      const char32_t low = text[++at];
      if (low < kLowSurrogate || low >= kAfterSurrogates) return std::nullopt;
      character = kFirstPair + ((character - kFirstSurrogate) << 10U) + (low - kLowSurrogate);
    }
    const std::optional<std::string> bytes = to_utf8(character);
    if (!bytes) return std::nullopt;
    narrow += *bytes;
  }
  return narrow;
}

}  // namespace synfer
