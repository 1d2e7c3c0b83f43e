#include "synfer/files/mat5.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <type_traits>

#include "synfer/base/error.h"
#include "synfer/files/mat5_codes_private.h"
#include "synfer/files/unicode.h"
#include "synfer/files/unpack.h"

namespace synfer {

using namespace mat5;

namespace {

constexpr std::size_t kNameBytes = 512;  // enough of a packed part for its name
constexpr int kDeepest = 16;             // structs within structs

bool is_swapped(std::string_view bytes) {
  return (bytes.substr(126, 2) == "IM") != (std::endian::native == std::endian::little);
}

template <typename T>
T number_at(std::string_view bytes, std::size_t at, bool swapped) {
  std::array<char, sizeof(T)> raw{};
  std::memcpy(raw.data(), bytes.data() + at, sizeof(T));
  if (swapped) std::reverse(raw.begin(), raw.end());
  return std::bit_cast<T>(raw);
}

struct Damage {};

struct Element {
  std::uint32_t type = 0;
  std::string_view content;
};

// The elements of a part, one after the other.
class Elements {
 public:
  Elements(std::string_view bytes, bool swapped, MemoryBudget& budget)
      : bytes_(bytes), swapped_(swapped), budget_(budget) {}

  Element next() {
    if (bytes_.size() < kTagBytes) throw Damage();
    const auto first = number_at<std::uint32_t>(bytes_, 0, swapped_);
    const std::uint32_t small = first >> 16U;
    if (small > 4) throw Damage();
    if (small > 0) {
      const Element element{first & 0xFFFFU, bytes_.substr(4, small)};
      bytes_.remove_prefix(kTagBytes);
      return element;
    }
    const auto length = number_at<std::uint32_t>(bytes_, 4, swapped_);
    bytes_.remove_prefix(kTagBytes);
    if (length > bytes_.size()) throw Damage();
    const Element element{first, bytes_.substr(0, length)};
    bytes_.remove_prefix(std::min<std::size_t>((std::size_t{length} + 7U) / 8U * 8U, bytes_.size()));
    return element;
  }

  template <typename T>
  std::vector<T> numbers(const Element& element) const {
    switch (element.type) {
      case kInt8:
        return numbers_as<std::int8_t, T>(element.content);
      case kUint8:
        return numbers_as<std::uint8_t, T>(element.content);
      case kInt16:
        return numbers_as<std::int16_t, T>(element.content);
      case kUint16:
      case kUtf16:
        return numbers_as<std::uint16_t, T>(element.content);
      case kInt32:
        return numbers_as<std::int32_t, T>(element.content);
      case kUint32:
      case kUtf32:
        return numbers_as<std::uint32_t, T>(element.content);
      case kSingle:
        return numbers_as<float, T>(element.content);
      case kDouble:
        return numbers_as<double, T>(element.content);
      case kInt64:
        return numbers_as<std::int64_t, T>(element.content);
      case kUint64:
        return numbers_as<std::uint64_t, T>(element.content);
      default:
        throw Damage();
    }
  }

  [[nodiscard]] bool swapped() const { return swapped_; }
  [[nodiscard]] MemoryBudget& budget() const { return budget_; }
  [[nodiscard]] std::size_t bytes_left() const { return bytes_.size(); }

 private:
  // NaN and numbers beyond the range become no whole number.
  template <typename T, typename Stored>
  static bool fits(Stored value) {
    if constexpr (std::is_floating_point_v<T> || std::is_integral_v<Stored>) return true;
    const auto wide = static_cast<double>(value);
    return wide >= static_cast<double>(std::numeric_limits<T>::min()) &&
           wide <= static_cast<double>(std::numeric_limits<T>::max());
  }

  template <typename Stored, typename T>
  std::vector<T> numbers_as(std::string_view content) const {
    if (content.size() % sizeof(Stored) != 0) throw Damage();
    std::vector<T> values;
    budget_.take(content.size() / sizeof(Stored), sizeof(T));
    values.reserve(content.size() / sizeof(Stored));
    for (std::size_t at = 0; at < content.size(); at += sizeof(Stored)) {
      const auto value = number_at<Stored>(content, at, swapped_);
      if (!fits<T>(value)) throw Damage();
      values.push_back(static_cast<T>(value));
    }
    return values;
  }

