#include "synfer/formats/step_arrays.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/formats/choice_code.h"
#include "synfer/formats/read_steps.h"

namespace synfer {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool chose_nothing(const Session& session) {
  return std::all_of(session.choice.begin(), session.choice.end(),
                     [](int choice) { return choice == kNoChoice; });
}

// Neural data alone: every step learns though none has a choice.
bool is_neural_alone(const Session& session) {
  return session.steps() > 0 && session.learns.front() && chose_nothing(session);
}

bool learns_as_usual(const Session& session, bool behaves) {
  for (std::size_t t = 0; t < session.steps(); ++t) {
    if (session.learns[t] != learns_after(session.offers, session.choice[t], behaves)) return false;
  }
  return true;
}

void check_alike(const std::vector<Session>& sessions) {
  const Session& first = sessions.front();
  for (const Session& session : sessions) {
    const bool alike = session.offers == first.offers && session.inputs == first.inputs &&
                       session.stimulus.empty() == first.stimulus.empty() &&
                       session.x.empty() == first.x.empty();
    if (!alike) {
      throw std::invalid_argument("session " + session.name + " cannot share a table with session " +
                                  first.name);
    }
  }
}

const std::string& label(const Session& s, std::size_t t, int offer) {
  const std::size_t at = t * static_cast<std::size_t>(s.offers) + static_cast<std::size_t>(offer);
  return s.stimuli[static_cast<std::size_t>(s.stimulus[at])];
}

// Whether the numbers of all choices would be read as labels that their rows offer (choice_code.h).
bool places_look_like_labels(const std::vector<Session>& sessions) {
  bool any = false;
  for (const Session& s : sessions) {
    if (s.offers == 1 || s.stimulus.empty()) return false;
    for (std::size_t t = 0; t < s.steps(); ++t) {
      if (s.choice[t] == kNoChoice) continue;
      any = true;
      int alike = 0;
      for (int k = 0; k < s.offers; ++k) alike += same_value(label(s, t, k), std::to_string(s.choice[t]));
      if (alike != 1) return false;
    }
  }
  return any;
}

class Writer {
 public:
  explicit Writer(const std::vector<Session>& sessions) : sessions_(sessions) {
    for (const Session& session : sessions) {
      steps_ += session.steps();
      for (const int neuron : session.recorded_neurons)
        neurons_ = std::max(neurons_, static_cast<std::size_t>(neuron) + 1);
    }
  }

  std::vector<NamedArray> write(bool behaves) {
    const ColumnNames names;
    const Session& like = sessions_.front();
    const auto offers = static_cast<std::size_t>(like.offers);
    const auto inputs = static_cast<std::size_t>(like.inputs);
    const std::vector<std::size_t> each =
        like.offers == 1 ? std::vector<std::size_t>{} : std::vector<std::size_t>{offers};
    std::vector<std::size_t> vectors = each;
    vectors.push_back(inputs);

    text(names.animal, {}, [](const Session& s, std::size_t) { return s.animal; });
    text(names.session, {}, [](const Session& s, std::size_t) { return s.name; });
    numbers(names.trial, {}, [](const Session& s, std::size_t t) { return s.trial[t]; });
    numbers(names.block, {}, [](const Session& s, std::size_t t) { return s.block[t]; });
    if (!like.stimulus.empty()) {
      text(names.stimulus, each, [](const Session& s, std::size_t i) {
        return s.stimuli[static_cast<std::size_t>(s.stimulus[i])];
      });
    }
    if (!like.x.empty()) numbers(names.x, vectors, [](const Session& s, std::size_t i) { return s.x[i]; });
    if (behaves && places_look_like_labels(sessions_)) {
      text(names.choice, {}, [](const Session& s, std::size_t t) {
        return s.choice[t] == kNoChoice ? std::string() : label(s, t, s.choice[t]);
      });
    } else if (behaves) {
      numbers(names.choice, {},
              [](const Session& s, std::size_t t) { return s.choice[t] == kNoChoice ? kNaN : s.choice[t]; });
    }
    numbers(names.reward, {}, [](const Session& s, std::size_t t) { return s.reward[t]; });
    const auto any = [&](auto&& has) { return std::ranges::any_of(sessions_, has); };
    if (any([](const Session& s) { return !s.time.empty(); })) {
      numbers(names.time, {},
              [](const Session& s, std::size_t t) { return s.time.empty() ? kNaN : s.time[t]; });
    }
    if (any([](const Session& s) { return !s.scored.empty(); })) {
      numbers(names.scored, {},
              [](const Session& s, std::size_t t) { return s.scored.empty() || s.scored[t]; });
    }
    if (any([&](const Session& s) { return !learns_as_usual(s, behaves); })) {
      numbers(names.learns, {}, [](const Session& s, std::size_t t) { return s.learns[t]; });
    }
    if (neurons_ > 0) recordings(names.y);
    return std::move(arrays_);
  }

