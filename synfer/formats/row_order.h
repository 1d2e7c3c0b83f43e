// The order of a session's rows: checked by the columns that say it, or made on request.
//
// Trials must not go down within a block (within the session where no number comes again), times
// never; a choice among several ends its step, so that a trial
// does not hold two. A trial of a block is there once, and blocks that are numbers rise where trials are
// counted within them and no time says otherwise. Rows that are out of order would be fitted as another
// session.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/files/table.h"
#include "synfer/formats/step_columns.h"

namespace synfer {

/// The block of each row, and whether their column holds whole numbers. Names are numbered as they come.
struct RowBlocks {
  std::vector<int> of_row;
  bool numbered = false;
};

/// Rows in the order in which they are read: as they stand, or sorted within each session (data.sort).
/// Sessions keep the order of their first rows.
/// @param group  of each row, equal within a session
/// @throws DataError where the order of rows within a trial, or of blocks, cannot be known.
std::vector<std::size_t> rows_in_order(const Table& table, const StepColumns& columns,
                                       const std::string& sort, const std::vector<std::size_t>& group,
                                       const RowBlocks& blocks);

/// Sees the rows of one session, one by one.
class RowOrder {
 public:
  RowOrder(const Table& table, const StepColumns& columns, bool blocks_are_numbered)
      : table_(table), columns_(columns), blocks_are_numbered_(blocks_are_numbered) {}

  /// Before the step of `row` is added to `session`, whose label arrays have it already.
  /// @throws DataError where the row goes back.
  void check_next(std::size_t row, const Session& session);

  /// After the session's last row.
  void check_whole(const Session& session) const;

 private:
  [[noreturn]] void reject_back(std::size_t t, const Session& session) const;
  void check_counted_through(const Session& session) const;
  void check_turns(const Session& session) const;
  void check_begins_again(const Session& session) const;
  void check_blocks_rise(const Session& session) const;

  const Table& table_;
  const StepColumns& columns_;
  bool blocks_are_numbered_;
  std::vector<std::size_t> rows_;  // of the session's steps
  double latest_time_ = -std::numeric_limits<double>::infinity();
};

}  // namespace synfer
