#include "synfer/formats/choice_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <set>
#include <utility>

#include "synfer/base/text.h"
#include "synfer/data/session.h"

namespace synfer {
namespace {

constexpr std::size_t kMostShown = 6;

bool is_one_of(std::initializer_list<std::string_view> words, std::string_view cell) {
  return std::ranges::find(words, lower_case(std::string(cell))) != words.end();
}

// What people write where an animal did nothing, in lower case.
bool is_word_for_none(std::string_view cell) {
  return is_one_of({"none", "omission", "omitted", "miss", "missed", "no response", "no_response",
                    "noresponse", "no choice", "no_choice", "timeout", "time out"},
                   cell);
}

// What stands for none beside two words or more of what there was to choose, and may be one of two otherwise.
bool is_word_for_none_beside_others(std::string_view cell) {
  return is_one_of({"-", "no", "nolick", "no_lick", "no lick", "no-lick", "abort", "aborted", "nr", "skipped",
                    "no_resp", "no resp", "no-resp", "no-response"},
                   cell);
}

bool is_word_of_rejection(std::string_view cell) {
  return is_one_of({"no",       "reject",   "rejected", "nogo",    "no-go", "no_go", "no go",
                    "withhold", "withheld", "skip",     "skipped", "leave", "avoid", "nolick",
                    "no_lick",  "no lick",  "no-lick",  "miss",    "false", "0",     "-1"},
                   cell);
}

bool is_word_of_acceptance(std::string_view cell) {
  return is_one_of(
      {"yes", "accept", "accepted", "go", "lick", "take", "taken", "hit", "approach", "true", "1"}, cell);
}

// Where a word says which of two places it is: 0 or 1 of its kind.
std::optional<std::pair<int, int>> named_place(std::string_view cell) {
  constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
      {"left", "right"}, {"l", "r"},         {"top", "bottom"},
      {"up", "down"},    {"upper", "lower"}, {"first", "second"}};
  const std::string word = lower_case(std::string(cell));
  for (int kind = 0; const auto& [first, second] : kPlaces) {
    if (word == first) return std::pair(kind, 0);
    if (word == second) return std::pair(kind, 1);
    ++kind;
  }
  return std::nullopt;
}

// The values in the order of what they stand for, where that is known.
std::optional<std::vector<std::string>> in_order(std::vector<std::string> values, int offers) {
  if (std::ranges::all_of(values, [](const auto& value) { return parse_number(value).has_value(); })) {
    std::ranges::sort(values, {}, [](const auto& value) { return parse_number(value); });
    return values;
  }
  if (values.size() != 2) return std::nullopt;
  const auto swapped = [&] { return std::vector{values[1], values[0]}; };
  if (offers == 1) {
    const auto fits = [](const std::string& rejection, const std::string& acceptance) {
      const bool one_says = is_word_of_rejection(rejection) || is_word_of_acceptance(acceptance);
      return one_says && !is_word_of_rejection(acceptance) && !is_word_of_acceptance(rejection);
    };
    if (fits(values[0], values[1])) return values;
    if (fits(values[1], values[0])) return swapped();
    return std::nullopt;
  }
  const auto first = named_place(values[0]);
  const auto second = named_place(values[1]);
  if (!first || !second || first->first != second->first || first->second == second->second)
    return std::nullopt;
  return first->second == 0 ? values : swapped();
}

// A letter, a number, a place, or a name that differs from another's in its last letter or digit alone.
bool is_called_like_an_arm(const std::string& word, const std::vector<std::string>& words) {
  if (word.size() == 1 || parse_number(word) || named_place(word)) return true;
  if (is_one_of({"center", "centre", "middle", "mid", "front", "back", "north", "south", "east", "west"},
                word))
    return true;
  return std::ranges::any_of(words, [&](const std::string& other) {
    return other != word && other.size() == word.size() &&
           other.compare(0, other.size() - 1, word, 0, word.size() - 1) == 0;
  });
}

bool contains(const std::vector<std::string>& values, std::string_view cell) {
  return std::ranges::any_of(values, [&](const std::string& value) { return same_value(value, cell); });
}

std::optional<int> truth_value(std::string_view cell) {
  const std::string word = lower_case(std::string(cell));
  if (word == "true") return 1;
  if (word == "false") return 0;
  return std::nullopt;
}

// Whether labels could be the numbers of places as well, counted from 0 or 1, and not say the same.
class Places {
 public:
  void add(std::optional<double> number, int label) {
    if (!number || *number != std::trunc(*number)) {
      are_numbers_ = false;
      return;
    }
    least_ = std::min(least_, *number);
    most_ = std::max(most_, *number);
    for (std::size_t base = 0; base < 2; ++base)
      differ_[base] |= *number - static_cast<double>(base) != label;
  }

