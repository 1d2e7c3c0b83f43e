// A table of text, CSV or its like, read whole: rows of text cells that know their place in the file.
//
// Reads RFC 4180 with libcsv in its strict mode: quotes doubled inside quotes, line breaks inside quotes.
// What sets cells apart, and what may stand before them, is table_text.h. CRLF is read; blank lines are
// skipped, and rows of empty cells at the end; spaces around an unquoted cell are dropped. Every row has as
// many cells as the first. Rows are numbered as an editor numbers lines, the first one being 1.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "synfer/files/memory_budget.h"

namespace synfer {

enum class Header { kFirstRow, kNone };

class Table {
 public:
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::size_t rows() const { return row_numbers_.size(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  /// The names of the columns; empty without a header.
  [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;

  /// The header's row; 0 without one.
  [[nodiscard]] std::size_t header_row() const { return header_row_; }

  /// The cell as it stands. `row` and `column` count from 0, the header left out.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;

  /// Without the blanks around it; empty where the value is missing: an empty cell, or what pandas reads as
  /// one (NA, NaN, None, ...).
  [[nodiscard]] std::string_view cell(std::size_t row, std::size_t column) const;
  [[nodiscard]] bool empty(std::size_t row, std::size_t column) const { return cell(row, column).empty(); }

  /// The cell as a finite number, 1 and 0 for true and false in any case, NaN where it is empty. DataError
  /// for anything else.
  [[nodiscard]] double number(std::size_t row, std::size_t column) const;

  /// The cell as a whole number. DataError for anything else, an empty cell included.
  [[nodiscard]] int whole(std::size_t row, std::size_t column) const;

  /// Throws the DataError that points at the column's name.
  [[noreturn]] void reject_column(std::size_t column, const std::string& what_is_wrong) const;

  /// Throws the DataError that points at the cell.
  [[noreturn]] void reject(std::size_t row, std::size_t column, const std::string& what_is_wrong) const;

 private:
  friend Table read_table(const std::string& file, Header header, MemoryBudget budget);
  friend Table table_of(const std::string& file, std::vector<std::string> header, std::size_t rows,
                        const std::function<std::string(std::size_t row, std::size_t column)>& cell);

  std::string file_;
  std::vector<std::string> header_;
  std::size_t header_row_ = 0;
  std::size_t columns_ = 0;
  std::size_t first_cell_ = 0;            // of the first row after the header
  std::vector<std::size_t> row_numbers_;  // rows()
  std::string text_;                      // all cells, one after the other
  std::vector<bool> could_be_either_;     // of a column: whether 1,000 may be 1 or 1000; empty: of none
  std::vector<std::size_t> ends_;         // where each cell ends in text_
};

/// DataError where the file is missing or empty, is no text or not UTF-8, has an unfinished quote, a NUL
/// byte, rows of unequal length, a column name twice, more than a million columns, or more than `budget`.
Table read_table(const std::string& file, Header header, MemoryBudget budget);
inline Table read_table(const std::string& file, Header header = Header::kFirstRow) {
  return read_table(file, header, MemoryBudget(file));
}

/// The table that a file of another kind amounts to. Its rows are numbered from 1, its header has none.
/// DataError where a name stands twice, or a cell is not UTF-8 or holds a NUL byte.
Table table_of(const std::string& file, std::vector<std::string> header, std::size_t rows,
               const std::function<std::string(std::size_t row, std::size_t column)>& cell);

/// Writes a table cell by cell. Text is quoted where it must be; a missing number is an empty cell.
class TableWriter {
 public:
  explicit TableWriter(std::ostream& out) : out_(out) {}

  TableWriter& text(std::string_view cell);
  TableWriter& number(double value);
  TableWriter& whole(long long value);
  void end_row();

 private:
  std::ostream& out_;
  bool row_begun_ = false;
};

}  // namespace synfer
