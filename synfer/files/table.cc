#include "synfer/files/table.h"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/files/table_text.h"
#include "synfer/files/unicode.h"

namespace synfer {
namespace {

constexpr std::size_t kMostColumns = 1'000'000;

struct Cells {
  std::string text;
  std::vector<std::size_t> ends;         // one a cell
  std::vector<std::size_t> row_ends;     // one a row: cells up to its end
  std::vector<std::size_t> row_numbers;  // one a row
  std::size_t row_number = 1;            // of the row being read
};

extern "C" void keep_cell(void* bytes, std::size_t count, void* cells) {
  auto& into = *static_cast<Cells*>(cells);
  into.text.append(static_cast<const char*>(bytes), count);
  into.ends.push_back(into.text.size());
}

extern "C" void keep_row(int /*terminator*/, void* cells) {
  auto& into = *static_cast<Cells*>(cells);
  into.row_ends.push_back(into.ends.size());
  into.row_numbers.push_back(into.row_number);
}

// Frees libcsv's buffer on every way out.
struct Parser {
  csv_parser state;
  explicit Parser(char separator) {
    csv_init(&state, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_delim(&state, static_cast<unsigned char>(separator));
  }
  ~Parser() { csv_free(&state); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
};

// The line at the front of `text`, its LF, CRLF or lone CR included.
std::string_view front_line(std::string_view text) {
  std::size_t end = text.find_first_of("\r\n");
  if (end == std::string_view::npos) return text;
  if (text.substr(end).starts_with("\r\n")) ++end;
  return text.substr(0, end + 1);
}

[[noreturn]] void reject_quote(const std::string& file, std::size_t row) {
  throw DataError(file, row, "",
                  "a quote is not closed, or stands inside an unquoted cell; close it, or write a quote "
                  "inside a cell as \"\" and put the cell in quotes");
}

Cells split(const std::string& file, const TableText& from, MemoryBudget& budget) {
  Cells cells;
  const auto count = [&](char c) { return static_cast<std::uint64_t>(std::ranges::count(from.bytes, c)); };
  budget.take(from.bytes.size());
  budget.take(count(from.separator) + count('\n') + count('\r'), sizeof(cells.ends[0]));
  Parser parser(from.separator);
  std::string_view text = from.bytes;
  bool inside_row = false;  // a quoted cell went on past the end of a line
  for (std::size_t line = from.first_row; !text.empty(); ++line) {
    stop_if_asked();
    const std::string_view next = front_line(text);
    text.remove_prefix(next.size());
    if (!inside_row) cells.row_number = line;
    const std::size_t rows_before = cells.row_ends.size();
    if (csv_parse(&parser.state, next.data(), next.size(), keep_cell, keep_row, &cells) != next.size()) {
      reject_quote(file, cells.row_number);
    }
    const bool blank = next.find_first_not_of(" \t\r\n") == std::string_view::npos;
    inside_row = cells.row_ends.size() == rows_before && (inside_row || !blank);
  }
  if (csv_fini(&parser.state, keep_cell, keep_row, &cells) != 0) reject_quote(file, cells.row_number);
  return cells;
}

void check_text(const std::string& file, std::size_t row, const std::string& column, std::string_view cell) {
  if (cell.find('\0') != std::string_view::npos) {
    throw DataError(file, row, column,
                    "found a NUL byte, expected text; the file is damaged or of another kind");
  }
  if (!is_utf8(cell)) {
    throw DataError(file, row, column, "found text that is not UTF-8; save the file with UTF-8 text");
  }
}

void check_names(const std::string& file, std::size_t row, const std::vector<std::string>& header) {
  std::set<std::string_view> seen;
  for (const std::string& name : header) {
    // Spreadsheets leave nameless columns behind; they are never asked for.
    if (!name.empty() && !seen.insert(name).second) {
      throw DataError(file, row, name, "two columns have this name; rename or remove one");
    }
  }
}

std::string_view cell_of(const Cells& cells, std::size_t index) {
  const std::size_t begin = index == 0 ? 0 : cells.ends[index - 1];
  return std::string_view(cells.text).substr(begin, cells.ends[index] - begin);
}

// Spreadsheets leave rows of empty cells behind at the end.
void drop_empty_rows_at_end(Cells& cells) {
  while (!cells.row_ends.empty()) {
    const std::size_t before = cells.row_ends.size() > 1 ? cells.row_ends.end()[-2] : 0;
    for (std::size_t cell = before; cell < cells.row_ends.back(); ++cell) {
      if (!cell_of(cells, cell).empty()) return;
    }
    cells.row_ends.pop_back();
    cells.row_numbers.pop_back();
    cells.ends.resize(before);
  }
}

// What the numbers of one column look like.
struct Marks {
  bool comma = false;           // 2,5
  bool surely_decimal = false;  // a comma that sets no thousands apart
  bool point = false;           // 2.5
  bool surely_point = false;
  bool whole = false;  // without either
};

// A decimal comma becomes a point, where commas do not set cells apart. In a column that has both, or one of
// numbers like 1,000 where commas are not known to be decimal, cells stay as they are: no number is guessed.
// @returns of each column whether what looks like 1,000 or 1.000 could be either, beside whole numbers in a
//   file of the kind that people write where the comma is decimal.
std::vector<bool> read_decimal_commas(Cells& cells, std::size_t columns, char separator) {
  std::vector<bool> could_be_either(columns, false);
  if (separator == ',') return could_be_either;
  std::vector<Marks> marks(columns);
  const auto column_of = [&](std::size_t cell) { return cell % columns; };  // rows are of one length by now
  for (std::size_t cell = columns; cell < cells.ends.size(); ++cell) {
    const std::string_view text = cell_of(cells, cell);
    Marks& own = marks[column_of(cell)];
    if (has_decimal_comma(text)) {
      own.comma = true;
      own.surely_decimal |= !could_be_thousands(text);
    } else if (text.find('.') != std::string_view::npos && parse_number(text)) {
      own.point = true;
      std::string with_comma(text);
      std::ranges::replace(with_comma, '.', ',');
      own.surely_point |= !could_be_thousands(with_comma);
    } else if (parse_number(text)) {
      own.whole = true;
    }
  }
  const bool with_semicolons = separator == ';';
  for (std::size_t column = 0; with_semicolons && column < columns; ++column) {
    const Marks& own = marks[column];
    const bool open = (own.comma && !own.surely_decimal) || (own.point && !own.surely_point);
    could_be_either[column] = open && own.whole && own.comma != own.point;
  }
  for (std::size_t cell = columns; cell < cells.ends.size(); ++cell) {
    const std::size_t column = column_of(cell);
    const Marks& own = marks[column];
    const bool is_known = own.surely_decimal || (with_semicolons && !could_be_either[column]);
    if (!own.comma || !is_known || own.point) continue;
    const std::string_view text = cell_of(cells, cell);
    if (has_decimal_comma(text)) cells.text[cells.ends[cell - 1] + text.find(',')] = '.';
  }
  return could_be_either;
}

}  // namespace

Table read_table(const std::string& file, Header header, MemoryBudget budget) {
  const TableText text = read_table_text(file, budget);
  Cells cells = split(file, text, budget);
  drop_empty_rows_at_end(cells);
  if (cells.row_ends.empty()) {
    throw DataError(file, 0, "", "the file is empty; expected a CSV table");
  }

  Table table;
  table.file_ = file;
  table.columns_ = cells.row_ends.front();
  if (table.columns_ > kMostColumns) {
    throw DataError(file, cells.row_numbers.front(), "",
                    fmt::format("found {} columns, expected {} at most; check what sets cells apart",
                                table.columns_, kMostColumns));
  }
  const auto column_name = [&](std::size_t column) {
    const bool named = header == Header::kFirstRow && column < table.columns_;
    const std::string_view name = named ? cell_of(cells, column) : std::string_view();
    const bool printable = !name.empty() && name.find('\0') == std::string_view::npos && is_utf8(name);
    return printable ? std::string(name) : std::to_string(column + 1);
  };
  for (std::size_t row = 0, begin = 0; row < cells.row_ends.size(); ++row) {
    stop_if_asked();
    const std::size_t count = cells.row_ends[row] - begin;
    if (count != table.columns_) {
      throw DataError(file, cells.row_numbers[row], column_name(std::min(count, table.columns_)),
                      fmt::format("found {} cells, expected {} as in the first row; "
                                  "add the missing cells or remove the extra ones",
                                  count, table.columns_));
    }
    for (std::size_t column = 0; column < count; ++column) {
      const std::string_view cell = cell_of(cells, begin + column);
      check_text(file, cells.row_numbers[row], column_name(column), cell);
    }
    begin = cells.row_ends[row];
  }
  table.could_be_either_ = read_decimal_commas(cells, table.columns_, text.separator);

  if (header == Header::kFirstRow) {
    bool named = false;
    for (std::size_t column = 0; column < table.columns_; ++column) {
      const std::string_view cell = cell_of(cells, column);
      const std::string_view name = is_marked_as_text(cell) ? cell.substr(1) : cell;
      table.header_.emplace_back(name);
      named = named || !parse_number(name);
    }
    if (!named) {
      throw DataError(
          file, cells.row_numbers[0], "",
          "found numbers alone, expected the names of the columns; add a first row that names them");
    }
    check_names(file, cells.row_numbers[0], table.header_);
    table.header_row_ = cells.row_numbers[0];
    table.first_cell_ = table.columns_;
    cells.row_numbers.erase(cells.row_numbers.begin());
  }
  table.row_numbers_ = std::move(cells.row_numbers);
  table.text_ = std::move(cells.text);
  table.ends_ = std::move(cells.ends);
  return table;
}

Table table_of(const std::string& file, std::vector<std::string> header, std::size_t rows,
               const std::function<std::string(std::size_t row, std::size_t column)>& cell) {
  check_names(file, 0, header);
  Table table;
  table.file_ = file;
  table.columns_ = header.size();
  table.header_ = std::move(header);
  for (std::size_t row = 0; row < rows; ++row) {
    stop_if_asked();
    table.row_numbers_.push_back(row + 1);
    for (std::size_t column = 0; column < table.columns_; ++column) {
      const std::string text = cell(row, column);
      check_text(file, row + 1, table.header_[column], text);
      table.text_ += text;
      table.ends_.push_back(table.text_.size());
    }
  }
  return table;
}

namespace {

// What R, MATLAB and pandas write where a value is missing: those that pandas reads as missing by default.
bool is_missing(std::string_view text) {
  constexpr std::string_view kMarks[] = {"NA",   "N/A",  "n/a",    "#N/A",    "#N/A N/A", "#NA",
                                         "<NA>", "NaN",  "nan",    "-NaN",    "-nan",     "NULL",
                                         "null", "None", "1.#IND", "-1.#IND", "1.#QNAN",  "-1.#QNAN"};
  return text.size() >= 2 && text.size() <= 8 && std::ranges::find(kMarks, text) != std::end(kMarks);
}

// Spaces, tabs, ends of lines and the space that does not break, which spreadsheets leave in cells.
std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view kBlanks[] = {" ", "\t", "\n", "\r", "\u00a0"};
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) {
        text.remove_prefix(blank.size());
        changed = true;
      } else if (text.ends_with(blank)) {
        text.remove_suffix(blank.size());
        changed = true;
      }
    }
  }
  return text;
}

}  // namespace

