#include "synfer/files/npy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

#include "synfer/base/error.h"
#include "synfer/files/unicode.h"

namespace synfer {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;

struct Header {
  std::string type;  // byte order, kind and bytes, such as <f8
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

class Reader {
 public:
  Reader(const std::string& file, const std::string& name, std::string_view bytes, MemoryBudget& budget)
      : file_(file), name_(name), bytes_(bytes), budget_(budget) {}

  Array read() {
    const Header header = read_header();
    Array array;
    array.shape = header.shape;
    std::size_t values = 1;
    for (const std::size_t d : header.shape) {
      if (d != 0 && values > bytes_.size() / d) {
        reject("claims more values than there are bytes; the file is damaged: copy or save it again");
      }
      values *= d;
    }
    const char kind = header.type[1];
    const std::size_t width = width_of(header.type);
    if (bytes_.size() != values * width) {
      reject(fmt::format("holds {} bytes of values, expected {}; the file is damaged: copy or save it again",
                         bytes_.size(), values * width));
    }
    const bool swapped = (header.type[0] == '>') == (std::endian::native == std::endian::little);
    array.is_text = kind == 'U' || kind == 'S';
    budget_.take(values, array.is_text ? sizeof(std::string) + width : sizeof(double));
    for (std::size_t i = 0; i < values; ++i) {
      const std::string_view value = bytes_.substr(i * width, width);
      if (kind == 'U') {
        array.text.push_back(utf8_of(value, swapped));
      } else if (kind == 'S') {
        array.text.emplace_back(value.substr(0, std::min(value.find('\0'), value.size())));
      } else {
        array.numbers.push_back(number_of(kind, value, swapped));
      }
    }
    if (header.fortran_order) to_c_order(array);
    return array;
  }

 private:
  [[noreturn]] void reject(const std::string& what_is_wrong) const {
    throw DataError(file_, 0, name_, what_is_wrong);
  }
  [[noreturn]] void reject_damage() const {
    reject("is no .npy array; the file is damaged: copy or save it again");
  }

  template <typename T>
  static T as(std::string_view value, bool swapped) {
    std::array<char, sizeof(T)> raw{};
    std::memcpy(raw.data(), value.data(), sizeof(T));
    if (swapped) std::reverse(raw.begin(), raw.end());
    return std::bit_cast<T>(raw);
  }

  // Takes the header off the front of bytes_.
  Header read_header() {
    constexpr bool kBig = std::endian::native == std::endian::big;
    if (bytes_.size() < 12 || !bytes_.starts_with(kMagic)) reject_damage();
    const int version = static_cast<unsigned char>(bytes_[6]);
    if (version < 1 || version > 3) reject(fmt::format("found .npy version {}, expected 1 to 3", version));
    const std::size_t begin = version == 1 ? 10 : 12;
    const std::size_t length = version == 1 ? as<std::uint16_t>(bytes_.substr(8, 2), kBig)
                                            : as<std::uint32_t>(bytes_.substr(8, 4), kBig);
    if (length > bytes_.size() - begin) reject_damage();
    const std::string_view text = bytes_.substr(begin, length);
    bytes_.remove_prefix(begin + length);

    Header header;
    header.type = type_of(after(text, "'descr':"));
    const std::string_view order = after(text, "'fortran_order':");
    header.fortran_order = order.starts_with("True");
    if (!header.fortran_order && !order.starts_with("False")) reject_damage();
    header.shape = shape_of(after(text, "'shape':"));
    return header;
  }

  [[nodiscard]] std::string_view after(std::string_view text, std::string_view key) const {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) reject_damage();
    text.remove_prefix(at + key.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    return text;
  }

  [[nodiscard]] std::string type_of(std::string_view text) const {
    if (text.starts_with('['))
      reject("is a structured array; save each of its fields as an array of its own");
    const std::size_t end = text.starts_with('\'') ? text.find('\'', 1) : std::string_view::npos;
    if (end == std::string_view::npos) reject_damage();
    std::string type(text.substr(1, end - 1));
    if (type.size() < 2) reject_damage();
    if (type[1] == 'O') {
      reject(
          "holds Python objects (a pickle), which can run programs when they are read, so synfer does not; "
          "if you trust the file, convert it once: python -c \"import numpy as np; "
          "d = np.load('IN.npz', allow_pickle=True); np.savez('OUT.npz', choice=..., reward=...)\" "
          "(docs/data.md)");
    }
    return type;
  }

