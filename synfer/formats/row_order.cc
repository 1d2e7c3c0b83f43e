#include "synfer/formats/row_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

// NOLINTBEGIN(bugprone-unchecked-optional-access): a column is looked for before its rows are
namespace synfer {
namespace {

// Rows of one trial that stand apart have no order that a trial's number could give back.
void refuse_torn_trials(const Table& table, const StepColumns& columns, const std::vector<std::size_t>& group,
                        const std::vector<int>& block) {
  std::set<std::pair<std::size_t, std::pair<int, int>>> seen;
  std::pair<std::size_t, std::pair<int, int>> before;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::pair at(group[row], std::pair(block[row], table.whole(row, *columns.trial)));
    if (row > 0 && at == before) continue;
    before = at;
    if (seen.insert(at).second) continue;
    table.reject(
        row, *columns.trial,
        fmt::format("the rows of trial {} stand apart, so that their order within the trial is not known; "
                    "expected them together: sort by a column of times (data.sort=time)",
                    at.second.second));
  }
}

}  // namespace

std::vector<std::size_t> rows_in_order(const Table& table, const StepColumns& columns,
                                       const std::string& sort, const std::vector<std::size_t>& group,
                                       const RowBlocks& blocks) {
  const std::vector<int>& block = blocks.of_row;
  std::vector<std::size_t> rows(table.rows());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (sort == "none") return rows;
  const std::optional<std::size_t> by = sort == "time" ? columns.time : columns.trial;
  if (!by) {
    throw DataError(
        table.file(), table.header_row(), "",
        fmt::format("data.sort is {0}, but there is no column of that; name it: data.columns.{0}=NAME",
                    sort));
  }
  if (sort == "trial") refuse_torn_trials(table, columns, group, block);
  std::vector<double> key(table.rows());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    key[row] = table.number(row, *by);
    if (std::isnan(key[row]))
      table.reject(row, *by, "the value is missing, so that the row cannot be put in order");
  }
  // Trials that are counted anew in each block follow their block.
  std::set<std::pair<std::size_t, double>> numbers;
  std::set<std::pair<std::size_t, std::pair<int, double>>> labels;
  for (const std::size_t row : rows) {
    numbers.emplace(group[row], key[row]);
    labels.emplace(group[row], std::pair(block[row], key[row]));
  }
  const bool by_block = sort == "trial" && labels.size() > numbers.size();
  if (by_block && !blocks.numbered) {
    table.reject_column(
        *columns.block,
        "trials are counted anew in blocks that are no whole numbers, so that data.sort=trial cannot know "
        "which block came first; expected blocks that say their order: sort by a column of times "
        "(data.sort=time), or number the blocks in the order in which they came");
  }
  // The row itself comes last, so that equal ones stay as they stand.
  std::ranges::sort(rows, {}, [&](std::size_t row) {
    return std::tuple(group[row], by_block ? block[row] : 0, key[row], row);
  });
  return rows;
}

void RowOrder::check_next(std::size_t row, const Session& session) {
  const std::size_t t = session.steps();
  rows_.push_back(row);
  if (columns_.time && !std::isnan(session.time[t])) {
    const double time = session.time[t];
    const bool twice = t > 0 && time == latest_time_ && session.choice[t - 1] != kNoChoice &&
                       (session.offers > 1 || session.choice[t - 1] == 1);
    if (time < latest_time_ || twice) {
      table_.reject(
          row, *columns_.time,
          twice ? fmt::format("time {} comes again after a choice; expected a later one: remove the "
                              "repeated row",
                              shortest(time))
                : fmt::format("time {} comes after {}; expected times that rise within a session: sort the "
                              "file, or set data.sort=time; where these are times within a trial, call the "
                              "column otherwise",
                              shortest(time), shortest(latest_time_)));
    }
    latest_time_ = time;
  }
  if (!columns_.trial || t == 0 || session.block[t] != session.block[t - 1]) return;
  const int trial = session.trial[t];
  const int before = session.trial[t - 1];
  if (trial < before) reject_back(t, session);
  if (trial == before && session.offers > 1 && session.choice[t - 1] != kNoChoice) {
    table_.reject(
        row, *columns_.trial,
        fmt::format("trial {} of session '{}' has a choice already; expected one choice a trial: remove the "
                    "repeated row, or number the trials anew",
                    trial, session.name));
  }
}

void RowOrder::check_whole(const Session& session) const {
  if (!columns_.trial || !columns_.block) return;
  check_counted_through(session);
  check_turns(session);
  check_begins_again(session);
  check_blocks_rise(session);
}

