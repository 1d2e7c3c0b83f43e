#include "synfer/data/read_nwb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/hdf5_file.h"
#include "synfer/data/step_arrays.h"

namespace synfer {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kTrials = "intervals/trials";
constexpr const char* kResponse = "animal_response";
constexpr const char* kRewardOf[] = {"rewarded_historyL", "rewarded_historyR"};
constexpr const char* kProbabilityOf[] = {"reward_probabilityL", "reward_probabilityR"};

std::string column_path(const std::string& column) { return std::string(kTrials) + "/" + column; }

std::vector<std::string> needed_paths(const std::vector<std::string>& columns,
                                      const ActivityOptions& activity) {
  std::vector<std::string> paths = {kTrials, "general/session_id", "general/subject/subject_id",
                                    column_path("start_time"), column_path(activity.align)};
  for (const std::string& column : columns) paths.push_back(column_path(column));
  for (const std::string& path : activity_paths(activity)) paths.push_back(path);
  return paths;
}

void check_has_trials(const Hdf5File& nwb) {
  if (nwb.has(kTrials)) return;
  throw DataError(nwb.file(), 0, "",
                  "there is no table intervals/trials; synfer reads NWB files with one row a trial there");
}

[[noreturn]] void reject_column(const Hdf5File& nwb, const std::string& column) {
  throw DataError(nwb.file(), 0, column,
                  fmt::format("intervals/trials has no such column; found {}; map names in the configuration "
                              "(data.columns), or name the layout with --format",
                              join(nwb.members(kTrials), ", ")));
}

std::vector<double> numbers_of(const Hdf5File& nwb, const std::string& column) {
  if (!nwb.has(column_path(column))) reject_column(nwb, column);
  const Array& array = nwb.array(column_path(column));
  if (array.is_text || array.shape.size() != 1) {
    throw DataError(nwb.file(), 0, column, "expected one number a row");
  }
  return array.numbers;
}

Array numbers(std::vector<double> values) {
  Array array;
  array.shape = {values.size()};
  array.numbers = std::move(values);
  return array;
}

Array row_numbers(std::size_t rows) {
  std::vector<double> values;
  for (std::size_t row = 0; row < rows; ++row) values.push_back(static_cast<double>(row));
  return numbers(std::move(values));
}

void add_activity(const Hdf5File& nwb, const ActivityOptions& options, const std::string& name,
                  std::vector<NamedArray>& arrays) {
  if (!options.series) return;
  arrays.push_back({name, mean_activity(nwb, options, numbers_of(nwb, options.align))});
}

Reading named_sessions(const Hdf5File& nwb, std::vector<NamedArray> arrays, const ColumnNames& names,
                       const StepCoding& coding = {}) {
  std::string session = nwb.text("general/session_id").value_or("");
  if (session.empty()) session = std::filesystem::path(nwb.file()).stem().string();
  return sessions_of(nwb.file(), std::move(arrays), names, coding, session,
                     nwb.text("general/subject/subject_id").value_or(""));
}

int response_of(const Hdf5File& nwb, std::size_t row, double response) {
  if (response == 0.0 || response == 1.0) return static_cast<int>(response);
  if (response == 2.0) return kNoChoice;
  throw DataError(nwb.file(), row + 1, kResponse,
                  fmt::format("found {}, expected 0 (left), 1 (right) or 2 (none)", shortest(response)));
}

// What the trial paid; only the chosen port can pay.
double reward_of(const Hdf5File& nwb, std::size_t row, int choice, const std::vector<double>* rewarded) {
  for (int port = 0; port < 2; ++port) {
    const double paid = rewarded[port][row];
    if ((paid == 0.0 || paid == 1.0) && (paid == 0.0 || port == choice)) continue;
    throw DataError(nwb.file(), row + 1, kRewardOf[port],
                    paid == 1.0 ? "found a reward from a port that was not chosen; correct the row"
                                : fmt::format("found {}, expected 0 or 1", shortest(paid)));
  }
  return choice == kNoChoice ? kNaN : rewarded[choice][row];
}

// A new block wherever a port's probability of reward changes.
std::vector<double> blocks_of(const Hdf5File& nwb, std::size_t rows) {
  std::vector<double> blocks(rows, 0.0);
  for (const char* column : kProbabilityOf) {
    if (!nwb.has(column_path(column))) continue;
    const std::vector<double> probability = numbers_of(nwb, column);
    for (std::size_t row = 1; row < std::min(rows, probability.size()); ++row) {
      if (probability[row] != probability[row - 1]) blocks[row] = 1.0;
    }
  }
  for (std::size_t row = 1; row < rows; ++row) blocks[row] += blocks[row - 1];
  return blocks;
}

}  // namespace

