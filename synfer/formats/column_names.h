// What the columns of a table with one row a step are called: by synfer, by the user, and by most people.
//
// A column has the name of its key of data.columns, which a user may set, or another common name of it
// (mouse, date, outcome, ...). Where the user has set the name, it alone is meant.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace synfer {

/// What the columns are called in a user's files. `stimulus`, `x` and `y` are also the part before
/// the numbers; `stimulus` may name the columns of all offers instead: "left,right".
struct ColumnNames {
  std::string animal = "animal";
  std::string session = "session";
  std::string trial = "trial";
  std::string block = "block";
  std::string choice = "choice";
  std::string reward = "reward";
  std::string stimulus = "stimulus";
  std::string x = "x";
  std::string y = "y";
  std::string time = "start_time";
  std::string scored = "scored";
  std::string learns = "learns";

  friend bool operator==(const ColumnNames&, const ColumnNames&) = default;
};

/// Keys of data.columns with one value a step, and what they are called.
std::vector<std::pair<std::string_view, const std::string*>> single_columns(const ColumnNames& names);

/// The key that another common name stands for, as reward for outcome; empty where it stands for none, is
/// itself the name of a column, or the user has set the name of its key.
std::string_view common_meaning(const std::string& name, const ColumnNames& names);

/// Whether one of these columns has the name of `key` (session, animal, ...), or another common one.
bool has_column(const std::vector<std::string>& header, const ColumnNames& names, std::string_view key);

}  // namespace synfer