// A trial of a block that is there again, or trials that mostly count on from block to block and once do not:
// sessions that were joined look like this. Blocks of one name whose trials begin again do too, and nothing
// tells one from the other.
void RowOrder::check_begins_again(const Session& session) const {
  std::set<std::pair<int, int>> seen;
  bool counts_on = false;
  std::optional<std::size_t> goes_down;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (t > 0) {
      const bool same_block = session.block[t] == session.block[t - 1];
      if (same_block && session.trial[t] == session.trial[t - 1]) continue;
      counts_on = counts_on || (!same_block && session.trial[t] == session.trial[t - 1] + 1);
      if (!goes_down && session.trial[t] < session.trial[t - 1]) goes_down = t;
    }
    if (seen.emplace(session.block[t], session.trial[t]).second) continue;
    table_.reject(
        rows_[t], *columns_.trial,
        fmt::format("trial {} of block '{}' comes again in session '{}'; expected each once: where a new "
                    "session begins, name the column of sessions (data.columns.session); remove rows that "
                    "are repeated; where the block came twice, give it a number of its own each time",
                    session.trial[t], table_.cell(rows_[t], *columns_.block), session.name));
  }
  if (!goes_down || !counts_on) return;
  table_.reject(
      rows_[*goes_down], *columns_.trial,
      fmt::format("trial {} comes after trial {} in session '{}', where trials count on from other blocks; "
                  "expected them to begin anew with every block or with none: where a new session begins, "
                  "name the column of sessions (data.columns.session); else sort the file",
                  session.trial[*goes_down], session.trial[*goes_down - 1], session.name));
}

// Where trials are counted within blocks, the blocks' numbers say their order, unless times do.
void RowOrder::check_blocks_rise(const Session& session) const {
  if (!blocks_are_numbered_) return;
  bool anew = false;
  std::optional<std::size_t> falls;
  for (std::size_t t = 1; t < session.steps(); ++t) {
    anew = anew || session.trial[t] < session.trial[t - 1] ||
           (session.trial[t] == session.trial[t - 1] && session.block[t] != session.block[t - 1]);
    const bool timed = columns_.time && session.time[t] > session.time[t - 1];
    if (!falls && !timed && session.block[t] < session.block[t - 1]) falls = t;
  }
  if (!falls || !anew) return;
  table_.reject(
      rows_[*falls], *columns_.block,
      fmt::format("block {} comes after block {} in session '{}', and trials are counted within blocks; "
                  "expected blocks that rise: sort the file or set data.sort=trial; where the numbers are "
                  "names of conditions, write words",
                  session.block[*falls], session.block[*falls - 1], session.name));
}

// Trials may begin again with a block. Where no number comes again they are counted through the session, and
// must not go down with a block either.
void RowOrder::check_counted_through(const Session& session) const {
  std::set<int> seen;
  std::optional<std::size_t> goes_down;
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (t > 0 && session.trial[t] == session.trial[t - 1]) continue;
    if (!seen.insert(session.trial[t]).second) return;
    if (t > 0 && session.trial[t] < session.trial[t - 1] && !goes_down) goes_down = t;
  }
  if (goes_down) reject_back(*goes_down, session);
}

void RowOrder::reject_back(std::size_t t, const Session& session) const {
  table_.reject(
      rows_[t], *columns_.trial,
      fmt::format("trial {} comes after trial {} in session '{}'; expected trials that rise within a "
                  "session{}: sort the file or set data.sort=trial; where a new session begins, name the "
                  "column of sessions (data.columns.session)",
                  session.trial[t], session.trial[t - 1], session.name,
                  columns_.block && session.block[t] == session.block[t - 1] ? " and block" : ""));
}

// Blocks that take turns row by row, with trials counted within each, are a file sorted by trial first.
void RowOrder::check_turns(const Session& session) const {
  constexpr std::size_t kFewest = 6;
  std::size_t runs = 1;
  bool rises = true;
  bool returns = false;
  std::set<int> seen;
  if (session.steps() > 0) seen.insert(session.block[0]);
  for (std::size_t t = 1; t < session.steps(); ++t) {
    rises = rises && session.trial[t] >= session.trial[t - 1] &&
            (session.trial[t] > session.trial[t - 1] || session.block[t] == session.block[t - 1]);
    if (session.block[t] == session.block[t - 1]) continue;
    ++runs;
    returns = !seen.insert(session.block[t]).second || returns;
  }
  if (rises || !returns || runs < kFewest || 2 * runs <= count_trials(session)) return;
  table_.reject(
      rows_.front(), *columns_.block,
      fmt::format("the trials of session '{}' take turns between blocks; expected one block after the "
                  "other: sort the file by block and trial, or set data.sort=trial",
                  session.name));
}

}  // namespace synfer
// NOLINTEND(bugprone-unchecked-optional-access)