  [[nodiscard]] std::string said(int offers) const {
    if (!are_numbers_) return {};
    for (int base = 0; base < 2; ++base) {
      if (least_ < base || most_ > base + offers - 1) continue;
      if (!differ_[static_cast<std::size_t>(base)]) return {};
      std::vector<std::string> values;
      for (int k = 0; k < offers; ++k) values.push_back(std::to_string(base + k));
      return fmt::format("; they could be places as well: data.choice_values=[{}] reads them so",
                         join(values, ", "));
    }
    return {};
  }

 private:
  bool are_numbers_ = true;
  double least_ = HUGE_VAL;
  double most_ = -HUGE_VAL;
  std::array<bool, 2> differ_ = {false, false};
};

}  // namespace

bool same_value(std::string_view a, std::string_view b) { return a == b || value_of(a) == value_of(b); }

std::string value_of(std::string_view cell) {
  if (const std::optional<int> truth = truth_value(cell)) return *truth == 1 ? "true" : "false";
  const std::optional<double> number = parse_number(cell);
  return number && !std::isnan(*number) ? shortest(*number + 0.0) : std::string(cell);  // -0 is 0
}

ChoiceCode::ChoiceCode(const Table& table, const StepColumns& columns, const StepCoding& coding)
    : table_(table),
      columns_(columns),
      column_(columns.choice.value_or(0)),
      values_(coding.choice_values),
      none_(coding.no_choice) {
  for (std::string& value : values_) value = trimmed(value);
  for (std::string& value : none_) value = trimmed(value);
  const std::size_t needed = static_cast<std::size_t>(std::max(columns.offers, 2));
  if (!values_.empty()) {
    if (values_.size() != needed) {
      table.reject_column(
          column_, fmt::format("data.choice_values has {} values, expected {}: {}", values_.size(), needed,
                               columns.offers == 1 ? std::string("those of reject and accept")
                                                   : fmt::format("one for each of the {} offers", needed)));
    }
    kind_ = Kind::kValues;
    return;
  }
  if (columns.offers == 1) return;
  // Labels are meant where every choice is one, or most are and the rest is nothing else either.
  std::size_t labels = 0;
  std::size_t numbers = 0;
  Places places;
  std::set<std::string> words;
  std::set<std::string> left_over;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.cell(row, column_);
    if (cell.empty() || contains(none_, cell)) continue;
    const std::optional<int> by_label = label(row);
    const std::optional<int> by_number = number(row);
    labels += by_label ? 1 : 0;
    numbers += by_number ? 1 : 0;
    if (by_label && !parse_number(cell)) words.emplace(cell);
    if (by_label) places.add(parse_number(cell), *by_label);
    if (!by_label && !by_number) left_over.emplace(cell);
  }
  for (const std::string& cell : left_over) {
    if (!is_word_for_none(cell) && (words.size() < 2 || !is_word_for_none_beside_others(cell))) continue;
    none_.push_back(cell);
    how_.push_back(fmt::format("a choice of '{}' was taken for no choice", cell));
  }
  kind_ = labels > 0 && labels >= numbers ? Kind::kLabels : Kind::kNumbers;
  if (kind_ == Kind::kLabels) {
    how_.push_back("choices are the labels of what was chosen" + places.said(columns.offers));
  } else if (numbers > 0) {
    how_.emplace_back("choices are places, counted from 0");
  }
}