Reading read_nwb(const std::string& file, const ColumnNames& names, const StepCoding& coding,
                 const ActivityOptions& activity) {
  std::vector<std::string> columns = Hdf5File(file, {kTrials}).members(kTrials);
  std::erase_if(columns, [&](const std::string& column) { return !has_meaning(column, names); });
  const Hdf5File nwb(file, needed_paths(columns, activity));
  check_has_trials(nwb);
  const auto is_recorded = [&](const std::string& column) { return column.starts_with(names.y); };
  if (!nwb.has(column_path(names.choice)) && !activity.series &&
      std::none_of(columns.begin(), columns.end(), is_recorded)) {
    reject_column(nwb, names.choice);
  }
  std::vector<NamedArray> arrays;
  for (const std::string& column : columns) arrays.push_back({column, nwb.array(column_path(column))});
  if (!nwb.has(column_path(names.trial))) {
    arrays.push_back({names.trial, row_numbers(numbers_of(nwb, "start_time").size())});
  }
  add_activity(nwb, activity, names.y, arrays);
  return named_sessions(nwb, std::move(arrays), names, coding);
}

Reading read_foraging_nwb(const std::string& file, const ActivityOptions& activity) {
  const Hdf5File nwb(
      file,
      needed_paths({kResponse, kRewardOf[0], kRewardOf[1], kProbabilityOf[0], kProbabilityOf[1]}, activity));
  check_has_trials(nwb);
  const std::vector<double> responses = numbers_of(nwb, kResponse);
  const std::vector<double> rewarded[] = {numbers_of(nwb, kRewardOf[0]), numbers_of(nwb, kRewardOf[1])};
  const std::size_t rows = responses.size();
  for (int port = 0; port < 2; ++port) {
    if (rewarded[port].size() == rows) continue;
    throw DataError(
        file, 0, kRewardOf[port],
        fmt::format("found {} rows, expected {} as in '{}'", rewarded[port].size(), rows, kResponse));
  }
  std::vector<double> choices;
  std::vector<double> rewards;
  Array ports;
  ports.shape = {rows, 2};
  ports.is_text = true;
  for (std::size_t row = 0; row < rows; ++row) {
    const int choice = response_of(nwb, row, responses[row]);
    choices.push_back(choice == kNoChoice ? kNaN : choice);
    rewards.push_back(reward_of(nwb, row, choice, rewarded));
    ports.text.insert(ports.text.end(), {"left", "right"});
  }
  const ColumnNames names;
  std::vector<NamedArray> arrays = {{names.trial, row_numbers(rows)},
                                    {names.block, numbers(blocks_of(nwb, rows))},
                                    {names.stimulus, std::move(ports)},
                                    {names.choice, numbers(std::move(choices))},
                                    {names.reward, numbers(std::move(rewards))}};
  add_activity(nwb, activity, names.y, arrays);
  return named_sessions(nwb, std::move(arrays), names);
}

bool is_foraging_nwb(const std::string& file) {
  try {
    const Hdf5File nwb(file, {kTrials});
    return nwb.has(column_path(kResponse)) && nwb.has(column_path(kRewardOf[0])) &&
           nwb.has(column_path(kRewardOf[1]));
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace synfer
