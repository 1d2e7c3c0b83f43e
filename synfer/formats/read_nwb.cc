#include "synfer/formats/read_nwb.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/moment.h"
#include "synfer/files/file.h"
#include "synfer/files/hdf5_file.h"
#include "synfer/formats/choice_code.h"
#include "synfer/formats/step_arrays.h"

namespace synfer {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr const char* kTrials = "intervals/trials";
constexpr const char* kStart = "session_start_time";
constexpr const char* kResponse = "animal_response";
constexpr const char* kRewardOf[] = {"rewarded_historyL", "rewarded_historyR"};
constexpr const char* kFreeOf[] = {"auto_waterL", "auto_waterR"};
constexpr const char* kProbabilityOf[] = {"reward_probabilityL", "reward_probabilityR"};

constexpr const char* kIndex = "_index";  // NAME_index says where each row of a ragged column NAME ends
// NAME is of numbers that stand for the texts of NAME_elements, counted from 0.
constexpr const char* kElements = "_elements";

std::string column_path(const std::string& column) { return std::string(kTrials) + "/" + column; }

std::vector<std::string> needed_paths(const std::vector<std::string>& columns,
                                      const ActivityOptions& activity) {
  std::vector<std::string> paths = {kTrials,
                                    kStart,
                                    "general/session_id",
                                    "general/subject/subject_id",
                                    column_path("start_time"),
                                    column_path(activity.align)};
  for (const std::string& column : columns) paths.push_back(column_path(column));
  const std::size_t asked = paths.size();
  for (std::size_t i = 0; i < asked; ++i) {
    paths.push_back(paths[i] + kIndex);
    paths.push_back(paths[i] + kElements);
  }
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

// Counts that rise to `total`, as the ends of rows do. NaN is no count, though it passes for sorted.
bool rises_to(const Array& ends, std::size_t total) {
  return !ends.is_text && ends.shape.size() == 1 && std::ranges::is_sorted(ends.numbers) &&
         std::ranges::all_of(ends.numbers, [](double n) { return n >= 0.0 && n == std::trunc(n); }) &&
         (ends.numbers.empty() || ends.numbers.back() == static_cast<double>(total));
}

// Whether `index` is one of a ragged column, and no column of its own that is called so: it has NWB's type,
// or counts the values of `total` up, row by row.
bool is_vector_index(const Hdf5File& nwb, const std::string& path, std::size_t total) {
  if (!nwb.is_array(path)) return false;
  if (const auto type = nwb.text_attribute(path, "neurodata_type")) return *type == "VectorIndex";
  return !nwb.array(path).numbers.empty() && rises_to(nwb.array(path), total);
}

// One value a row, or as many in each: then the column is no other than one that is not ragged.
Array from_ragged(const Hdf5File& nwb, const std::string& column, const Array& values, const Array& ends) {
  const std::string index = column + kIndex;
  if (values.shape.size() != 1 || !rises_to(ends, values.shape[0])) {
    throw DataError(
        nwb.file(), 0, column,
        fmt::format("'{}' does not say where its rows end; expected one number a row that rises to the "
                    "number of values: write the file again",
                    index));
  }
  std::vector<std::size_t> counts;
  double before = 0.0;
  for (const double end : ends.numbers)
    counts.push_back(static_cast<std::size_t>(end - std::exchange(before, end)));
  const std::size_t least = counts.empty() ? 1 : std::ranges::min(counts);
  const std::size_t most = counts.empty() ? 1 : std::ranges::max(counts);
  if (most > 1 && least != most) {
    throw DataError(
        nwb.file(), 0, column,
        fmt::format("is ragged: '{}' gives its rows {} to {} values; expected one a row: write the one "
                    "that is meant into a column of its own and map its name (data.columns)",
                    index, least, most));
  }
  Array array;
  array.is_text = values.is_text;
  array.shape = {counts.size()};
  if (most > 1) array.shape.push_back(most);
  std::size_t at = 0;
  for (const std::size_t count : counts) {
    if (count == 0 && most == 1 && values.is_text) array.text.emplace_back();
    if (count == 0 && !values.is_text) array.numbers.push_back(kNaN);
    for (std::size_t n = 0; n < count; ++n, ++at) {
      if (values.is_text) array.text.push_back(values.text[at]);
      if (!values.is_text) array.numbers.push_back(values.numbers[at]);
    }
  }
  return array;
}

bool is_ragged(const Hdf5File& nwb, const std::string& column) {
  const Array& values = nwb.array(column_path(column));
  return !values.shape.empty() && is_vector_index(nwb, column_path(column) + kIndex, values.shape[0]);
}

// Whether the column holds numbers that stand for elements: it says so, or has a list of them beside it.
bool is_of_elements(const Hdf5File& nwb, const std::string& path) {
  return nwb.text_attribute(path, "elements") || nwb.text_attribute(path, "neurodata_type") == "EnumData" ||
         (nwb.has(path + kElements) && !nwb.array(path).is_text);
}

// The elements that the column's numbers stand for.
Array from_elements(const Hdf5File& nwb, const std::string& column, const Array& numbers) {
  const std::string path = column_path(column);
  const std::string said = nwb.text_attribute(path, "elements").value_or("");
  const std::string place = nwb.is_array(said) ? said : path + kElements;
  if (!nwb.is_array(place) || nwb.array(place).shape.size() != 1) {
    throw DataError(nwb.file(), 0, column,
                    fmt::format("holds numbers that stand for the elements of '{}', which is not there as a "
                                "list; write the elements themselves into the column",
                                said.empty() ? column + kElements : said));
  }
  const Array& elements = nwb.array(place);
  Array array;
  array.is_text = elements.is_text;
  array.shape = numbers.shape;
  for (const double number : numbers.numbers) {
    if (!(number >= 0.0) || number >= static_cast<double>(elements.shape[0]) ||
        number != std::trunc(number)) {
      throw DataError(nwb.file(), 0, column,
                      fmt::format("found {}, expected the number of one of its {} elements, from 0: write "
                                  "the elements themselves into the column",
                                  shortest(number), elements.shape[0]));
    }
    const auto at = static_cast<std::size_t>(number);
    if (elements.is_text) array.text.push_back(elements.text[at]);
    if (!elements.is_text) array.numbers.push_back(elements.numbers[at]);
  }
  return array;
}

Array column_of(const Hdf5File& nwb, const std::string& column) {
  const std::string path = column_path(column);
  Array values = nwb.array(path);
  if (is_of_elements(nwb, path) && !values.is_text) values = from_elements(nwb, column, values);
  if (!is_ragged(nwb, column)) return values;
  return from_ragged(nwb, column, values, nwb.array(path + kIndex));
}

std::vector<double> numbers_of(const Hdf5File& nwb, const std::string& column) {
  if (!nwb.has(column_path(column))) reject_column(nwb, column);
  Array array = column_of(nwb, column);
  if (array.is_text || array.shape.size() != 1) {
    throw DataError(nwb.file(), 0, column, "expected one number a row");
  }
  return std::move(array.numbers);
}

Array numbers(std::vector<double> values) {
  Array array;
  array.shape = {values.size()};
  array.numbers = std::move(values);
  return array;
}

// The rows in the order of the file or, where they are to be sorted, of their times.
std::vector<std::size_t> order_of_rows(const Hdf5File& nwb, std::size_t rows, const std::string& time,
                                       const StepCoding& coding) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (coding.sort == "time" && nwb.has(column_path(time))) {
    const std::vector<double> times = numbers_of(nwb, time);
    if (times.size() == rows)
      std::ranges::sort(order, {}, [&](std::size_t row) { return std::pair(times[row], row); });
  }
  return order;
}

// A trial a row.
Array trial_numbers(const std::vector<std::size_t>& order) {
  std::vector<double> trials(order.size());
  for (std::size_t n = 0; n < order.size(); ++n) trials[order[n]] = static_cast<double>(n);
  return numbers(std::move(trials));
}

void add_activity(const Hdf5File& nwb, const ActivityOptions& options, const std::string& name,
                  std::vector<NamedArray>& arrays, std::vector<std::string>& how) {
  if (!options.series) return;
  MeanActivity activity = mean_activity(nwb, options, numbers_of(nwb, options.align));
  const std::size_t steps = activity.mean.shape[0];
  if (2 * activity.empty_windows > steps) {
    how.push_back(fmt::format("of the windows of '{}', {} of {} hold no sample: activity is missing there",
                              *options.series, activity.empty_windows, steps));
  }
  arrays.push_back({name, std::move(activity.mean)});
}

Reading named_sessions(const Hdf5File& nwb, std::vector<NamedArray> arrays, const ColumnNames& names,
                       const StepCoding& coding, std::vector<std::string> how) {
  std::string session = nwb.text("general/session_id").value_or("");
  if (session.empty()) session = name_of_file(nwb.file());
  Reading reading = sessions_of(nwb.file(), std::move(arrays), names, coding, session,
                                nwb.text("general/subject/subject_id").value_or(""));
  const std::optional<double> start = seconds_of_moment(nwb.text(kStart).value_or(""));
  for (Session& one : reading.sessions) one.start = start;
  reading.how.insert(reading.how.begin(), how.begin(), how.end());
  return reading;
}

// A response as the file codes it, or as the user says.
int response_of(const Hdf5File& nwb, std::size_t row, double response, const StepCoding& coding) {
  const std::string cell = shortest(response);
  const auto is_value = [&](const std::string& value) { return same_value(value, cell); };
  if (std::isnan(response) || std::ranges::any_of(coding.no_choice, is_value)) return kNoChoice;
  const auto said = std::ranges::find_if(coding.choice_values, is_value);
  if (said != coding.choice_values.end()) return static_cast<int>(said - coding.choice_values.begin());
  if (coding.choice_values.empty()) {
    if (response == 0.0 || response == 1.0) return static_cast<int>(response);
    if (response == 2.0) return kNoChoice;
  }
  throw DataError(
      nwb.file(), row + 1, kResponse,
      fmt::format("found {}, expected 0 (left), 1 (right), 2 or nan (none); say which stands for which, as "
                  "data.choice_values=[left, right], and which for none in data.no_choice",
                  cell));
}

// What both ports paid, trial by trial.
class Payments {
 public:
  explicit Payments(const Hdf5File& nwb) : nwb_(nwb) {
    for (std::size_t port = 0; port < 2; ++port) {
      paid_[port] = numbers_of(nwb, kRewardOf[port]);
      if (nwb.has(column_path(kFreeOf[port]))) free_[port] = numbers_of(nwb, kFreeOf[port]);
    }
  }