  std::string_view bytes_;
  bool swapped_;
  MemoryBudget& budget_;
};

// Characters stand in the order of a matrix, so that pairs of UTF-16 are put together later, row by row.
std::u32string characters_of(const Elements& elements, const Element& element, std::size_t count) {
  std::u32string characters;
  if (element.type == kUtf8) {
    if (!is_utf8(element.content)) throw Damage();
    elements.budget().take(element.content.size(), sizeof(char32_t));
    characters = to_utf32(element.content);
    if (characters.size() == count) return characters;
    const std::u16string wide = to_utf16(element.content);
    return {wide.begin(), wide.end()};
  }
  for (const auto c : elements.numbers<std::uint32_t>(element)) characters += static_cast<char32_t>(c);
  return characters;
}

// Flags, shape and name stand before the content of every variable.
struct Head {
  std::uint32_t flags = 0;
  std::vector<std::size_t> shape;
  std::string name;

  [[nodiscard]] std::uint32_t kind() const { return flags & 0xFFU; }
};

Head head_of(Elements& elements) {
  Head head;
  const Element flags = elements.next();
  if (flags.type != kUint32 || flags.content.size() != 8) throw Damage();
  head.flags = number_at<std::uint32_t>(flags.content, 0, elements.swapped());
  if (head.kind() != kOpaqueClass) {  // objects of newer classes have no shape
    for (const auto length : elements.numbers<std::int32_t>(elements.next())) {
      if (length < 0) throw Damage();
      head.shape.push_back(static_cast<std::size_t>(length));
    }
  }
  head.name = elements.next().content;
  return head;
}

// How many values a shape has, where each takes `bytes` of those that are left.
std::size_t count_of(const std::vector<std::size_t>& shape, std::size_t left, std::size_t bytes) {
  std::size_t count = 1;
  for (const std::size_t length : shape) {
    if (length > 0 && count > left / bytes / length) throw Damage();
    count *= length;
  }
  return count;
}

MatValue value_in(std::string_view bytes, bool swapped, MemoryBudget& budget, int depth);

MatValue next_value(Elements& elements, int depth) {
  const Element element = elements.next();
  elements.budget().take(sizeof(MatValue) + 2 * sizeof(std::size_t));  // with a shape
  if (element.type != kMatrix) throw Damage();
  if (!element.content.empty()) {
    return value_in(element.content, elements.swapped(), elements.budget(), depth + 1);
  }
  MatValue empty;
  empty.kind = MatValue::Kind::kNumbers;
  empty.shape = {0, 0};
  return empty;
}

std::vector<std::string> field_names(Elements& elements) {
  const std::vector<std::int32_t> width = elements.numbers<std::int32_t>(elements.next());
  const std::string_view all = elements.next().content;
  if (width.size() != 1 || width[0] <= 0 || all.size() % static_cast<std::size_t>(width[0]) != 0)
    throw Damage();
  std::vector<std::string> names;
  elements.budget().take(all.size() / static_cast<std::size_t>(width[0]),
                         sizeof(std::string) + static_cast<std::size_t>(width[0]));
  for (std::size_t at = 0; at < all.size(); at += static_cast<std::size_t>(width[0])) {
    const std::string_view name = all.substr(at, static_cast<std::size_t>(width[0]));
    names.emplace_back(name.substr(0, name.find('\0')));
  }
  return names;
}

MatValue value_in(std::string_view bytes, bool swapped, MemoryBudget& budget, int depth) {
  if (depth > kDeepest) throw Damage();
  Elements elements(bytes, swapped, budget);
  const Head head = head_of(elements);
  MatValue value;
  value.shape = head.shape;
  const auto other = [&](std::string what) {
    value.what = std::move(what);
    return value;
  };
  const std::uint32_t kind = head.kind();
  if (kind == kOpaqueClass) {
    elements.next();  // the system of classes
    return other(fmt::format("an object of MATLAB's class {}", elements.next().content));
  }
  if (kind == kObjectClass)
    return other(fmt::format("an object of MATLAB's class {}", elements.next().content));
  if (kind == kFunctionClass) return other("a function");
  if (kind == kSparseClass) return other("a sparse matrix");
  if ((head.flags & kComplexFlag) != 0) return other("complex numbers");
  if (value.shape.size() < 2) throw Damage();
  if (kind == kCellClass || kind == kStructClass) {
    value.kind = kind == kCellClass ? MatValue::Kind::kCells : MatValue::Kind::kStruct;
    if (kind == kStructClass) value.fields = field_names(elements);
    const std::size_t each = kind == kCellClass ? 1 : value.fields.size();
    const std::size_t count =
        count_of(value.shape, elements.bytes_left() + kTagBytes, std::max<std::size_t>(each, 1)) * each;
    for (std::size_t at = 0; at < count; ++at) value.parts.push_back(next_value(elements, depth));
    return value;
  }
  const std::size_t count = count_of(value.shape, bytes.size(), 1);
  const Element content = count > 0 || elements.bytes_left() > 0 ? elements.next() : Element{kUint8, {}};
  if (kind == kCharClass) {
    value.kind = MatValue::Kind::kText;
    value.characters = characters_of(elements, content, count);
    if (value.characters.size() != count) throw Damage();
    return value;
  }
  if (kind < kDoubleClass || kind > kLastNumberClass) throw Damage();
  value.kind = MatValue::Kind::kNumbers;
  value.numbers = elements.numbers<double>(content);
  if (value.numbers.size() != count) throw Damage();
  return value;
}

[[noreturn]] void reject_file(const std::string& file, const std::string& what_is_wrong) {
  throw DataError(file, 0, "", what_is_wrong + "; copy or save the file again");
}

}  // namespace

bool is_mat5(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes) return false;
  const std::string_view order = bytes.substr(126, 2);
  return (order == "IM" || order == "MI") &&
         number_at<std::uint16_t>(bytes, 124, is_swapped(bytes)) == 0x0100;
}