 private:
  Array& add(const std::string& name, const std::vector<std::size_t>& further) {
    Array& array = arrays_.emplace_back(NamedArray{name, {}}).array;
    array.shape = {steps_};
    array.shape.insert(array.shape.end(), further.begin(), further.end());
    return array;
  }

  // `value` of a session and an index into its T x further values.
  template <typename Value>
  void numbers(const std::string& name, const std::vector<std::size_t>& further, const Value& value) {
    Array& array = add(name, further);
    std::size_t width = 1;
    for (const std::size_t d : further) width *= d;
    for (const Session& s : sessions_) {
      for (std::size_t i = 0; i < s.steps() * width; ++i) array.numbers.push_back(value(s, i));
    }
  }

  template <typename Value>
  void text(const std::string& name, const std::vector<std::size_t>& further, const Value& value) {
    Array& array = add(name, further);
    array.is_text = true;
    std::size_t width = 1;
    for (const std::size_t d : further) width *= d;
    for (const Session& s : sessions_) {
      for (std::size_t i = 0; i < s.steps() * width; ++i) array.text.push_back(value(s, i));
    }
  }

  void recordings(const std::string& name) {
    Array& array = add(name, {neurons_});
    array.numbers.assign(steps_ * neurons_, kNaN);
    std::size_t row = 0;
    for (const Session& s : sessions_) {
      const std::size_t recorded = s.recorded_neurons.size();
      for (std::size_t t = 0; t < s.steps(); ++t, ++row) {
        for (std::size_t j = 0; j < recorded; ++j) {
          array.numbers[row * neurons_ + static_cast<std::size_t>(s.recorded_neurons[j])] =
              s.recordings[t * recorded + j];
        }
      }
    }
  }

  const std::vector<Session>& sessions_;
  std::vector<NamedArray> arrays_;
  std::size_t steps_ = 0;
  std::size_t neurons_ = 0;  // one more than the last recorded one
};

}  // namespace

std::vector<NamedArray> step_arrays(const std::vector<Session>& sessions) {
  if (sessions.empty()) throw std::invalid_argument("there are no sessions to write");
  const bool behaves = !std::all_of(sessions.begin(), sessions.end(), is_neural_alone);
  check_alike(sessions);
  return Writer(sessions).write(behaves);
}

std::vector<ArrayColumn> columns_of(const std::vector<NamedArray>& arrays, const ColumnNames& names) {
  std::vector<ArrayColumn> columns;
  for (const auto& [name, array] : arrays) {
    if (array.shape.empty() || array.shape.size() > 3) throw std::invalid_argument(name);
    std::vector<std::size_t> further(array.shape.begin() + 1, array.shape.end());
    const bool is_vector = name == names.x || name == names.y;
    while (!is_vector && !further.empty() && further.back() == 1) further.pop_back();
    if (further.empty() && is_vector) further = {1};
    const std::size_t width = further.empty() ? 1 : further[0] * (further.size() == 2 ? further[1] : 1);
    for (std::size_t place = 0; place < width; ++place) {
      const std::string number = further.empty() ? ""
                                 : further.size() == 1
                                     ? std::to_string(place)
                                     : fmt::format("{}_{}", place / further[1], place % further[1]);
      columns.push_back({name + number, &array, place, width});
    }
  }
  return columns;
}