  void check_rows(std::size_t rows) const {
    for (std::size_t port = 0; port < 2; ++port) {
      if (paid_[port].size() == rows) continue;
      throw DataError(
          nwb_.file(), 0, kRewardOf[port],
          fmt::format("found {} rows, expected {} as in '{}'", paid_[port].size(), rows, kResponse));
    }
  }

  // The reward of a trial. Without a choice it is free. Beside a choice the other port can pay for free
  // alone, which a step cannot hold.
  double reward(std::size_t row, int choice) {
    double without_choice = 0.0;
    for (std::size_t port = 0; port < 2; ++port) {
      const double paid = paid_[port][row];
      if (paid != 0.0 && paid != 1.0) {
        throw DataError(nwb_.file(), row + 1, kRewardOf[port],
                        fmt::format("found {}, expected 0 or 1", shortest(paid)));
      }
      if (paid == 0.0 || static_cast<int>(port) == choice) continue;
      if (choice == kNoChoice) {
        without_choice += paid;
      } else if (row < free_[port].size() && free_[port][row] != 0.0) {
        ++left_out_;
      } else {
        throw DataError(nwb_.file(), row + 1, kRewardOf[port],
                        "found a reward from a port that was not chosen; correct the row");
      }
    }
    if (choice == kNoChoice) return without_choice > 0.0 ? without_choice : kNaN;
    return paid_[static_cast<std::size_t>(choice)][row];
  }

  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  const Hdf5File& nwb_;
  std::vector<double> paid_[2];
  std::vector<double> free_[2];  // empty where the file has no such column
  std::size_t left_out_ = 0;
};

// A new block wherever a port's probability of reward changes from a trial to the next.
std::vector<double> blocks_of(const Hdf5File& nwb, const std::vector<std::size_t>& order) {
  const std::size_t rows = order.size();
  std::vector<bool> begins(rows, false);
  for (const char* column : kProbabilityOf) {
    if (!nwb.has(column_path(column))) continue;
    const std::vector<double> probability = numbers_of(nwb, column);
    if (probability.size() != rows) continue;
    for (std::size_t n = 1; n < rows; ++n) {
      if (probability[order[n]] != probability[order[n - 1]]) begins[n] = true;
    }
  }
  std::vector<double> blocks(rows, 0.0);
  double block = 0.0;
  for (std::size_t n = 0; n < rows; ++n) blocks[order[n]] = block += begins[n] ? 1.0 : 0.0;
  return blocks;
}

}  // namespace

