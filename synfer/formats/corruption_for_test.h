// A way to damage a table, and what of the table it must know.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/text.h"
#include "synfer/data/sound_sheets_for_test.h"

namespace synfer::for_test {

/// Changes the sheet; false where it does not apply to the shape, to the rows drawn, or cannot be seen.
struct Corruption {
  std::string name;
  std::function<bool(Sheet& sheet, Chance& chance)> apply;
};

inline bool is_ordered(const Sheet& sheet) { return sheet.has("trial") || sheet.has("start_time"); }
inline bool is_of_odours(const Sheet& sheet) { return sheet.has("stimulus"); }
inline bool is_graded(const Sheet& sheet) { return sheet.has("x0_0"); }
inline bool is_in_words(const Sheet& sheet) {
  return !is_of_odours(sheet) && !is_graded(sheet) && sheet.cell(0, "stimulus0").size() > 1;
}

inline std::size_t any_row(const Sheet& sheet, Chance& chance) { return chance.below(sheet.rows.size()); }

inline bool has_choice(const Sheet& sheet, std::size_t row) { return !sheet.cell(row, "choice").empty(); }
inline bool rejects(const Sheet& sheet, std::size_t row) {
  return is_of_odours(sheet) && sheet.cell(row, "choice") == "0";
}

inline std::optional<std::size_t> some_row(const Sheet& sheet, Chance& chance,
                                           const std::function<bool(std::size_t)>& fits) {
  for (int n = 0; n < 100; ++n) {
    const std::size_t row = any_row(sheet, chance);
    if (fits(row)) return row;
  }
  return std::nullopt;
}

}  // namespace synfer::for_test