// Names of sessions and stimuli are numbers often: 100000 is not to be called 1e+05.
std::string ArrayColumn::cell(std::size_t step) const {
  if (is_text()) return text(step);
  const double value = number(step);
  constexpr double kExact = 9007199254740992.0;  // whole numbers up to 2^53
  if (value == std::trunc(value) && std::abs(value) < kExact) return fmt::format("{:.0f}", value);
  return std::isnan(value) ? std::string() : shortest(value);
}

Table table_of(const std::string& file, const std::vector<ArrayColumn>& columns, std::size_t steps) {
  std::vector<std::string> header;
  header.reserve(columns.size());
  for (const ArrayColumn& column : columns) header.push_back(column.name);
  return table_of(file, std::move(header), steps,
                  [&](std::size_t row, std::size_t column) { return columns[column].cell(row); });
}

namespace {

// One value a step: no array of these has further dimensions.
bool is_column(std::string_view meaning) {
  return !meaning.empty() && meaning != "stimulus" && meaning != "x" && meaning != "y";
}

bool names_a_session(std::string_view meaning) { return meaning == "animal" || meaning == "session"; }

std::string_view exact_meaning(const std::string& name, const ColumnNames& names) {
  for (const auto& [key, called] : single_columns(names)) {
    if (name == *called) return key;
  }
  // Columns of all offers may be named one by one: "left,right".
  for (std::size_t begin = 0, end = 0;
       names.stimulus.find(',') != std::string::npos && end != std::string::npos; begin = end + 1) {
    end = names.stimulus.find(',', begin);
    if (trimmed(names.stimulus.substr(begin, end - begin)) == name) return "stimulus";
  }
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '_'; };
  using Prefix = std::pair<std::string_view, const std::string*>;
  for (const auto& [key, prefix] : {Prefix{"stimulus", &names.stimulus}, {"x", &names.x}, {"y", &names.y}}) {
    if (name.starts_with(*prefix) &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix->size()), name.end(), is_part)) {
      return key;
    }
  }
  return {};
}

std::size_t values_in(const Array& array) { return std::max(array.numbers.size(), array.text.size()); }

bool is_single(const Array& array) { return values_in(array) == 1; }

// Values a step.
std::size_t width_of(const Array& array) {
  std::size_t width = 1;
  for (std::size_t d = 1; d < array.shape.size(); ++d) width *= array.shape[d];
  return width;
}

std::string shape_of(const Array& array) { return fmt::format("{}", fmt::join(array.shape, " x ")); }

// The array that says how many steps there are: one that is called as synfer's columns are before one of
// another name. Names of animal and session may be single values.
const NamedArray* leading_array(const std::vector<NamedArray>& arrays, const ColumnNames& names) {
  const NamedArray* other = nullptr;
  const NamedArray* single = nullptr;
  for (const NamedArray& a : arrays) {
    const std::string_view meaning = meaning_of(a.name, names);
    if (meaning.empty()) continue;
    const bool is_name = names_a_session(meaning) && is_single(a.array);
    if (!is_name && has_meaning(a.name, names)) return &a;
    const NamedArray*& kept = is_name ? single : other;
    if (kept == nullptr) kept = &a;
  }
  return other != nullptr ? other : single;
}