  [[nodiscard]] std::size_t width_of(const std::string& type) const {
    std::size_t width = 0;
    const char* end = type.data() + type.size();
    const auto [last, status] = std::from_chars(type.data() + 2, end, width);
    if (status != std::errc() || last != end || width > bytes_.size() + 8) reject_type(type);
    const char kind = type[1];
    if (kind == 'S') return width;
    if (kind == 'U') return 4 * width;
    const bool whole = (kind == 'i' || kind == 'u') && (width == 1 || width == 2 || width == 4 || width == 8);
    const bool real = kind == 'f' && (width == 4 || width == 8);
    const bool truth = kind == 'b' && width == 1;
    if (whole || real || truth) return width;
    reject_type(type);
  }

  [[noreturn]] void reject_type(const std::string& type) const {
    reject(
        fmt::format("is of NumPy's type '{}', expected numbers, truth values or text; convert it with "
                    "astype(float) or astype(str)",
                    type));
  }

  [[nodiscard]] std::vector<std::size_t> shape_of(std::string_view text) const {
    std::vector<std::size_t> shape;
    const std::size_t end = text.find(')');
    if (!text.starts_with('(') || end == std::string_view::npos) reject_damage();
    text = text.substr(1, end - 1);
    while (true) {
      const std::size_t digit = text.find_first_not_of(" ,");
      if (digit == std::string_view::npos) return shape;
      text.remove_prefix(digit);
      std::size_t length = 0;
      const auto [last, status] = std::from_chars(text.data(), text.data() + text.size(), length);
      if (status != std::errc()) reject_damage();
      text.remove_prefix(static_cast<std::size_t>(last - text.data()));
      shape.push_back(length);
    }
  }

  static double number_of(char kind, std::string_view value, bool swapped) {
    const bool has_sign = kind == 'i';
    switch (value.size()) {
      case 1:
        return has_sign ? as<std::int8_t>(value, false) : as<std::uint8_t>(value, false);
      case 2:
        return has_sign ? as<std::int16_t>(value, swapped) : as<std::uint16_t>(value, swapped);
      case 4:
        if (kind == 'f') return static_cast<double>(as<float>(value, swapped));
        return has_sign ? as<std::int32_t>(value, swapped) : as<std::uint32_t>(value, swapped);
      default:
        if (kind == 'f') return as<double>(value, swapped);
        return has_sign ? static_cast<double>(as<std::int64_t>(value, swapped))
                        : static_cast<double>(as<std::uint64_t>(value, swapped));
    }
  }

  [[nodiscard]] std::string utf8_of(std::string_view value, bool swapped) const {
    std::string text;
    for (std::size_t at = 0; at < value.size(); at += 4) {
      const auto point = as<std::uint32_t>(value.substr(at, 4), swapped);
      if (point == 0) break;
      const std::optional<std::string> character = to_utf8(static_cast<char32_t>(point));
      if (!character) reject("holds what is not Unicode; the file is damaged: copy or save it again");
      text += *character;
    }
    return text;
  }

  const std::string& file_;
  const std::string& name_;
  std::string_view bytes_;
  MemoryBudget& budget_;
};

template <typename T>
void put(std::string& bytes, T value) {
  std::array<char, sizeof(T)> raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
  if constexpr (std::endian::native == std::endian::big) std::reverse(raw.begin(), raw.end());
  bytes.append(raw.data(), raw.size());
}

}  // namespace

Array array_from_npy(const std::string& file, const std::string& name, std::string_view bytes,
                     MemoryBudget& budget) {
  return Reader(file, name, bytes, budget).read();
}

std::string npy_of(const Array& array) {
  std::vector<std::u32string> wide;
  std::size_t width = 1;
  for (const std::string& text : array.text) {
    wide.push_back(to_utf32(text));
    width = std::max(width, wide.back().size());
  }
  std::string shape;
  for (const std::size_t d : array.shape) shape += fmt::format("{},", d);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   array.is_text ? fmt::format("<U{}", width) : std::string("<f8"), shape);
  const std::size_t unpadded = kMagic.size() + 4 + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header += '\n';

  std::string bytes(kMagic);
  bytes += '\x01';
  bytes += '\0';
  put(bytes, static_cast<std::uint16_t>(header.size()));
  bytes += header;
  for (const double value : array.numbers) put(bytes, value);
  for (const std::u32string& text : wide) {
    for (const char32_t character : text) put(bytes, static_cast<std::uint32_t>(character));
    bytes.append(4 * (width - text.size()), '\0');
  }
  return bytes;
}

}  // namespace synfer
