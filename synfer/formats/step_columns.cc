#include "synfer/formats/step_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <span>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/long_name.h"
#include "synfer/formats/choice_code.h"

namespace synfer {
namespace {

std::optional<int> parse_index(std::string_view digits) {
  int index = 0;
  const char* end = digits.data() + digits.size();
  const bool signless = !digits.empty() && digits.front() != '-';
  const auto [last, status] = std::from_chars(digits.data(), end, index);
  constexpr int kMost = 10'000'000;  // far above any table
  if (!signless || index > kMost || status != std::errc() || last != end) return std::nullopt;
  return index;
}

class Search {
 public:
  Search(const Table& table, const ColumnNames& names) : table_(table), names_(names) {}

  [[noreturn]] void reject(const std::string& column, const std::string& what_is_wrong) const {
    throw DataError(table_.file(), table_.header_row(), column, what_is_wrong);
  }

  // `key` is that of data.columns.
  [[nodiscard]] std::size_t need(const std::string& name, std::string_view key,
                                 std::string_view holds) const {
    if (const auto column = find(name, key)) return *column;
    const std::string& first = table_.header().front();
    if (table_.columns() == 1 && first.find(' ') != std::string::npos) {
      throw DataError(table_.file(), table_.header_row(), "",
                      "found one column whose name has spaces; expected cells set apart by commas, tabs, "
                      "semicolons or |: save the file as CSV");
    }
    const std::string near = nearest(name, table_.header());
    reject(name, fmt::format("there is no such column, which holds {}{}; found the columns {}; "
                             "rename one, or say which it is: data.columns.{}=NAME",
                             holds, near.empty() ? "" : " (is it '" + near + "'?)", found_columns(), key));
  }

  // What every table needs, said at once where several of it are missing.
  void need_all(const StepCoding& coding) const {
    std::vector<std::string> missing;
    std::string first;  // of them
    const auto look_for = [&](const std::string& name, std::string_view key, const std::string& holds) {
      if (has_column(table_.header(), names_, key)) return;
      const std::string near = nearest(name, table_.header());
      const std::string what = fmt::format("({}{})", holds, near.empty() ? "" : "; is it '" + near + "'?");
      if (missing.empty()) first = name;
      missing.push_back(missing.empty() ? what : fmt::format("{} {}", name, what));
    };
    look_for(names_.choice, "choice", "what the animal chose");
    look_for(names_.reward, "reward", "the reward");
    const bool offers_are_named = !coding.arms.empty() || names_.stimulus.find(',') != std::string::npos ||
                                  !numbered(names_.stimulus).empty() || !numbered(names_.x).empty() ||
                                  !numbered_twice(names_.x).empty();
    if (!offers_are_named && !missing.empty()) {
      look_for(names_.stimulus, "stimulus", "what was offered; not needed where choices are words");
    }
    if (missing.size() < 2 || table_.columns() == 1) return;
    reject(first,
           fmt::format("there is no such column {}, and none of {}; found the columns {}; rename them, or "
                       "say which each is, as data.columns.{}=NAME",
                       missing.front(), join(std::span(missing).subspan(1), ", "), found_columns(),
                       first == names_.choice ? "choice" : "reward"));
  }

  // By its name, or else by another name that means it; DataError where two do.
  [[nodiscard]] std::optional<std::size_t> find(const std::string& name, std::string_view key) const {
    if (const auto column = table_.find(name)) return column;
    std::vector<std::size_t> meant;
    for (std::size_t column = 0; column < table_.columns(); ++column) {
      if (common_meaning(table_.header()[column], names_) == key) meant.push_back(column);
    }
    if (key == "time") leave_aside_no_numbers(meant);
    if (meant.empty()) return std::nullopt;
    const std::string& first = table_.header()[meant.front()];
    if (meant.size() > 1) {
      reject(table_.header()[meant[1]],
             fmt::format("may be the {0}, and so may '{1}'; expected one column of it: say which it is: "
                         "data.columns.{0}=NAME",
                         key, first));
    }
    how_.push_back(fmt::format("column '{}' was taken for the {}", first, key));
    return meant.front();
  }

  [[nodiscard]] std::vector<std::string> how() const { return how_; }

