#include "synfer/data/step_arrays.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/choice_code.h"
#include "synfer/data/read_steps.h"

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

bool has_meaning(const std::string& name, const ColumnNames& names) {
  for (const std::string* known : {&names.animal, &names.session, &names.trial, &names.block, &names.choice,
                                   &names.reward, &names.time, &names.scored, &names.learns}) {
    if (name == *known) return true;
  }
  const auto is_part = [](char c) { return (c >= '0' && c <= '9') || c == '_'; };
  for (const std::string* prefix : {&names.stimulus, &names.x, &names.y}) {
    if (name.starts_with(*prefix) &&
        std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix->size()), name.end(), is_part)) {
      return true;
    }
  }
  return false;
}

Reading sessions_of(const std::string& file, std::vector<NamedArray> arrays, const ColumnNames& names,
                    const StepCoding& coding, const std::string& session, const std::string& animal) {
  const auto means = [&](const NamedArray& a) { return has_meaning(a.name, names); };
  const auto first = std::find_if(arrays.begin(), arrays.end(), means);
  if (first == arrays.end()) {
    std::vector<std::string> found;
    for (const NamedArray& a : arrays) found.push_back(a.name);
    throw DataError(
        file, 0, names.choice,
        fmt::format("no array is called like what synfer reads; found {}; rename arrays or map their "
                    "names in the configuration (data.columns)",
                    found.empty() ? "none" : join(found, ", ")));
  }
  const std::string like = first->name;
  const std::size_t steps = first->array.shape.empty() ? 0 : first->array.shape[0];
  for (const NamedArray& a : arrays) {
    const std::vector<std::size_t>& shape = a.array.shape;
    if (!means(a)) continue;
    if (shape.empty() || shape.size() > 3) {
      throw DataError(
          file, 0, a.name,
          fmt::format("found an array of {} dimensions, expected the steps as the first of one to "
                      "three; save it again in that shape",
                      shape.size()));
    }
    if (shape[0] != steps) {
      throw DataError(file, 0, a.name,
                      fmt::format("found {} steps, expected {} as in '{}': one entry a step in every array",
                                  shape[0], steps, like));
    }
  }
  // The others serve to name what was found, where they could be columns at all.
  std::erase_if(arrays, [&](const NamedArray& a) {
    return !means(a) && (a.array.shape.size() != 1 || a.array.shape[0] != steps);
  });
  const auto has = [&](const std::string& name) {
    return std::any_of(arrays.begin(), arrays.end(), [&](const NamedArray& a) { return a.name == name; });
  };
  const auto put_name = [&](const std::string& name, const std::string& value) {
    Array names_of_steps;
    names_of_steps.shape = {steps};
    names_of_steps.is_text = true;
    names_of_steps.text.assign(steps, value);
    arrays.push_back({name, std::move(names_of_steps)});
  };
  if (!has(names.session)) put_name(names.session, session);
  if (!has(names.animal) && !animal.empty()) put_name(names.animal, animal);

  const std::vector<ArrayColumn> columns = columns_of(arrays, names);
  return read_steps(table_of(file, columns, steps), names, coding);
}

}  // namespace synfer