int ChoiceCode::choice(std::size_t row) const {
  const std::string_view cell = table_.cell(row, column_);
  if (cell.empty() || is_none(cell)) return kNoChoice;
  if (kind_ == Kind::kValues) {
    const auto at = std::ranges::find_if(values_, [&](const std::string& v) { return same_value(v, cell); });
    if (at != values_.end()) return static_cast<int>(at - values_.begin());
  } else if (const std::optional<int> found = kind_ == Kind::kLabels ? label(row) : number(row)) {
    return *found;
  }
  if (const std::string meant = written_otherwise(row); !meant.empty()) {
    table_.reject(row, column_,
                  fmt::format("found '{}', which is '{}' written in another way; expected one way of writing "
                              "it: write both alike",
                              cell, meant));
  }
  table_.reject(row, column_, fmt::format("found '{}', expected {}", cell, expected()));
}

std::string ChoiceCode::written_otherwise(std::size_t row) const {
  const std::string cell(table_.cell(row, column_));
  std::vector<std::string> meant = kind_ == Kind::kValues ? values_ : columns_.arms;
  for (const std::size_t stimulus : columns_.stimulus) {
    if (kind_ != Kind::kValues && columns_.offers > 1) meant.emplace_back(table_.cell(row, stimulus));
  }
  const auto found = std::ranges::find_if(
      meant, [&](const std::string& one) { return one != cell && lower_case(one) == lower_case(cell); });
  return found == meant.end() ? std::string() : *found;
}

bool ChoiceCode::is_none(std::string_view cell) const { return contains(none_, cell); }

// Where two offers of a row have one label, which was chosen is not known.
std::optional<int> ChoiceCode::label(std::size_t row) const {
  const std::string_view cell = table_.cell(row, column_);
  std::optional<int> found;
  const auto compare = [&](std::string_view offered, std::size_t k) {
    if (!same_value(offered, cell)) return true;
    if (found) return false;
    found = static_cast<int>(k);
    return true;
  };
  for (std::size_t k = 0; k < columns_.stimulus.size(); ++k) {
    if (!compare(table_.cell(row, columns_.stimulus[k]), k)) return std::nullopt;
  }
  for (std::size_t k = 0; k < columns_.arms.size(); ++k) {
    if (!compare(columns_.arms[k], k)) return std::nullopt;
  }
  return found;
}

