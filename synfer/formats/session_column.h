// Where no column names sessions: whether one that was left aside looks as if it did.
#pragma once

#include <string>
#include <vector>

#include "synfer/files/table.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// A question for each column that holds dates, or names that nothing else orders, in long runs that do not
/// come again.
/// @param aside  columns that mean nothing to the reader
/// @param group  of each row, equal within what was taken for a session
std::vector<std::string> ask_for_sessions(const Table& table, const StepColumns& columns,
                                          const std::vector<std::size_t>& aside,
                                          const std::vector<std::size_t>& group);

}  // namespace synfer
