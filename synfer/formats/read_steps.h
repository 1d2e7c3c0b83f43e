// Reads a table with one row a step; step_columns.h says what the columns are, step_coding.h how cells are
// meant.
//
// An empty cell is missing; an empty choice is an omission. A reward stands on the step that earns it: the
// accepted one (K = 1; with rewards_on_rejection a rejected one too), any answered one (K >= 2). A missing
// reward there is unknown; a reward without a choice is free: it moves the expected reward and teaches
// nothing. An acceptance ends its trial. Trials are runs of equal (block, trial) labels; without a column for
// them a trial ends with an acceptance (K = 1), or is a row. Rows of a session follow one another in an order
// that is checked (row_order.h). Without a column for sessions each animal is one, without one for animals
// each session is an animal. A neuron without a single value in a session was not recorded in it. Weights
// change after an accepted or answered step, and where neural data stand alone after every step, unless a
// column `learns` says otherwise.
#pragma once

#include <string>
#include <vector>

#include "synfer/formats/reading.h"
#include "synfer/formats/step_coding.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// All sessions of `file`, in the order of their first rows. DataError where a row is wrong.
Reading read_steps(const std::string& file, const ColumnNames& names = {}, const StepCoding& coding = {});

/// The same of a table in memory; `table.file()` is named in errors.
Reading read_steps(const Table& table, const ColumnNames& names = {}, const StepCoding& coding = {});

/// Whether the weights change after a step with this choice, where nothing else is said. `behaves`: whether
/// the data have choices at all.
bool learns_after(int offers, int choice, bool behaves);

}  // namespace synfer
