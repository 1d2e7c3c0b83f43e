// Sessions as arrays whose first dimension is the step: how NumPy, MATLAB and NWB files hold what a CSV
// holds in one row a step (step_columns.h). With T steps, K offers, N inputs and M neurons:
//
//   animal, session   T, text      choice, reward   T, NaN where there is none
//   trial, block      T            y                T x M, NaN where missing or not recorded
//   stimulus          T (K = 1) or T x K, text
//   x                 T x N (K = 1) or T x K x N
//
// A single value for animal or session is that of every step. An array with more dimensions than one stands
// for numbered columns: x of T x N for x0, x1, ...; x of T x K x N for x0_0, x0_1, ... So every rule for
// columns, and every message, is that of read_steps.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "synfer/files/array.h"
#include "synfer/files/table.h"
#include "synfer/formats/reading.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// What is lost is what a table cannot say (write_steps.h).
/// @throws std::invalid_argument where the sessions are not alike.
std::vector<NamedArray> step_arrays(const std::vector<Session>& sessions);

/// An array taken apart into columns of one value a step.
struct ArrayColumn {
  std::string name;
  const Array* array;
  std::size_t place;  // within a step's values
  std::size_t width;  // values a step

  [[nodiscard]] bool is_text() const { return array->is_text; }
  [[nodiscard]] double number(std::size_t step) const { return array->numbers[step * width + place]; }
  [[nodiscard]] const std::string& text(std::size_t step) const { return array->text[step * width + place]; }

  /// As a table holds it: whole numbers without a point or an exponent, missing ones empty.
  [[nodiscard]] std::string cell(std::size_t step) const;
};

/// The table of columns that have one value for each of `steps`. @throws DataError as table_of does.
Table table_of(const std::string& file, const std::vector<ArrayColumn>& columns, std::size_t steps);

/// Columns in the order of the arrays, which must outlive them. The vectors `names.x` and `names.y` are
/// numbered even where they have one entry.
/// @throws std::invalid_argument, with the array's name, where one has no first dimension, or more than
/// three.
std::vector<ArrayColumn> columns_of(const std::vector<NamedArray>& arrays, const ColumnNames& names);

/// Sessions from the arrays of one file. Without an array for sessions the file is one session called
/// `session`, of the animal `animal` (the session's name where that is empty). Arrays without a meaning
/// are left alone. The row of a DataError is the step, counted from 1.
/// @throws DataError where arrays differ in steps, or as read_steps does.
Reading sessions_of(const std::string& file, std::vector<NamedArray> arrays, const ColumnNames& names,
                    const StepCoding& coding, const std::string& session, const std::string& animal = {});

/// A single value for the animal or the session becomes one a step.
void spread_names(std::vector<NamedArray>& arrays, const ColumnNames& names);

/// What an array has to do with steps, by its name: a key of data.columns; empty where it has nothing to do.
/// Common other names count where the key has no name of the user's own.
std::string_view meaning_of(const std::string& name, const ColumnNames& names);

/// Whether an array of that name, as it is or mapped, has a meaning for steps: common other names do not
/// count.
bool has_meaning(const std::string& name, const ColumnNames& names);

}  // namespace synfer
