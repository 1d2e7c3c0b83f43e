#include "synfer/files/mat_value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "synfer/base/text.h"
#include "synfer/files/unicode.h"

namespace synfer {
namespace {

using Kind = MatValue::Kind;

// NUL and spaces fill a text up to the width of its matrix.
std::u32string_view filled_out(std::u32string_view characters) {
  constexpr std::u32string_view kFill(U" \0", 2);
  return characters.substr(0, characters.find_last_not_of(kFill) + 1);
}

// Of Unicode's numbers, or of UTF-16 whose pairs are not yet put together.
std::string text_of(std::u32string_view characters) {
  constexpr const char* kUnknown = "\uFFFD";
  const auto is_within = [](char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; };
  const std::u32string_view all = filled_out(characters);
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    char32_t c = all[i];
    if (is_within(c, 0xD800, 0xDBFF) && i + 1 < all.size() && is_within(all[i + 1], 0xDC00, 0xDFFF)) {
      c = 0x10000 + ((c - 0xD800) << 10U) + (all[++i] - 0xDC00);
    }
    text += to_utf8(c).value_or(kUnknown);
  }
  return text;
}

std::vector<std::string> rows_of(const MatValue& value) {
  const std::size_t rows = value.shape[0];
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < rows; ++row) {
    std::u32string text;
    for (std::size_t at = row; at < value.characters.size(); at += rows) text += value.characters[at];
    texts.push_back(text_of(text));
  }
  return texts;
}

bool is_text_cell(const MatValue& part) {
  return part.kind == Kind::kText && part.shape.size() == 2 && (part.shape[0] == 1 || part.size() == 0);
}

std::optional<Array> array_of_cells(const MatValue& value) {
  Array array;
  array.shape = value.shape;
  array.is_text = std::ranges::any_of(value.parts, is_text_cell);
  for (const MatValue& part : value.parts) {
    const bool is_empty = part.size() == 0 && (part.kind == Kind::kNumbers || part.kind == Kind::kText);
    const bool is_number = part.kind == Kind::kNumbers && part.size() == 1;
    if (!is_empty && !is_number && !is_text_cell(part)) return std::nullopt;
    if (array.is_text) {
      array.text.push_back(is_empty ? "" : is_number ? shortest(part.numbers[0]) : text_of(part.characters));
    } else {
      array.numbers.push_back(is_empty ? std::numeric_limits<double>::quiet_NaN() : part.numbers[0]);
    }
  }
  return array;
}

}  // namespace

std::size_t MatValue::size() const {
  std::size_t count = 1;
  for (const std::size_t length : shape) count *= length;
  return count;
}

const MatValue* MatValue::field(const std::string& name, std::size_t element) const {
  const auto at = std::ranges::find(fields, name);
  if (at == fields.end()) return nullptr;
  return &parts[element * fields.size() + static_cast<std::size_t>(at - fields.begin())];
}

std::optional<Array> array_of(const MatValue& value) {
  std::optional<Array> array;
  if (value.kind == Kind::kNumbers) {
    array.emplace();
    array->shape = value.shape;
    array->numbers = value.numbers;
  } else if (value.kind == Kind::kText && value.shape.size() == 2) {
    array.emplace();
    array->is_text = true;
    array->text = rows_of(value);
    array->shape = {array->text.size()};
    return array;
  } else if (value.kind == Kind::kCells) {
    array = array_of_cells(value);
  }
  if (!array) return std::nullopt;
  to_c_order(*array);
  if (array->shape.size() == 2 && array->shape[0] == 1) array->shape.erase(array->shape.begin());
  return array;
}

std::optional<Array> labels_of(const MatValue& value, std::size_t count) {
  const bool is_line = value.kind == Kind::kText && value.shape.size() == 2 &&
                       std::ranges::count(value.shape, std::size_t{1}) >= 1 && value.size() > 0;
  if (!is_line || count == 0 || value.size() % count != 0) return std::nullopt;
  const std::size_t width = value.size() / count;
  Array array;
  array.is_text = true;
  array.shape = {count};
  const std::u32string_view all(value.characters);
  for (std::size_t at = 0; at < all.size(); at += width) array.text.push_back(text_of(all.substr(at, width)));
  return array;
}

std::string description_of(const MatValue& value) {
  const std::string shape = fmt::format("{}", fmt::join(value.shape, " x "));
  switch (value.kind) {
    case Kind::kNumbers:
      return shape + " numbers";
    case Kind::kText:
      return shape + " characters";
    case Kind::kCells:
      return shape + " cells";
    case Kind::kStruct:
      return fmt::format("struct{} of {}", value.size() == 1 ? "" : " array " + shape,
                         join(value.fields, ", "));
    default:
      return value.what;
  }
}

}  // namespace synfer
