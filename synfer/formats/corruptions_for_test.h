// Random ways in which people damage tables: rows moved, doubled, dropped, exchanged, codes and units
// changed, labels misspelt, cells emptied, columns exchanged. Left out, since no program can see it, is what
// docs/data.md lists under "What no program can see".
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "synfer/formats/cell_corruptions_for_test.h"
#include "synfer/formats/corruption_for_test.h"

namespace synfer::for_test {

inline std::vector<Corruption> of_rows() {
  std::vector<Corruption> list;
  const auto add = [&](const std::string& name, const std::function<bool(Sheet&, Chance&)>& apply) {
    list.push_back({name, apply});
  };
  add("a row moved within its session", [](Sheet& sheet, Chance& chance) {
    const std::size_t from = any_row(sheet, chance);
    const auto [first, end] = sheet.session_of(from);
    const std::size_t to = first + chance.below(end - first);
    const bool within_trial = sheet.has("trial") && sheet.cell(from, "trial") == sheet.cell(to, "trial");
    if (!is_ordered(sheet) || from == to || within_trial) return false;
    const Row row = sheet.rows[from];
    sheet.rows.erase(sheet.rows.begin() + static_cast<std::ptrdiff_t>(from));
    sheet.rows.insert(sheet.rows.begin() + static_cast<std::ptrdiff_t>(to), row);
    return true;
  });
  add("a row moved into another session", [](Sheet& sheet, Chance& chance) {
    const std::size_t from = any_row(sheet, chance);
    const auto to = some_row(sheet, chance, [&](std::size_t row) {
      return row > 0 && !sheet.same_session(row, from) && sheet.same_session(row, row - 1);
    });
    const Row row = sheet.rows[from];
    sheet.rows.insert(sheet.rows.begin() + static_cast<std::ptrdiff_t>(*to), row);
    sheet.rows.erase(sheet.rows.begin() + static_cast<std::ptrdiff_t>(from + (*to <= from ? 1 : 0)));
    return true;
  });
  add("a row given twice", [](Sheet& sheet, Chance& chance) {
    const std::size_t row = any_row(sheet, chance);
    if (rejects(sheet, row)) return false;
    sheet.rows.insert(sheet.rows.begin() + static_cast<std::ptrdiff_t>(row), Row(sheet.rows[row]));
    return true;
  });
  add("a row given again at the end of its session", [](Sheet& sheet, Chance& chance) {
    const std::size_t row = any_row(sheet, chance);
    const Row copy = sheet.rows[row];
    const auto [first, end] = sheet.session_of(row);
    if (rejects(sheet, row)) return false;
    sheet.rows.insert(sheet.rows.begin() + static_cast<std::ptrdiff_t>(end), copy);
    return true;
  });
  add("a row dropped", [](Sheet& sheet, Chance& chance) {
    const std::size_t row = any_row(sheet, chance);
    const auto [first, end] = sheet.session_of(row);
    if (rejects(sheet, row) || (is_of_odours(sheet) && row + 1 == end)) return false;
    sheet.rows.erase(sheet.rows.begin() + static_cast<std::ptrdiff_t>(row));
    return true;
  });
  add("some rows dropped", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    const std::size_t from = first + 5 + chance.below(20);
    const std::size_t to = std::min(end, from + 12);
    sheet.rows.erase(sheet.rows.begin() + static_cast<std::ptrdiff_t>(from),
                     sheet.rows.begin() + static_cast<std::ptrdiff_t>(to));
    return true;
  });
  add("a file cut short within a session", [](Sheet& sheet, Chance& chance) {
    if (is_of_odours(sheet)) {
      sheet.rows.resize(sheet.rows.size() - 40);
    } else {
      sheet.rows.resize(sheet.rows.size() - 1 - chance.below(70));
    }
    return true;
  });
  add("neighbouring rows exchanged", [](Sheet& sheet, Chance& chance) {
    const auto row = some_row(sheet, chance, [&](std::size_t r) {
      return r > 0 && !(rejects(sheet, r) && rejects(sheet, r - 1) &&
                        sheet.cell(r, "trial") == sheet.cell(r - 1, "trial"));
    });
    if (!is_ordered(sheet)) return false;
    std::swap(sheet.rows[*row], sheet.rows[*row - 1]);
    return true;
  });
  add("rows of two sessions exchanged", [](Sheet& sheet, Chance& chance) {
    const std::size_t a = any_row(sheet, chance);
    const auto b = some_row(sheet, chance, [&](std::size_t row) { return !sheet.same_session(row, a); });
    std::swap(sheet.rows[a], sheet.rows[*b]);
    return true;
  });
  add("newest rows first", [](Sheet& sheet, Chance&) {
    std::ranges::reverse(sheet.rows);
    return true;
  });
  add("rows of a session shuffled", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    for (std::size_t n = end - 1; n > first; --n)
      std::swap(sheet.rows[n], sheet.rows[first + chance.below(n - first + 1)]);
    return is_ordered(sheet);
  });
  add("sessions of an animal exchanged", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    if (end == sheet.rows.size() || sheet.cell(end, "animal") != sheet.cell(first, "animal")) return false;
    const auto begin = sheet.rows.begin();
    const auto [second, last] = sheet.session_of(end);
    std::rotate(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end),
                begin + static_cast<std::ptrdiff_t>(last));
    return true;
  });
  add("a session doubled under another name", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    std::vector<Row> copy(sheet.rows.begin() + static_cast<std::ptrdiff_t>(first),
                          sheet.rows.begin() + static_cast<std::ptrdiff_t>(end));
    for (Row& row : copy) row[sheet.at("animal")] = "another9";
    sheet.rows.insert(sheet.rows.end(), copy.begin(), copy.end());
    return true;
  });
  add("a session doubled under another name, without its first rows", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    std::vector<Row> copy(sheet.rows.begin() + static_cast<std::ptrdiff_t>(first + 7),
                          sheet.rows.begin() + static_cast<std::ptrdiff_t>(end));
    for (Row& row : copy) row[sheet.at("animal")] = "another9";
    sheet.rows.insert(sheet.rows.end(), copy.begin(), copy.end());
    return true;
  });
  add("a session given twice", [](Sheet& sheet, Chance& chance) {
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    const std::vector<Row> copy(sheet.rows.begin() + static_cast<std::ptrdiff_t>(first),
                                sheet.rows.begin() + static_cast<std::ptrdiff_t>(end));
    sheet.rows.insert(sheet.rows.begin() + static_cast<std::ptrdiff_t>(end), copy.begin(), copy.end());
    return true;
  });
  add("what happened in a row filled down", [](Sheet& sheet, Chance& chance) {
    const auto row =
        some_row(sheet, chance, [&](std::size_t r) { return has_choice(sheet, r) && !rejects(sheet, r); });
    const auto [first, end] = sheet.session_of(*row);
    if (*row + 45 > end) return false;
    for (std::size_t r = *row + 1; r < *row + 45; ++r) {
      for (std::size_t c = 0; c < sheet.header.size(); ++c) {
        const std::string& name = sheet.header[c];
        if (name != "trial" && name != "start_time" && name != "block")
          sheet.rows[r][c] = sheet.rows[*row][c];
      }
    }
    return true;
  });
  return list;
}

