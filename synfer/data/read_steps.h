// Reads a CSV table with one row a step; step_columns.h says what the columns are.
//
// An empty cell is missing; an empty choice is an omission. A reward stands on the step that earns
// it: the accepted one (K = 1), any answered one (K >= 2). An acceptance ends its trial. Trials are
// runs of equal (block, trial) labels. Rows keep their order, and the rows of a session follow one
// another. Without a column for animals each session is an animal. A neuron without a single value
// in a session was not recorded in it. Weights change after an accepted or answered step; where
// neural data stand alone, after every step.
#pragma once

#include <string>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/data/step_columns.h"

namespace synfer {

/// All sessions of `file`, in the order of their first rows. DataError where a row is wrong.
std::vector<Session> read_steps(const std::string& file, const ColumnNames& names = {});

/// The same of a table in memory; `table.file()` is named in errors.
std::vector<Session> read_steps(const Table& table, const ColumnNames& names = {});

/// Whether the weights change after a step with this choice. `behaves`: whether the data have
/// choices at all.
bool learns_after(int offers, int choice, bool behaves);

}  // namespace synfer
