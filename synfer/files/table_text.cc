#include "synfer/files/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/files/file.h"
#include "synfer/files/unpack.h"

namespace synfer {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSeparators = ",\t;|";  // the first where several stand as often
constexpr std::string_view kSpreadsheet =
    "save the sheet as CSV (Excel: Save As, 'CSV UTF-8'; LibreOffice: Save As, 'Text CSV'), or in Python "
    "pandas.read_excel('FILE').to_csv('FILE.csv', index=False)";

std::string unpacked(const std::string& file, MemoryBudget& budget) {
  std::string bytes = read_file(file);
  if (is_gzip(bytes)) {
    std::optional<std::string> found = unpack_gzip(bytes, budget);
    if (!found)
      throw DataError(file, 0, "", "the packed file breaks off or is damaged; copy or pack it again");
    bytes = *std::move(found);
  }
  const std::string_view begin(bytes);
  if (begin.starts_with("PK\x03\x04") || begin.starts_with("\xD0\xCF\x11\xE0")) {
    throw DataError(
        file, 0, "",
        "found a spreadsheet or another packed file, expected text; " + std::string(kSpreadsheet));
  }
  if (begin.starts_with("\xFF\xFE") || begin.starts_with("\xFE\xFF")) {
    throw DataError(file, 0, "", "found UTF-16 text, expected UTF-8; save the file as CSV UTF-8");
  }
  if (begin.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  return bytes;
}

// Where the line ends, and where the next begins.
std::pair<std::size_t, std::size_t> ends_of_line(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  return {end, std::min(end + (text.substr(end).starts_with("\r\n") ? 2 : 1), text.size())};
}

std::string_view first_line(std::string_view text) { return text.substr(0, ends_of_line(text).first); }

std::size_t count_outside_quotes(std::string_view line, char separator) {
  std::size_t count = 0;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == separator && !quoted) ++count;
  }
  return count;
}

// Of what stands as often in the second line as in the first, or else of all, what stands most often.
char separator_of(std::string_view text) {
  const std::string_view first = first_line(text);
  const std::string_view second = first_line(text.substr(ends_of_line(text).second));
  return *std::ranges::max_element(kSeparators, {}, [&](char c) {
    const std::size_t count = count_outside_quotes(first, c);
    return std::pair(count > 0 && count_outside_quotes(second, c) == count, count);
  });
}

// Excel's `sep=;`, in quotes or not.
std::optional<char> said_separator(std::string_view line) {
  std::string text(line);
  std::erase(text, '"');
  if (text.size() != 5 || lower_case(text.substr(0, 4)) != "sep=") return std::nullopt;
  return text[4];
}

// numpy.savetxt puts names behind a '#': a line with as many cells as the next, which has numbers.
bool holds_names(std::string_view comment, std::string_view next) {
  const char separator = separator_of(next);
  next = first_line(next);
  const std::size_t cells = count_outside_quotes(next, separator);
  if (cells == 0 || count_outside_quotes(comment, separator) != cells) return false;
  for (std::size_t begin = 0, end = 0; end != std::string_view::npos; begin = end + 1) {
    end = next.find(separator, begin);
    if (parse_number(trimmed(std::string(next.substr(begin, end - begin))))) return true;
  }
  return false;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

TableText read_table_text(const std::string& file, MemoryBudget& budget) {
  TableText text;
  const std::string bytes = unpacked(file, budget);
  std::string_view left = bytes;
  const auto drop_line = [&] {
    left.remove_prefix(ends_of_line(left).second);
    ++text.first_row;
  };
  const std::optional<char> said = said_separator(first_line(left));
  if (said) drop_line();
  const auto next_is = [&](const auto& matches) { return !left.empty() && matches(first_line(left)); };
  const auto is_blank = [](std::string_view line) {
    return line.find_first_not_of(" \t") == std::string_view::npos;
  };
  std::string_view comment;
  while (next_is(is_blank) || next_is([](std::string_view line) { return line.starts_with('#'); })) {
    if (left.starts_with('#')) comment = left;
    drop_line();
  }
  if (!comment.empty() && holds_names(first_line(comment), left)) {
    // Blank lines may stand between: the row is that of the names, and those below keep theirs.
    for (std::string_view line = comment; line.size() > left.size(); --text.first_row)
      line.remove_prefix(ends_of_line(line).second);
    left = comment.substr(1);
  }
  text.separator = said.value_or(separator_of(left));
  text.bytes = left;
  return text;
}

bool has_decimal_comma(std::string_view cell) {
  const std::size_t comma = cell.find(',');
  if (comma == std::string_view::npos) return false;
  std::string with_point(cell);
  with_point[comma] = '.';
  const bool among_digits = comma + 1 < cell.size() && is_digits(cell.substr(comma + 1, 1)) && comma > 0 &&
                            is_digits(cell.substr(comma - 1, 1));
  return among_digits && cell.find('.') == std::string_view::npos && parse_number(with_point).has_value();
}

bool could_be_thousands(std::string_view cell) {
  if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
  const std::string_view whole = cell.substr(0, std::min(cell.find(','), cell.size()));
  const std::string_view rest = cell.substr(std::min(whole.size() + 1, cell.size()));
  return is_digits(whole) && whole.size() <= 3 && !whole.starts_with('0') && is_digits(rest) &&
         rest.size() == 3;
}

namespace {

bool begins_like_a_formula(std::string_view cell) {
  const std::size_t behind = cell.find_first_not_of('\'');
  return behind != std::string_view::npos &&
         std::string_view("=+-@\t\r").find(cell[behind]) != std::string_view::npos;
}

}  // namespace

std::string as_text(std::string_view cell) {
  const bool needs_mark = begins_like_a_formula(cell) && !parse_number(cell);
  return fmt::format("{}{}", needs_mark ? "'" : "", cell);
}

bool is_marked_as_text(std::string_view cell) {
  return cell.starts_with('\'') && begins_like_a_formula(cell);
}

}  // namespace synfer
