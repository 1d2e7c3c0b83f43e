// Damage to cells: codes and units changed, labels misspelt, cells emptied.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "synfer/base/text.h"
#include "synfer/formats/corruption_for_test.h"

namespace synfer::for_test {

// Two cells of a column, where `change` finds something to change.
inline Corruption two_cells(const std::string& name, const std::string& column,
                            const std::function<bool(const Sheet&, std::string&)>& change) {
  return {name, [column, change](Sheet& sheet, Chance& chance) {
            if (!sheet.has(column)) return false;
            int changed = 0;
            for (int n = 0; n < 200 && changed < 2; ++n) {
              std::string& cell = sheet.cell(any_row(sheet, chance), column);
              changed += !cell.empty() && change(sheet, cell) ? 1 : 0;
            }
            return changed == 2;
          }};
}

// The cells of a column in one session.
inline Corruption a_session(const std::string& name, const std::string& column,
                            const std::function<bool(const Sheet&, std::string&)>& change) {
  return {name, [column, change](Sheet& sheet, Chance& chance) {
            if (!sheet.has(column)) return false;
            const auto [first, end] = sheet.session_of(any_row(sheet, chance));
            bool changed = false;
            for (std::size_t row = first; row < end; ++row) {
              std::string& cell = sheet.cell(row, column);
              if (!cell.empty()) changed = change(sheet, cell) || changed;
            }
            return changed;
          }};
}

// A number in another unit; 0 stays what it is.
inline bool times(std::string& cell, double factor) {
  const double value = *parse_number(cell);
  cell = shortest(factor * value);
  return value != 0.0;
}

inline std::vector<Corruption> of_rewards() {
  const auto code = [](const char* from, const char* to) {
    return [=](const Sheet& sheet, std::string& cell) {
      if (is_graded(sheet) || cell != from) return false;
      cell = to;
      return true;
    };
  };
  const auto unit = [](double factor) {
    return [=](const Sheet&, std::string& cell) { return times(cell, factor); };
  };
  const auto sign = [](const Sheet& sheet, std::string& cell) {
    return !is_in_words(sheet) && times(cell, -1);
  };
  const auto put = [](const char* value) {
    return [=](const Sheet&, std::string& cell) {
      cell = value;
      return true;
    };
  };
  return {
      two_cells("rewards of 999", "reward", put("999")),
      two_cells("rewards of -1 for 0", "reward", code("0", "-1")),
      two_cells("rewards of 2 for 1", "reward", code("1", "2")),
      two_cells("rewards as words", "reward", put("yes")),
      two_cells("rewards emptied", "reward", put("")),
      two_cells("rewards in another unit", "reward", unit(1000)),
      two_cells("rewards in another unit, less", "reward", unit(0.001)),
      two_cells("rewards of the other sign", "reward", sign),
      a_session("a session's rewards in another unit", "reward", unit(1000)),
      a_session("a session's rewards in another unit, less", "reward", unit(0.001)),
      a_session("a session's rewards of the other sign", "reward", sign),
      a_session("a session's rewards emptied", "reward", put("")),
      a_session("a session's rewards all 0", "reward", put("0")),
      a_session("a session's rewards of 2 for 1", "reward", code("1", "2")),
      a_session("a session's rewards counted from 1", "reward", [](const Sheet& sheet, std::string& cell) {
        if (is_graded(sheet)) return false;
        cell = shortest(*parse_number(cell) + 1);
        return true;
      })};
}

inline std::vector<Corruption> of_choices() {
  const auto put = [](const char* value) {
    return [=](const Sheet&, std::string& cell) {
      cell = value;
      return true;
    };
  };
  const auto other_number = [](int by) {
    return [=](const Sheet& sheet, std::string& cell) {
      if (is_in_words(sheet)) return false;
      cell = std::to_string(static_cast<int>(*parse_number(cell)) + by);
      return true;
    };
  };
  return {two_cells("choices of -1", "choice", put("-1")),
          two_cells("choices of 9", "choice", put("9")),
          two_cells("choices as other words", "choice", put("left")),
          two_cells("choices emptied", "choice", put("")),
          two_cells("accepted for rejected, rejected for accepted", "choice",
                    [](const Sheet& sheet, std::string& cell) {
                      if (!is_of_odours(sheet)) return false;
                      cell = cell == "0" ? "1" : "0";
                      return true;
                    }),
          a_session("a session's choices counted from 1", "choice", other_number(1)),
          a_session("a session's choices as labels", "choice",
                    [](const Sheet& sheet, std::string& cell) {
                      if (!sheet.has("stimulus0") || is_in_words(sheet)) return false;
                      cell = cell == "0" ? "L" : "R";
                      return true;
                    }),
          a_session("a session's choices as places", "choice",
                    [](const Sheet& sheet, std::string& cell) {
                      if (!is_in_words(sheet)) return false;
                      cell = cell == "star" ? "0" : "1";
                      return true;
                    }),
          a_session("a session's choices emptied", "choice", put("")),
          a_session("a session's choices all alike", "choice", [](const Sheet& sheet, std::string& cell) {
            cell = is_in_words(sheet) ? "star" : "1";
            return true;
          })};
}

inline std::vector<Corruption> of_labels_and_inputs() {
  std::vector<Corruption> list;
  const auto misspelt = [](const Sheet&, std::string& cell) {
    cell += "x";
    return true;
  };
  // An animal of one session has another name, and no more.
  const auto misspelt_animal = [](const Sheet& sheet, std::string& cell) {
    cell += "x";
    return !is_of_odours(sheet);
  };
  const auto in_small = [](const Sheet&, std::string& cell) {
    cell = lower_case(cell) == cell ? "S" + cell.substr(1) : lower_case(cell);
    return true;
  };
  for (const std::string column : {"stimulus", "stimulus0", "stimulus1", "animal", "session"}) {
    list.push_back(two_cells("misspelt: " + column, column, misspelt));
    list.push_back(two_cells("in small letters: " + column, column, in_small));
    if (column.starts_with("stimulus")) {
      list.push_back(a_session("misspelt in a session: " + column, column, misspelt));
    }
  }
  list.push_back(a_session("misspelt in a session: animal", "animal", misspelt_animal));
  for (const std::string column :
       {"stimulus", "stimulus0", "animal", "session", "trial", "block", "start_time", "x0_0"}) {
    list.push_back(two_cells("emptied: " + column, column, [](const Sheet&, std::string& cell) {
      cell.clear();
      return true;
    }));
  }
  list.push_back(two_cells("inputs far out", "x1_0", [](const Sheet&, std::string& cell) {
    return std::abs(*parse_number(cell)) > 0.1 && times(cell, 1000);
  }));
  list.push_back(two_cells("inputs of 999", "x0_1", [](const Sheet&, std::string& cell) {
    cell = "999";
    return true;
  }));
  list.push_back(a_session("a session's inputs in another unit", "x0_1",
                           [](const Sheet&, std::string& cell) { return times(cell, 100); }));
  list.push_back(a_session("a session's inputs in another unit, less", "x1_1",
                           [](const Sheet&, std::string& cell) { return times(cell, 0.01); }));
  list.push_back(a_session("a session's inputs all 0", "x1_1", [](const Sheet&, std::string& cell) {
    cell = "0";
    return true;
  }));
  list.push_back(a_session("a session's times in another unit", "start_time",
                           [](const Sheet&, std::string& cell) { return times(cell, 1000); }));
  list.push_back(a_session("a session's trials 100 on", "trial", [](const Sheet&, std::string& cell) {
    cell = shortest(*parse_number(cell) + 100);
    return true;
  }));
  list.push_back(two_cells("trials of another number", "trial", [](const Sheet&, std::string& cell) {
    cell = shortest(*parse_number(cell) + 3);
    return true;
  }));
  return list;
}

}  // namespace synfer::for_test