std::vector<Mat5Part> parts_of_mat5(const std::string& file, std::string_view bytes) {
  const bool swapped = is_swapped(bytes);
  std::vector<Mat5Part> parts;
  std::size_t at = kHeaderBytes;
  while (at < bytes.size()) {
    if (bytes.size() - at < kTagBytes) reject_file(file, "the file breaks off");
    const auto type = number_at<std::uint32_t>(bytes, at, swapped);
    const auto length = number_at<std::uint32_t>(bytes, at + 4, swapped);
    if (type != kMatrix && type != kCompressed)
      reject_file(file, fmt::format("the file is damaged at byte {}", at));
    at += kTagBytes;
    if (bytes.size() - at < length) reject_file(file, "the file breaks off");
    Mat5Part part{"", at, length, type == kCompressed};
    try {
      std::string begin(bytes.substr(at, std::min<std::size_t>(length, kNameBytes)));
      if (part.is_packed) {
        begin = begin_of_zlib(bytes.substr(at, length), kNameBytes + kTagBytes);
        if (begin.size() < kTagBytes) throw Damage();
        begin.erase(0, kTagBytes);
      }
      MemoryBudget enough(file, kNameBytes * sizeof(double));
      Elements elements(begin, swapped, enough);
      part.name = head_of(elements).name;
    } catch (const Damage&) {
      reject_file(
          file, fmt::format("the variable at byte {} has no name that can be read: the file is damaged", at));
    }
    at += length;
    parts.push_back(std::move(part));
  }
  return parts;
}

MatValue value_of_mat5(const std::string& file, std::string_view bytes, const Mat5Part& part,
                       MemoryBudget& budget) {
  const bool swapped = is_swapped(bytes);
  try {
    if (!part.is_packed) return value_in(bytes.substr(part.begin, part.length), swapped, budget, 0);
    const std::optional<std::string> unpacked = unpack_zlib(bytes.substr(part.begin, part.length), budget);
    if (!unpacked) throw Damage();
    Elements elements(*unpacked, swapped, budget);
    return next_value(elements, -1);
  } catch (const Damage&) {
    throw DataError(file, 0, part.name, "it cannot be read; the file is damaged: copy or save it again");
  }
}

}  // namespace synfer
