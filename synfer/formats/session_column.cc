#include "synfer/formats/session_column.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "synfer/base/text.h"
#include "synfer/data/name_dates.h"

namespace synfer {
namespace {

// The values of a column whose runs are long and each of another value within a group; none otherwise.
std::vector<std::string> values_in_runs(const Table& table, std::size_t column,
                                        const std::vector<std::size_t>& group) {
  constexpr std::size_t kShortest = 10;  // rows, on average
  std::set<std::pair<std::size_t, std::string>> seen;
  std::set<std::size_t> groups;
  std::set<std::string> values;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string value(table.cell(row, column));
    const bool goes_on = row > 0 && group[row] == group[row - 1] && table.cell(row - 1, column) == value;
    if (value.empty() || (!goes_on && !seen.emplace(group[row], value).second)) return {};
    groups.insert(group[row]);
    values.insert(value);
  }
  if (seen.size() <= groups.size() || table.rows() < kShortest * seen.size()) return {};
  return {values.begin(), values.end()};
}

bool is_called_like_one(const std::string& name) {
  const std::string text = lower_case(name);
  return std::ranges::any_of(std::vector<std::string>{"day", "date", "sess", "visit", "datum"},
                             [&](const std::string& part) { return text.find(part) != std::string::npos; });
}

}  // namespace

std::vector<std::string> ask_for_sessions(const Table& table, const StepColumns& columns,
                                          const std::vector<std::size_t>& aside,
                                          const std::vector<std::size_t>& group) {
  std::vector<std::string> questions;
  const bool unordered = !columns.trial && !columns.block && !columns.time;
  for (const std::size_t column : aside) {
    const std::vector<std::string> values = values_in_runs(table, column, group);
    if (values.empty()) continue;
    const std::string& name = table.header()[column];
    const bool words =
        std::ranges::none_of(values, [](const auto& one) { return parse_number(one).has_value(); });
    if (!is_called_like_one(name) && dates_in(values).empty() && !(words && unordered)) continue;
    questions.push_back(fmt::format(
        "column '{}' holds {} values in runs and was left aside: is it the session?", name, values.size()));
  }
  return questions;
}

}  // namespace synfer