Reading read_nwb(const std::string& file, const ColumnNames& names, const StepCoding& coding,
                 const ActivityOptions& activity) {
  std::vector<std::string> columns = Hdf5File(file, {kTrials}).members(kTrials);
  std::erase_if(columns, [&](const std::string& column) { return meaning_of(column, names).empty(); });
  const Hdf5File nwb(file, needed_paths(columns, activity));
  check_has_trials(nwb);
  const auto has = [&](std::string_view meaning) {
    return std::ranges::any_of(columns,
                               [&](const auto& column) { return meaning_of(column, names) == meaning; });
  };
  if (!has("choice") && !activity.series && !has("y")) reject_column(nwb, names.choice);
  std::vector<NamedArray> arrays;
  for (const std::string& column : columns) {
    // What goes by a common other name may as well be something else.
    const bool may_be_left = !has_meaning(column, names);
    if (may_be_left && (!nwb.is_array(column_path(column)) || is_ragged(nwb, column))) continue;
    arrays.push_back({column, column_of(nwb, column)});
  }
  std::vector<std::string> how;
  if (!has("trial")) {
    const std::size_t rows = numbers_of(nwb, "start_time").size();
    arrays.push_back({names.trial, trial_numbers(order_of_rows(nwb, rows, names.time, coding))});
    how.emplace_back("no column numbers trials: each row was taken for one");
  }
  add_activity(nwb, activity, names.y, arrays, how);
  return named_sessions(nwb, std::move(arrays), names, coding, std::move(how));
}