// Which columns exchange names unseen: those of one kind. A reward of 0 or 1 is of the kind of a choice, a
// graded one of the kind of an input.
inline bool of_one_kind(const Sheet& sheet, const std::string& a, const std::string& b) {
  const auto kind = [&](const std::string& name) {
    if (name == "reward" && is_graded(sheet)) return std::string("x");
    if (name == "reward" && !is_in_words(sheet) && !is_of_odours(sheet)) return std::string("choice");
    if (name.starts_with("x")) return std::string("x");
    return name.starts_with("stimulus") ? std::string("stimulus") : name;
  };
  return kind(a) == kind(b);
}

inline std::vector<Corruption> of_columns() {
  std::vector<Corruption> list;
  const auto add = [&](const std::string& name, const std::function<bool(Sheet&, Chance&)>& apply) {
    list.push_back({name, apply});
  };
  for (int n = 0; n < 6; ++n) {
    add("two columns exchanged", [](Sheet& sheet, Chance& chance) {
      const std::size_t a = chance.below(sheet.header.size());
      const std::size_t b = chance.below(sheet.header.size());
      if (of_one_kind(sheet, sheet.header[a], sheet.header[b])) return false;
      std::swap(sheet.header[a], sheet.header[b]);
      return true;
    });
  }
  add("a column's name misspelt", [](Sheet& sheet, Chance& chance) {
    sheet.header[chance.below(sheet.header.size())] += "z";
    return true;
  });
  for (const std::string column : {"reward", "choice"}) {
    add("a session's column moved down by a row: " + column, [column](Sheet& sheet, Chance& chance) {
      const auto [first, end] = sheet.session_of(any_row(sheet, chance));
      for (std::size_t row = end - 1; row > first; --row)
        sheet.cell(row, column) = sheet.cell(row - 1, column);
      const bool seen = has_choice(sheet, first) && !sheet.cell(first, "reward").empty();
      sheet.cell(first, column).clear();
      return seen;
    });
  }
  add("a session's column moved down by a row: trial", [](Sheet& sheet, Chance& chance) {
    if (!sheet.has("trial")) return false;
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    for (std::size_t row = end - 1; row > first; --row)
      sheet.cell(row, "trial") = sheet.cell(row - 1, "trial");
    return true;
  });
  add("offers of two rows exchanged", [](Sheet& sheet, Chance& chance) {
    if (!sheet.has("stimulus0") || is_in_words(sheet)) return false;
    for (int n = 0; n < 2; ++n) {
      const std::size_t row = any_row(sheet, chance);
      std::swap(sheet.cell(row, "stimulus0"), sheet.cell(row, "stimulus1"));
    }
    return true;
  });
  add("offers of a session exchanged", [](Sheet& sheet, Chance& chance) {
    if (!sheet.has("stimulus0") || is_in_words(sheet)) return false;
    const auto [first, end] = sheet.session_of(any_row(sheet, chance));
    for (std::size_t row = first; row < end; ++row)
      std::swap(sheet.cell(row, "stimulus0"), sheet.cell(row, "stimulus1"));
    return true;
  });
  add("one offer in the place of both", [](Sheet& sheet, Chance& chance) {
    if (!sheet.has("stimulus0")) return false;
    const std::size_t row = any_row(sheet, chance);
    sheet.cell(row, "stimulus1") = sheet.cell(row, "stimulus0");
    return true;
  });
  return list;
}

inline std::vector<Corruption> all_corruptions() {
  std::vector<Corruption> list;
  for (const auto part : {of_rows, of_columns, of_rewards, of_choices, of_labels_and_inputs}) {
    for (Corruption& one : part()) list.push_back(std::move(one));
  }
  return list;
}

}  // namespace synfer::for_test