std::optional<std::size_t> Table::find(std::string_view name) const {
  const auto at = std::find(header_.begin(), header_.end(), name);
  if (at == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(at - header_.begin());
}

std::string_view Table::text(std::size_t row, std::size_t column) const {
  constexpr std::size_t kRows = 1024;  // few enough for a moment
  if (row % kRows == 0) stop_if_asked();
  const std::size_t index = first_cell_ + row * columns_ + column;
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return std::string_view(text_).substr(begin, ends_[index] - begin);
}

std::string_view Table::cell(std::size_t row, std::size_t column) const {
  const std::string_view found = without_blanks_around(text(row, column));
  if (is_missing(found)) return {};
  return is_marked_as_text(found) ? found.substr(1) : found;
}

double Table::number(std::size_t row, std::size_t column) const {
  const std::string_view text = cell(row, column);
  if (text.empty()) return std::numeric_limits<double>::quiet_NaN();
  if (!could_be_either_.empty() && could_be_either_[column] &&
      text.find_first_of(",.") != std::string_view::npos) {
    reject(row, column,
           fmt::format(
               "found '{}' beside whole numbers, expected a number that is sure: it may have decimals or "
               "thousands set apart; write whole numbers without a mark, or all with as many decimals",
               text));
  }
  const std::optional<double> value = parse_number(text);
  if (!value || !std::isfinite(*value)) {
    const std::string word = text.size() <= 5 ? lower_case(std::string(text)) : std::string();
    if (word == "true") return 1.0;
    if (word == "false") return 0.0;
    reject(
        row, column,
        has_decimal_comma(text)
            ? fmt::format("found '{}', expected a number with a decimal point; save the file with points, or "
                          "with semicolons between cells and decimal commas throughout",
                          text)
            : fmt::format(
                  "found '{}', expected a finite number; leave the cell empty where the value is missing",
                  text));
  }
  return *value;
}

int Table::whole(std::size_t row, std::size_t column) const {
  const double value = number(row, column);
  const bool fits = std::abs(value) <= std::numeric_limits<int>::max() && value == std::trunc(value);
  if (!fits) {
    reject(row, column,
           empty(row, column) ? std::string("the value is missing, expected a whole number; fill it in")
                              : fmt::format("found '{}', expected a whole number", cell(row, column)));
  }
  return static_cast<int>(value);
}

void Table::reject(std::size_t row, std::size_t column, const std::string& what_is_wrong) const {
  throw DataError(file_, row_numbers_[row],
                  header_.empty() || header_[column].empty() ? std::to_string(column + 1) : header_[column],
                  what_is_wrong);
}

void Table::reject_column(std::size_t column, const std::string& what_is_wrong) const {
  throw DataError(file_, header_row_, header_[column], what_is_wrong);
}

TableWriter& TableWriter::text(std::string_view cell) {
  const std::string safe = as_text(cell);
  if (row_begun_) out_ << ',';
  row_begun_ = true;
  const bool plain = safe.find_first_of(",\"\r\n") == std::string_view::npos && !safe.starts_with(' ') &&
                     !safe.ends_with(' ') && !safe.starts_with('\t') && !safe.ends_with('\t');
  if (plain) {
    out_ << safe;
    return *this;
  }
  std::string quoted(csv_write(nullptr, 0, safe.data(), safe.size()), '\0');
  csv_write(quoted.data(), quoted.size(), safe.data(), safe.size());
  out_ << quoted;
  return *this;
}

TableWriter& TableWriter::number(double value) { return text(std::isnan(value) ? "" : shortest(value)); }

TableWriter& TableWriter::whole(long long value) { return text(std::to_string(value)); }

void TableWriter::end_row() {
  stop_if_asked();
  out_ << '\n';
  row_begun_ = false;
}

}  // namespace synfer