void check_shapes(const std::string& file, const std::vector<NamedArray>& arrays, const ColumnNames& names,
                  const std::string& like, std::size_t steps) {
  for (const NamedArray& a : arrays) {
    const std::vector<std::size_t>& shape = a.array.shape;
    const std::string_view meaning = exact_meaning(a.name, names);
    if (meaning.empty()) continue;
    if (shape.empty() || shape.size() > 3) {
      throw DataError(
          file, 0, a.name,
          fmt::format("found an array of {} dimensions, expected the steps as the first of one to "
                      "three; save it again in that shape",
                      shape.size()));
    }
    if (is_column(meaning) && width_of(a.array) != 1 && values_in(a.array) > 0) {
      throw DataError(
          file, 0, a.name,
          fmt::format(
              "found {} values, expected one a step; where they are sessions x trials, put the sessions one "
              "after the other (NumPy: {}.ravel(), MATLAB: reshape({}', [], 1)), number them in an array "
              "'{}' of the same length, and leave out what fills up the shorter ones",
              shape_of(a.array), a.name, a.name, names.session));
    }
    if (shape[0] != steps) {
      throw DataError(file, 0, a.name,
                      fmt::format("found {} steps, expected {} as in '{}': one entry a step in every array",
                                  shape[0], steps, like));
    }
  }
}

}  // namespace

std::string_view meaning_of(const std::string& name, const ColumnNames& names) {
  const std::string_view exact = exact_meaning(name, names);
  return exact.empty() ? common_meaning(name, names) : exact;
}

bool has_meaning(const std::string& name, const ColumnNames& names) {
  return !exact_meaning(name, names).empty();
}

void spread_names(std::vector<NamedArray>& arrays, const ColumnNames& names) {
  const NamedArray* like = leading_array(arrays, names);
  const std::size_t steps = like == nullptr || like->array.shape.empty() ? 1 : like->array.shape[0];
  for (NamedArray& a : arrays) {
    if (!names_a_session(meaning_of(a.name, names)) || !is_single(a.array)) continue;
    const std::string value = ArrayColumn{a.name, &a.array, 0, 1}.cell(0);
    a.array = Array{{steps}, {}, std::vector<std::string>(steps, value), true};
  }
}

Reading sessions_of(const std::string& file, std::vector<NamedArray> arrays, const ColumnNames& names,
                    const StepCoding& coding, const std::string& session, const std::string& animal) {
  const NamedArray* leading = leading_array(arrays, names);
  if (leading == nullptr) {
    std::vector<std::string> found;
    for (const NamedArray& a : arrays) found.push_back(a.name);
    throw DataError(
        file, 0, names.choice,
        fmt::format("no array is called like what synfer reads; found {}; rename arrays or map their "
                    "names in the configuration (data.columns)",
                    found.empty() ? "none" : join(found, ", ")));
  }
  const std::string like = leading->name;
  const std::size_t steps = leading->array.shape.empty() ? 0 : leading->array.shape[0];
  spread_names(arrays, names);
  check_shapes(file, arrays, names, like, steps);
  // The others may be meant by a common name, or serve to name what was found, where they could be columns at
  // all.
  constexpr std::size_t kMostColumns = 8;
  std::erase_if(arrays, [&](const NamedArray& a) {
    const std::vector<std::size_t>& shape = a.array.shape;
    const bool could_be =
        !shape.empty() && shape.size() <= 3 && shape[0] == steps && width_of(a.array) <= kMostColumns;
    return !has_meaning(a.name, names) && !could_be;
  });
  std::vector<std::string> called;
  for (const NamedArray& a : arrays) called.push_back(a.name);
  const auto put_name = [&](const std::string& name, const std::string& value) {
    Array names_of_steps;
    names_of_steps.shape = {steps};
    names_of_steps.is_text = true;
    names_of_steps.text.assign(steps, value);
    arrays.push_back({name, std::move(names_of_steps)});
  };
  if (!has_column(called, names, "session")) put_name(names.session, session);
  if (!has_column(called, names, "animal") && !animal.empty()) put_name(names.animal, animal);

  const std::vector<ArrayColumn> columns = columns_of(arrays, names);
  return read_steps(table_of(file, columns, steps), names, coding);
}

}  // namespace synfer