  // For a message: recordings can have thousands of columns.
  [[nodiscard]] std::string found_columns() const {
    constexpr std::size_t kShown = 20;
    const std::span<const std::string> all(table_.header());
    if (all.size() <= kShown) return join(all, ", ");
    return fmt::format("{} and {} more", join(all.first(kShown), ", "), all.size() - kShown);
  }

  // Where a name of one's own is given, the column must be there. A name that differs in case alone is a slip
  // that would be passed over in silence.
  [[nodiscard]] std::optional<std::size_t> may_have(const std::string& name, std::string_view key,
                                                    std::string_view holds) const {
    const auto column = find(name, key);
    if (column) return column;
    if (name != default_of(key)) return need(name, key, holds);
    for (const std::string& other : table_.header()) {
      if (lower_case(other) == lower_case(name)) {
        reject(other, fmt::format("expected '{}', written like this; rename the column or map its name "
                                  "in the configuration",
                                  name));
      }
    }
    // Nor is a misspelt name passed over where something else would be taken for what it holds.
    if (key != "animal" && key != "session" && key != "trial") return std::nullopt;
    std::vector<std::string> others = table_.header();
    std::erase_if(others, [&](const std::string& other) { return has_another_meaning(other); });
    if (!nearest(name, others).empty()) return need(name, key, holds);
    return std::nullopt;
  }

  // Columns called prefix + number, by number.
  [[nodiscard]] std::map<int, std::size_t> numbered(const std::string& prefix) const {
    std::map<int, std::size_t> found;
    for_suffixes(prefix, [&](std::string_view suffix, std::size_t column) {
      const auto index = parse_index(suffix);
      if (index && !found.emplace(*index, column).second) reject_twice(column);
    });
    return found;
  }

  // Labels of several offers: columns called prefix + number, or named one by one, as "left,right".
  [[nodiscard]] std::map<int, std::size_t> labels(const std::string& name) const {
    if (name.find(',') == std::string::npos || table_.find(name)) return numbered(name);
    std::map<int, std::size_t> found;
    for (std::size_t begin = 0, end = 0; end != std::string::npos; begin = end + 1) {
      end = name.find(',', begin);
      const std::string one = trimmed(name.substr(begin, end - begin));
      found.emplace(static_cast<int>(found.size()), need(one, "stimulus", "the label of an offer"));
    }
    return found;
  }

  // Columns called prefix + offer + "_" + input.
  [[nodiscard]] std::map<std::pair<int, int>, std::size_t> numbered_twice(const std::string& prefix) const {
    std::map<std::pair<int, int>, std::size_t> found;
    for_suffixes(prefix, [&](std::string_view suffix, std::size_t column) {
      const std::size_t bar = suffix.find('_');
      if (bar == std::string_view::npos) return;
      const auto offer = parse_index(suffix.substr(0, bar));
      const auto input = parse_index(suffix.substr(bar + 1));
      if (offer && input && !found.emplace(std::pair(*offer, *input), column).second) reject_twice(column);
    });
    return found;
  }

 private:
  [[nodiscard]] bool has_another_meaning(const std::string& name) const {
    const auto single = single_columns(names_);
    return std::ranges::any_of(single, [&](const auto& one) { return *one.second == name; });
  }

  void leave_aside_no_numbers(std::vector<std::size_t>& meant) const {
    std::erase_if(meant, [&](std::size_t column) {
      bool any = false;
      bool all = true;
      for (std::size_t row = 0; row < table_.rows() && all; ++row) {
        any = any || !table_.empty(row, column);
        all = table_.empty(row, column) || parse_number(table_.cell(row, column)).has_value();
      }
      if (!all)
        how_.push_back(
            fmt::format("column '{}' holds no numbers: it was not taken for times", table_.header()[column]));
      return !any || !all;
    });
  }

  template <typename Visit>
  void for_suffixes(const std::string& prefix, const Visit& visit) const {
    for (std::size_t column = 0; column < table_.columns(); ++column) {
      const std::string& name = table_.header()[column];
      if (!name.starts_with(prefix) || has_another_meaning(name)) continue;
      visit(std::string_view(name).substr(prefix.size()), column);
    }
  }

  [[noreturn]] void reject_twice(std::size_t column) const {
    reject(table_.header()[column], "another column has the same number; rename or remove one");
  }

  // The name that a column has unless the user gives another.
  [[nodiscard]] static std::string default_of(std::string_view key) {
    return key == "time" ? ColumnNames().time : std::string(key);
  }

