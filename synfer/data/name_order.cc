#include "synfer/data/name_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <regex>
#include <set>
#include <string_view>
#include <utility>

#include "synfer/base/text.h"

namespace synfer {
namespace {

constexpr double kLargestCount = 9999;  // a larger number is a name

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Numbers that tell places and conditions apart; and those of a time of day, which says nothing without a
// date.
bool counts_no_sessions(std::string_view word) {
  constexpr std::string_view kWords[] = {
      "box",     "rig",     "cage",      "room", "arm",   "context", "ctx",    "chamber", "setup",
      "port",    "odour",   "odor",      "cond", "dose",  "group",   "cohort", "batch",   "seed",
      "version", "ver",     "v",         "lane", "booth", "fly",     "rat",    "station", "mouse",
      "animal",  "subject", "condition", "drug", "stim",  "cue"};
  return std::ranges::find(kWords, word) != std::end(kWords);
}

bool is_of_a_time_of_day(std::string_view word) { return word == "t" || word == "at" || word == "h"; }

bool is_unit(std::string_view word) {
  constexpr std::string_view kUnits[] = {"mg", "ug", "ml", "ul", "hz", "khz", "db", "percent"};
  return std::ranges::find(kUnits, word) != std::end(kUnits);
}

// Words before days that are counted from an event, so that some may lie before it.
bool counts_from_an_event(std::string_view word) {
  constexpr std::string_view kWords[] = {"", "day", "days", "d", "week", "w", "dpi"};
  return std::ranges::find(kWords, word) != std::end(kWords);
}

struct Number {
  double value = 0;
  std::string word = {};         // the letters before it, in small letters
  std::string unit = {};         // those after it
  bool is_after_number = false;  // with one of - / . _ and a space between
  bool is_after_letter = false;
  bool has_zero_before = false;  // 07
};

// The numbers in a name, and what stands between them.
struct Numbered {
  std::vector<Number> numbers;
  std::string text;  // with # for each number
};

struct Marks {
  bool minus = false;    // whether a dash before a number is one
  bool decimal = false;  // whether a point between two numbers is one
};

class Scan {
 public:
  Scan(const std::string& name, Marks marks) : name_(name), marks_(marks) {}

