#include "synfer/data/choice_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "synfer/base/text.h"
#include "synfer/data/session.h"

namespace synfer {
namespace {

constexpr std::size_t kMostShown = 6;

// What people write where an animal did nothing, in lower case.
bool is_word_for_none(std::string_view cell) {
  constexpr std::string_view kWords[] = {"none",      "omission",    "omitted",     "miss",
                                         "missed",    "no response", "no_response", "noresponse",
                                         "no choice", "no_choice",   "timeout",     "time out"};
  return std::ranges::find(kWords, lower_case(std::string(cell))) != std::end(kWords);
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

}  // namespace

bool same_value(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const std::optional<int> truth = truth_value(a);
  if (truth) return truth == truth_value(b);
  const std::optional<double> x = parse_number(a);
  return x && x == parse_number(b);
}

ChoiceCode::ChoiceCode(const Table& table, const StepColumns& columns, const StepCoding& coding)
    : table_(table), columns_(columns), values_(coding.choice_values), none_(coding.no_choice) {
  const std::size_t needed = static_cast<std::size_t>(std::max(columns.offers, 2));
  if (!values_.empty()) {
    if (values_.size() != needed) {
      table.reject_column(
          *columns.choice,
          fmt::format("data.choice_values has {} values, expected {}: {}", values_.size(), needed,
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
  std::size_t apart = 0;  // rows in which the two readings differ
  std::size_t words_for_none = 0;
  std::string word_for_none;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.cell(row, *columns.choice);
    if (cell.empty() || contains(none_, cell)) continue;
    const std::optional<int> by_label = label(row);
    const std::optional<int> by_number = number(row);
    labels += by_label ? 1 : 0;
    numbers += by_number ? 1 : 0;
    apart += by_label && by_number && by_label != by_number ? 1 : 0;
    if (!by_label && !by_number && is_word_for_none(cell)) {
      ++words_for_none;
      word_for_none = cell;
    }
  }
  if (words_for_none > 0) {
    none_.push_back(word_for_none);
    how_.push_back(fmt::format("a choice of '{}' was taken for no choice", word_for_none));
  }
  kind_ = labels > 0 && labels >= numbers ? Kind::kLabels : Kind::kNumbers;
  if (kind_ == Kind::kLabels) {
    how_.push_back(fmt::format("choices are the labels of what was chosen{}",
                               apart == 0 ? ""
                                          : "; they could be places as well: data.choice_values=[0, 1] reads "
                                            "them so"));
  } else if (numbers > 0) {
    how_.push_back("choices are places, counted from 0");
  }
}

int ChoiceCode::choice(std::size_t row) const {
  const std::string_view cell = table_.cell(row, *columns_.choice);
  if (cell.empty() || is_none(cell)) return kNoChoice;
  if (kind_ == Kind::kValues) {
    const auto at = std::ranges::find_if(values_, [&](const std::string& v) { return same_value(v, cell); });
    if (at != values_.end()) return static_cast<int>(at - values_.begin());
  } else if (const std::optional<int> found = kind_ == Kind::kLabels ? label(row) : number(row)) {
    return *found;
  }
  table_.reject(row, *columns_.choice, fmt::format("found '{}', expected {}", cell, expected()));
}

bool ChoiceCode::is_none(std::string_view cell) const { return contains(none_, cell); }

// Where two offers of a row have one label, which was chosen is not known.
std::optional<int> ChoiceCode::label(std::size_t row) const {
  const std::string_view cell = table_.cell(row, *columns_.choice);
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
  const std::string_view cell = table_.cell(row, *columns_.choice);
  if (columns_.offers <= 2) {
    if (const std::optional<int> truth = truth_value(cell)) return truth;
  }
  const std::optional<double> value = parse_number(cell);
  const int last = std::max(1, columns_.offers - 1);
  if (!value || !(*value >= 0.0 && *value <= last) || *value != std::trunc(*value)) return std::nullopt;
  return static_cast<int>(*value);
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
    const std::string_view cell = table_.cell(row, *columns_.choice);
    if (cell.empty() || is_none(cell)) continue;
    all.emplace(cell);
    if (kind_ == Kind::kLabels ? label(row) : number(row)) meant.emplace(cell);
  }
  std::vector<std::string> left_over;
  std::ranges::set_difference(all, meant, std::back_inserter(left_over));
  const bool negative =
      std::ranges::all_of(left_over, [](const std::string& value) { return parse_number(value).value_or(0.0) < 0.0; });
  if ((meant.size() >= needed || negative) && left_over.size() <= 2) {
    return fmt::format("where {} stands for no choice, say data.no_choice=[{}]", join(left_over, " or "),
                       join(left_over, ", "));
  }
  const std::vector<std::string> values(all.begin(), all.end());
  const std::string example = columns_.offers == 1 ? "no, yes" : "left, right";
  return fmt::format(
      "say which stands for which, as data.choice_values=[{}], and which for none in "
      "data.no_choice",
      values.size() == needed ? join(values, ", ") : example);
}

std::string ChoiceCode::found_values() const {
  std::set<std::string> found;
  for (std::size_t row = 0; row < table_.rows(); ++row) {
    if (!table_.empty(row, *columns_.choice)) found.emplace(table_.cell(row, *columns_.choice));
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
    if (parse_number(cell) || truth_value(cell)) return {};
    words.emplace(cell);
    if (words.size() > kMost) return {};
  }
  if (words.size() < 2) return {};
  return {words.begin(), words.end()};
}

}  // namespace synfer
