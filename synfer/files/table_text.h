// What stands around the cells of a table of text, as people's programs write it: how the file is packed and
// encoded, which character sets cells apart, lines before the names of the columns, commas in decimal
// numbers.
//
//   .gz                       unpacked (gzip)
//   UTF-8 byte-order mark     dropped; UTF-16, a spreadsheet or another zip are refused
//   sep=;                     a first line as Excel writes and reads it
//   # ...                     lines before the names of the columns
//   , tab ; |                 the one that stands most often in the first row, outside quotes
//   2,5                       a decimal comma, where commas do not set cells apart
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "synfer/files/memory_budget.h"

namespace synfer {

struct TableText {
  std::string bytes;          // UTF-8 or not; without what is not the table
  std::size_t first_row = 1;  // the number that an editor gives the line with which `bytes` begins
  char separator = ',';
};

/// DataError where the file is missing, packed and damaged, is no text, or holds more than is left of
/// `budget`.
TableText read_table_text(const std::string& file, MemoryBudget& budget);

/// Whether a number such as 2,5 or -1,0e3, without a thousands separator beside it: one comma among digits.
bool has_decimal_comma(std::string_view cell);

/// Whether it could as well be a whole number with its thousands set apart: 1,000.
bool could_be_thousands(std::string_view cell);

/// As a cell that no spreadsheet takes for a formula: text that begins like one, and is no number, gets an
/// apostrophe before it, and so does text that begins like such a cell.
std::string as_text(std::string_view cell);

/// Whether the first character of a cell is such an apostrophe.
bool is_marked_as_text(std::string_view cell);

}  // namespace synfer