  Numbered numbered() {
    while (at_ < name_.size()) {
      if (is_digit(name_[at_])) {
        add_number();
      } else if (is_last_letter()) {
        found_.numbers.push_back({.value = 1.0 + (name_[at_++] - 'a')});
        found_.text += '&';
      } else {
        found_.text += name_[at_++];
      }
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] char before(std::size_t at, std::size_t by) const { return at >= by ? name_[at - by] : '\0'; }

  // day1a, 2025-05-07-b: a small letter that ends the name after a number.
  [[nodiscard]] bool is_last_letter() const {
    const bool is_small = name_[at_] >= 'a' && name_[at_] <= 'z' && at_ + 1 == name_.size();
    const char c = before(at_, 1);
    const bool is_set_apart = (c == '-' || c == '_') && (is_digit(before(at_, 2)) || before(at_, 2) == '@');
    return is_small && (is_digit(c) || c == '@' || is_set_apart);
  }

  void add_number() {
    const std::size_t begin = at_;
    while (at_ < name_.size() && is_digit(name_[at_])) ++at_;
    const bool has_decimals = at_ + 1 < name_.size() && name_[at_] == '.' && is_digit(name_[at_ + 1]);
    if (marks_.decimal && has_decimals) {
      ++at_;
      while (at_ < name_.size() && is_digit(name_[at_])) ++at_;
    }
    Number number;
    number.value = parse_number(std::string_view(name_).substr(begin, at_ - begin)).value_or(0.0);
    number.word = word_before(begin);
    for (std::size_t n = at_; n < name_.size() && is_letter(name_[n]); ++n) number.unit += name_[n];
    number.unit = lower_case(number.unit);
    number.is_after_number = begin == last_end_ + 1 && last_end_ > 0 &&
                             std::string_view("-/._ ").find(name_[begin - 1]) != std::string_view::npos;
    number.is_after_letter = begin > 0 && is_letter(name_[begin - 1]);
    number.has_zero_before = at_ > begin + 1 && name_[begin] == '0';
    if (marks_.minus && is_minus(begin, number.word)) {
      found_.text.pop_back();
      number.value = -number.value;
    }
    found_.numbers.push_back(std::move(number));
    found_.text += '#';
    last_end_ = at_;
  }

  [[nodiscard]] std::string word_before(std::size_t at) const {
    while (at > 0 && std::string_view("-_ .#(").find(name_[at - 1]) != std::string_view::npos) --at;
    std::size_t begin = at;
    while (begin > 0 && is_letter(name_[begin - 1])) --begin;
    return lower_case(name_.substr(begin, at - begin));
  }

  [[nodiscard]] bool is_minus(std::size_t at, std::string_view word) const {
    if (before(at, 1) != '-' || is_digit(before(at, 2)) || name_[at] == '0') return false;
    return at == 1 || before(at, 2) == ' ' || counts_from_an_event(word);
  }

  const std::string& name_;
  Marks marks_;
  Numbered found_;
  std::size_t at_ = 0;
  std::size_t last_end_ = 0;  // of the last number
};

// An hour of twelve becomes one of twenty-four.
std::string with_hours_of_a_day(const std::string& name) {
  static const std::regex kHour(R"((^|\D)(\d{1,2})([:.]\d{2})?\s?([ap])\.?m\b)");
  const std::string text = lower_case(name);
  std::smatch m;
  if (!std::regex_search(text, m, kHour)) return name;
  const int hour = std::stoi(m[2].str()) % 12 + (m[4].str() == "p" ? 12 : 0);
  return fmt::format("{}{}{}{}{}", m.prefix().str(), m[1].str(), hour, m[3].matched ? m[3].str() : ":00",
                     m.suffix().str());
}

bool is_time_of_day(double number) {
  if (number >= 240000.0) return false;
  const auto digits = static_cast<long>(number);
  return digits / 100 % 100 < 60 && digits % 100 < 60;
}

// The part of the day that a word at the end says; -1 for none.
int part_of_day(std::string_view text) {
  constexpr std::pair<std::string_view, int> kParts[] = {
      {"afternoon", 2}, {"morning", 0}, {"evening", 3}, {"midday", 1}, {"noon", 1}, {"am", 0}, {"pm", 2}};
  for (const auto& [word, part] : kParts) {
    if (text.ends_with(word)) return part;
  }
  return -1;
}

// Whether what stands beside equal dates says that the second was before the first.
bool rest_goes_back(const std::string& first, const std::string& second) {
  const Numbered a = Scan(with_hours_of_a_day(first), {}).numbered();
  const Numbered b = Scan(with_hours_of_a_day(second), {}).numbered();
  if (a.text != b.text) {
    const int part_a = part_of_day(lower_case(first));
    const int part_b = part_of_day(lower_case(second));
    return part_a >= 0 && part_b >= 0 && part_b < part_a;
  }
  for (std::size_t n = 0; n < a.numbers.size(); ++n) {
    const double x = a.numbers[n].value;
    const double y = b.numbers[n].value;
    if (x == y) continue;
    const bool is_name = std::max(x, y) > kLargestCount && !(is_time_of_day(x) && is_time_of_day(y));
    return !is_name && !counts_no_sessions(a.numbers[n].word) && !is_unit(a.numbers[n].unit) && y < x;
  }
  return false;
}

std::optional<std::size_t> back_in(const DatedNames& dated) {
  for (std::size_t n = 1; n < dated.days.size(); ++n) {
    const bool same_day = dated.days[n] == dated.days[n - 1];
    if (dated.days[n] < dated.days[n - 1] || (same_day && rest_goes_back(dated.rests[n - 1], dated.rests[n])))
      return n;
  }
  return std::nullopt;
}

using Keys = std::vector<std::vector<double>>;  // of each name

std::optional<std::size_t> back_in(const Keys& keys) {
  for (std::size_t n = 1; n < keys.size(); ++n) {
    if (keys[n] < keys[n - 1]) return n;
  }
  return std::nullopt;
}

// Days and months without a year, which may begin anew between them; none where they are no such.
std::optional<Keys> days_of_a_year(const std::vector<Numbered>& names, std::size_t month, std::size_t day) {
  Keys keys;
  double year = 0;
  double before = 0;
  for (const Numbered& name : names) {
    const double m = name.numbers[month].value;
    const double d = name.numbers[day].value;
    if (m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;
    if (before >= 10 && m <= 3) ++year;
    before = m;
    keys.push_back({year, m, d});
  }
  return keys;
}

// Pairs of numbers that may be a day and a month. Where one of the two stays and the other takes three values
// or more, they are counts, as in 1_1, 1_10, 1_2, unless they are written as dates are: 10_01, 11_01, 01_01.
std::vector<std::pair<std::size_t, std::size_t>> days_and_months(const std::vector<Numbered>& names,
                                                                 const std::vector<std::size_t>& varying) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  const std::vector<Number>& numbers = names.front().numbers;
  const auto is_written_as_a_date = [&](std::size_t first) {
    return std::ranges::any_of(names, [&](const Numbered& name) {
      return name.numbers[first].has_zero_before || name.numbers[first + 1].has_zero_before;
    });
  };
  const auto values_at = [&](std::size_t n) {
    std::set<double> values;
    for (const Numbered& name : names) values.insert(name.numbers[n].value);
    return values.size();
  };
  for (std::size_t first = 0; first + 1 < numbers.size() && varying.size() <= 2; ++first) {
    const auto varies = [&](std::size_t n) { return std::ranges::find(varying, n) != varying.end(); };
    const auto among = static_cast<std::size_t>(varies(first)) + static_cast<std::size_t>(varies(first + 1));
    if (!numbers[first + 1].is_after_number || among != varying.size()) continue;
    const bool could_be_dates = !numbers[first].is_after_letter &&
                                (values_at(first) * values_at(first + 1) <= 2 || is_written_as_a_date(first));
    if (among == 2 || could_be_dates) pairs.emplace_back(first, first + 1);
  }
  return pairs;
}

// The ways to compare names of one text by their numbers, the first being that in which they stand; none
// where they say no order.
std::vector<Keys> keys_by_numbers(const std::vector<Numbered>& names) {
  constexpr std::size_t kMost = 4;
  std::vector<std::size_t> varying;
  for (std::size_t n = 0; n < names.front().numbers.size(); ++n) {
    const auto differs = [&](const Numbered& name) {
      return name.numbers[n].value != names.front().numbers[n].value;
    };
    const Number& number = names.front().numbers[n];
    const bool says_none =
        counts_no_sessions(number.word) || is_of_a_time_of_day(number.word) || is_unit(number.unit);
    if (!says_none && std::ranges::any_of(names, differs)) varying.push_back(n);
  }
  const bool has_names = std::ranges::any_of(varying, [&](std::size_t n) {
    return std::ranges::any_of(names,
                               [&](const Numbered& name) { return name.numbers[n].value > kLargestCount; });
  });
  std::vector<Keys> ways;
  if (varying.empty() || varying.size() > kMost || has_names) return ways;
  if (names.front().text.find("#:#") != std::string::npos) return ways;
  for (const auto& [first, second] : days_and_months(names, varying)) {
    for (const auto& [month, day] : {std::pair(first, second), std::pair(second, first)}) {
      if (const auto keys = days_of_a_year(names, month, day)) ways.push_back(*keys);
    }
  }
  do {
    Keys keys;
    for (const Numbered& name : names) {
      std::vector<double>& key = keys.emplace_back();
      for (const std::size_t n : varying) key.push_back(name.numbers[n].value);
    }
    ways.push_back(std::move(keys));
  } while (std::ranges::next_permutation(varying).found);
  return ways;
}

std::vector<Keys> keys_by_numbers(const std::vector<std::string>& names) {
  constexpr std::string_view kMinus = "\u2212";
  std::vector<Keys> ways;
  for (const Marks marks : {Marks{}, Marks{.minus = true}, Marks{.decimal = true}, Marks{true, true}}) {
    std::vector<Numbered> numbered;
    for (std::string name : names) {
      for (std::size_t at = 0; (at = name.find(kMinus)) != std::string::npos;)
        name.replace(at, kMinus.size(), 1, '-');
      numbered.push_back(Scan(name, marks).numbered());
      if (numbered.back().numbers.empty() || numbered.back().text != numbered.front().text) break;
    }
    const bool is_of_one_text = numbered.size() == names.size() && !numbered.back().numbers.empty() &&
                                numbered.back().text == numbered.front().text;
    if (!is_of_one_text) continue;
    for (Keys& keys : keys_by_numbers(numbered)) {
      if (std::ranges::find(ways, keys) == ways.end()) ways.push_back(std::move(keys));
    }
  }
  return ways;
}

}  // namespace

NameOrder order_of_names(const std::vector<std::string>& names, const std::vector<DateOrder>& orders) {
  NameOrder order;
  std::vector<std::optional<std::size_t>> back;  // under each reading
  bool first_rises = false;
  const auto add = [&](const auto& reading) {
    back.push_back(back_in(reading));
    first_rises = first_rises || (back.size() == 1 && !back.front());
  };
  std::vector<DatedNames> dated = dates_in(names, orders);
  if (dated.empty()) dated = dates_in(names);
  std::ranges::for_each(dated, add);
  const std::size_t dates = back.size();
  const bool are_dates = !dated.empty();
  if (!are_dates || std::ranges::any_of(dated, &DatedNames::could_be_counts))
    std::ranges::for_each(keys_by_numbers(names), add);
  if (back.empty()) return order;
  const auto rising = static_cast<std::size_t>(std::ranges::count(back, std::optional<std::size_t>()));
  using Kind = NameOrder::Kind;
  if (rising == 0) order.goes_back = back.front();
  if (are_dates) {
    const bool is_sure =
        rising == 0 || (rising == back.size() && dates == back.size()) || (dates == 1 && first_rises);
    order.kind = is_sure ? Kind::kDates : Kind::kOpenDates;
  } else {
    order.kind = rising == 0 || first_rises || rising == back.size() ? Kind::kNumbers : Kind::kNone;
  }
  return order;
}

}  // namespace synfer