Reading read_foraging_nwb(const std::string& file, const StepCoding& coding,
                          const ActivityOptions& activity) {
  const ColumnNames names;
  const Hdf5File nwb(file, needed_paths({kResponse, kRewardOf[0], kRewardOf[1], kProbabilityOf[0],
                                         kProbabilityOf[1], kFreeOf[0], kFreeOf[1]},
                                        activity));
  check_has_trials(nwb);
  const std::vector<double> responses = numbers_of(nwb, kResponse);
  const std::size_t rows = responses.size();
  Payments payments(nwb);
  payments.check_rows(rows);
  std::vector<double> choices;
  std::vector<double> rewards;
  Array ports;
  ports.shape = {rows, 2};
  ports.is_text = true;
  for (std::size_t row = 0; row < rows; ++row) {
    const int choice = response_of(nwb, row, responses[row], coding);
    choices.push_back(choice == kNoChoice ? kNaN : choice);
    rewards.push_back(payments.reward(row, choice));
    ports.text.insert(ports.text.end(), {"left", "right"});
  }
  const std::vector<std::size_t> order_in_time = order_of_rows(nwb, rows, names.time, coding);
  std::vector<NamedArray> arrays = {{names.trial, trial_numbers(order_in_time)},
                                    {names.block, numbers(blocks_of(nwb, order_in_time))},
                                    {names.stimulus, std::move(ports)},
                                    {names.choice, numbers(std::move(choices))},
                                    {names.reward, numbers(std::move(rewards))}};
  if (nwb.has(column_path(names.time))) arrays.push_back({names.time, numbers(numbers_of(nwb, names.time))});
  std::vector<std::string> how;
  if (payments.left_out() > 0) {
    how.push_back(
        fmt::format("{} free rewards from a port that was not chosen were left out: a step with a choice has "
                    "the reward of what was chosen",
                    payments.left_out()));
  }
  add_activity(nwb, activity, names.y, arrays, how);
  StepCoding order;  // choices are read by now
  order.sort = coding.sort;
  return named_sessions(nwb, std::move(arrays), names, order, std::move(how));
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