  const Table& table_;
  const ColumnNames& names_;
  mutable std::vector<std::string> how_;
};

// Columns of numbers 0, 1, ... without a hole.
std::vector<std::size_t> without_holes(const Search& search, const std::map<int, std::size_t>& found,
                                       const std::string& prefix) {
  std::vector<std::size_t> columns;
  for (const auto& [index, column] : found) {
    const int expected = static_cast<int>(columns.size());
    if (index != expected) {
      search.reject(
          fmt::format("{}{}", prefix, expected),
          fmt::format("there is no such column, but '{}{}' stands; number the columns from 0 without "
                      "a hole",
                      prefix, index));
    }
    columns.push_back(column);
  }
  return columns;
}

// No column names the offers: arms that are the same at every step, given or read off the choices.
bool find_arms(const Search& search, const Table& table, const StepCoding& coding, StepColumns& columns) {
  columns.arms = coding.arms;
  for (std::string& arm : columns.arms) arm = trimmed(arm);
  if (columns.arms.empty() && columns.choice && coding.choice_values.empty()) {
    columns.arms = words_to_choose(table, *columns.choice, coding);
    for (const std::string& arm : columns.arms) {
      if (const auto fault = fault_of_name(arm)) table.reject_column(*columns.choice, *fault);
    }
    if (!columns.arms.empty()) {
      columns.how.push_back(
          fmt::format("no column says what was offered: {} were taken for the arms of every step",
                      join(columns.arms, ", ")));
    }
  }
  if (columns.arms.empty()) return false;
  if (columns.arms.size() < 2) {
    search.reject(table.header().front(), "data.arms names one arm, expected two or more");
  }
  columns.offers = static_cast<int>(columns.arms.size());
  return true;
}

void find_offers(const Search& search, const Table& table, const ColumnNames& names, const StepCoding& coding,
                 StepColumns& columns) {
  const auto labels = search.labels(names.stimulus);
  const auto label = labels.empty() ? search.may_have(names.stimulus, "stimulus", "the label of the stimulus")
                                    : table.find(names.stimulus);
  const auto vector = search.numbered(names.x);
  const auto vectors = search.numbered_twice(names.x);
  const auto name_of = [&](std::size_t column) { return table.header()[column]; };

  const bool one_offer = label || !vector.empty();
  const bool many_offers = !labels.empty() || !vectors.empty();
  if (!coding.arms.empty() && (one_offer || many_offers)) {
    search.reject(name_of(label             ? *label
                          : !vector.empty() ? vector.begin()->second
                          : labels.empty()  ? vectors.begin()->second
                                            : labels.begin()->second),
                  "says what was offered, and so does data.arms; leave one of them out");
  }
  if (!one_offer && !many_offers) {
    if (find_arms(search, table, coding, columns)) return;
    search.reject(
        names.stimulus,
        fmt::format("nothing says which stimulus was offered; expected a column '{0}' of labels or "
                    "'{1}0', '{1}1', ... (for several offers a step '{0}0', '{0}1', ... or '{1}0_0', "
                    "'{1}0_1', ...), or data.arms=[left, right] where the offers are the same at every "
                    "step; found the columns {2}",
                    names.stimulus, names.x, search.found_columns()));
  }
  if (one_offer && many_offers) {
    const std::string one = name_of(label ? *label : vector.begin()->second);
    const std::string many = name_of(labels.empty() ? vectors.begin()->second : labels.begin()->second);
    search.reject(many, fmt::format("describes one of several offers, but '{}' describes a single one; keep "
                                    "the columns of one kind",
                                    one));
  }

  if (one_offer) {
    columns.offers = 1;
    if (label) columns.stimulus = {*label};
    columns.x = without_holes(search, vector, names.x);
    columns.inputs = static_cast<int>(columns.x.size());
    return;
  }

  columns.stimulus = without_holes(search, labels, names.stimulus);
  columns.offers = static_cast<int>(labels.size());
  if (!vectors.empty()) {
    const int offers = vectors.rbegin()->first.first + 1;
    if (!labels.empty() && offers != columns.offers) {
      search.reject(name_of(vectors.rbegin()->second),
                    fmt::format("is of {} offers, but there are labels of {}; give both for every offer",
                                offers, columns.offers));
    }
    columns.offers = offers;
    for (const auto& [index, column] : vectors) columns.inputs = std::max(columns.inputs, index.second + 1);
    // In the order of (offer, input): the k-th column is number k of K x N.
    for (const auto& [index, column] : vectors) {
      const int at = static_cast<int>(columns.x.size());
      const std::pair expected(at / columns.inputs, at % columns.inputs);
      if (index != expected) {
        search.reject(fmt::format("{}{}_{}", names.x, expected.first, expected.second),
                      fmt::format("there is no such column; every one of the {} offers needs its {} inputs",
                                  columns.offers, columns.inputs));
      }
      columns.x.push_back(column);
    }
    if (columns.x.size() !=
        static_cast<std::size_t>(columns.offers) * static_cast<std::size_t>(columns.inputs)) {
      search.reject(fmt::format("{}{}_{}", names.x, columns.offers - 1, columns.inputs - 1),
                    fmt::format("there is no such column; every one of the {} offers needs its {} inputs",
                                columns.offers, columns.inputs));
    }
  }
  if (columns.offers == 1) {
    search.reject(
        name_of(labels.empty() ? vectors.begin()->second : labels.begin()->second),
        fmt::format("is of the only offer; name the columns of a single offer '{0}', '{1}0', '{1}1', "
                    "..., or add those of the other offers",
                    names.stimulus, names.x));
  }
}

// A column can name both the animal and its session; any other pair of meanings is a slip.
void refuse_two_meanings(const Search& search, const Table& table, const StepColumns& columns) {
  std::map<std::size_t, std::string_view> meaning;
  const auto add = [&](std::optional<std::size_t> column, std::string_view key) {
    if (!column) return;
    const auto [other, is_new] = meaning.emplace(*column, key);
    if (is_new || (other->second == "animal" && key == "session")) return;
    search.reject(table.header()[*column],
                  fmt::format("was named for two things, {0} and {1}; expected a column for each: set "
                              "data.columns.{0} or data.columns.{1} to another column",
                              other->second, key));
  };
  add(columns.animal, "animal");
  add(columns.session, "session");
  add(columns.trial, "trial");
  add(columns.block, "block");
  add(columns.time, "time");
  add(columns.choice, "choice");
  add(columns.reward, "reward");
  add(columns.scored, "scored");
  add(columns.learns, "learns");
  for (const std::size_t column : columns.stimulus) add(column, "stimulus");
}

}  // namespace

StepColumns find_step_columns(const Table& table, const ColumnNames& names, const StepCoding& coding) {
  const Search search(table, names);
  StepColumns columns;
  columns.animal = search.may_have(names.animal, "animal", "the name of the animal");
  columns.session = search.may_have(names.session, "session", "the name of the session");
  columns.block = search.may_have(names.block, "block", "the number of the block");
  columns.time = search.may_have(names.time, "time", "the time of each step");
  columns.scored = search.may_have(names.scored, "scored", "whether a choice counts");
  columns.learns = search.may_have(names.learns, "learns", "whether weights change after a step");
  for (const auto& [neuron, column] : search.numbered(names.y)) {
    columns.recorded_neurons.push_back(neuron);
    columns.recordings.push_back(column);
  }

  if (columns.recordings.empty()) search.need_all(coding);
  columns.choice = search.may_have(names.choice, "choice", "what the animal chose");
  if (!columns.choice && columns.recordings.empty()) {
    columns.choice = search.need(names.choice, "choice", "what the animal chose");
  }
  columns.trial = search.may_have(names.trial, "trial", "the number of the trial");
  columns.reward = columns.choice ? search.need(names.reward, "reward", "the reward")
                                  : search.may_have(names.reward, "reward", "the reward");
  find_offers(search, table, names, coding, columns);
  if (!columns.choice && columns.offers > 1) {
    search.reject(names.choice,
                  "there is no such column; steps with several offers need a choice among them");
  }
  if (!columns.choice && columns.x.empty()) {
    search.reject(names.x + "0",
                  "there is no such column; recordings without choices need the stimulus vectors");
  }
  refuse_two_meanings(search, table, columns);
  const std::vector<std::string> how = search.how();
  columns.how.insert(columns.how.end(), how.begin(), how.end());
  return columns;
}

}  // namespace synfer