std::optional<int> ChoiceCode::number(std::size_t row) const {
  const std::string_view cell = table_.cell(row, column_);
  if (columns_.offers <= 2) {
    if (const std::optional<int> truth = truth_value(cell)) return truth;
  }
  const std::optional<double> value = parse_number(cell);
  const int last = std::max(1, columns_.offers - 1);
  const bool is_place = value && *value >= 0.0 && *value <= last && *value == std::trunc(*value);
  return is_place ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::string ChoiceCode::expected() const {
  std::string text;
  if (kind_ == Kind::kValues) {
    text = fmt::format("one of data.choice_values ({})", join(values_, ", "));
  } else if (kind_ == Kind::kLabels) {
    text = "a label that the row offers, once";
  } else {
    text = columns_.offers == 1 ? std::string("0 (rejected), 1 (accepted)")
                                : fmt::format("the number of an offer, 0 to {},", columns_.offers - 1);
  }
  text += " or an empty cell (no choice)";
  if (kind_ == Kind::kValues) return text + "; name the values that stand for no choice in data.no_choice";
  return text + fmt::format("; the column holds {}: {}", found_values(), way_to_say());
}

// Where the table has all offers, what is left over stands for none; otherwise values stand for offers.
std::string ChoiceCode::way_to_say() const {
  const std::size_t needed = static_cast<std::size_t>(std::max(columns_.offers, 2));
  std::set<std::string> all;
  std::set<std::string> meant;
  for (std::size_t row = 0; row < table_.rows(); ++row) {
    const std::string_view cell = table_.cell(row, column_);
    if (cell.empty() || is_none(cell)) continue;
    all.emplace(cell);
    if (kind_ == Kind::kLabels ? label(row) : number(row)) meant.emplace(cell);
  }
  std::vector<std::string> left_over;
  std::ranges::set_difference(all, meant, std::back_inserter(left_over));
  const auto is_negative = [](const std::string& value) { return parse_number(value).value_or(0.0) < 0.0; };
  const bool signs = all == std::set<std::string>{"-1", "1"};
  if ((meant.size() >= needed || std::ranges::all_of(left_over, is_negative)) && left_over.size() <= 2 &&
      !signs) {
    return fmt::format("where {} stands for no choice, say data.no_choice=[{}]", join(left_over, " or "),
                       join(left_over, ", "));
  }
  // Of more values than there are to choose, those known to be none are left out.
  std::vector<std::string> values(all.begin(), all.end());
  std::string none;
  if (values.size() > needed) {
    const auto stands_for_none = [&](const std::string& value) {
      return is_word_for_none(value) || is_word_for_none_beside_others(value) || is_negative(value);
    };
    std::vector<std::string> nones;
    values.clear();
    std::ranges::partition_copy(all, std::back_inserter(nones), std::back_inserter(values), stands_for_none);
    none = fmt::format("=[{}]", join(nones, ", "));
  }
  if (values.size() != needed) {
    return fmt::format(
        "say which stands for which, as data.choice_values=[{}], and which for none in data.no_choice",
        columns_.offers == 1 ? "no, yes" : "left, right");
  }
  if (const auto ordered = in_order(values, columns_.offers)) {
    return fmt::format(
        "say which stands for which, as data.choice_values=[{}], and which for none in data.no_choice{}",
        join(*ordered, ", "), none);
  }
  return columns_.offers == 1
             ? fmt::format(
                   "say which of {} is the rejection, as data.choice_values=[REJECTION, ACCEPTANCE], and "
                   "which stands for none in data.no_choice{}",
                   join(values, " and "), none)
             : fmt::format(
                   "say {} in the order of the offers, as data.choice_values=[FIRST, SECOND{}], and which "
                   "stands for none in data.no_choice{}",
                   join(values, ", "), needed > 2 ? ", ..." : "", none);
}

std::string ChoiceCode::found_values() const {
  std::set<std::string> found;
  for (std::size_t row = 0; row < table_.rows(); ++row) {
    if (!table_.empty(row, column_)) found.emplace(table_.cell(row, column_));
  }
  std::vector<std::string> shown(found.begin(), found.end());
  const std::size_t more = shown.size() > kMostShown ? shown.size() - kMostShown : 0;
  shown.resize(shown.size() - more);
  return join(shown, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

std::vector<std::string> words_to_choose(const Table& table, std::size_t choice, const StepCoding& coding) {
  constexpr std::size_t kMost = 8;
  std::set<std::string> words;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.cell(row, choice);
    if (cell.empty() || contains(coding.no_choice, cell) || is_word_for_none(cell)) continue;
    const bool may_be_none = is_word_for_none_beside_others(cell);
    if (!may_be_none && (parse_number(cell) || truth_value(cell))) return {};
    words.emplace(cell);
    if (words.size() > kMost) return {};
  }
  const auto others = std::ranges::count_if(words, std::not_fn(is_word_for_none_beside_others));
  if (others >= 2) std::erase_if(words, is_word_for_none_beside_others);
  if (words.size() < 2) return {};
  return {words.begin(), words.end()};
}

void ArmCounts::count(int choice, double reward) {
  if (choice == kNoChoice) return;
  const auto place = static_cast<std::size_t>(choice);
  if (place >= arms_.size()) arms_.resize(place + 1);
  ++arms_[place].chosen;
  arms_[place].is_paid = arms_[place].is_paid || reward > 0.0;
}

std::vector<std::string> ArmCounts::ask_for_none(const std::vector<std::string>& words) const {
  constexpr double kSeldom = 0.1;
  std::size_t choices = 0;
  for (const Arm& arm : arms_) choices += arm.chosen;
  std::vector<std::string> found;
  const bool any_paid = std::ranges::any_of(arms_, &Arm::is_paid);
  for (std::size_t k = 0; k < std::min(words.size(), arms_.size()) && words.size() > 2 && any_paid; ++k) {
    const Arm& arm = arms_[k];
    if (arm.is_paid || static_cast<double>(arm.chosen) > kSeldom * static_cast<double>(choices)) continue;
    if (is_called_like_an_arm(words[k], words)) continue;
    found.push_back(
        fmt::format("'{0}' was taken for an arm, is chosen in {1} of {2} rows and never paid: does it stand "
                    "for no choice (data.no_choice=[{0}])?",
                    words[k], arm.chosen, choices));
  }
  return found;
}

}  // namespace synfer
