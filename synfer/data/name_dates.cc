#include "synfer/data/name_dates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <regex>
#include <string_view>

#include "synfer/base/text.h"

namespace synfer {
namespace {

using Match = std::smatch;

constexpr std::array kOrders = {DateOrder::kYearMonthDay, DateOrder::kDayMonthYear, DateOrder::kMonthDayYear,
                                DateOrder::kYearDayMonth};

struct Date {
  long day = 0;                  // 20250507
  std::string rest;              // the name, with @ in its place
  bool has_short_year = false;   // of two digits
  bool could_be_counts = false;  // three numbers that may be no date
};

// 0 where there is no such day.
long day_number(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() && year >= 1900 && year < 2100 ? 10000L * year + 100L * month + day : 0;
}

int year_of(int digits) { return digits >= 100 ? digits : digits < 70 ? 2000 + digits : 1900 + digits; }

// 0 where the word is no month, nor the beginning of its name.
int month_of(const std::string& word) {
  constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                        "may",       "june",     "july",     "august",
                                                        "september", "october",  "november", "december"};
  const std::string text = lower_case(word);
  for (std::size_t m = 0; m < kMonths.size(); ++m) {
    if (text.size() >= 3 && kMonths[m].starts_with(text)) return static_cast<int>(m) + 1;
  }
  return 0;
}

int whole(const Match& match, std::size_t part) { return std::stoi(match[part].str()); }

// Three numbers in the order in which they stand.
long day_in_order(std::array<int, 3> n, DateOrder order) {
  switch (order) {
    case DateOrder::kYearMonthDay:
      return day_number(year_of(n[0]), n[1], n[2]);
    case DateOrder::kDayMonthYear:
      return day_number(year_of(n[2]), n[1], n[0]);
    case DateOrder::kMonthDayYear:
      return day_number(year_of(n[2]), n[0], n[1]);
    case DateOrder::kYearDayMonth:
      return day_number(year_of(n[0]), n[2], n[1]);
  }
  return 0;
}

// `first` is the part of the match at which the date begins.
Date date_at(const std::string& name, const Match& match, std::size_t first, std::size_t last, long day) {
  const auto begin = static_cast<std::size_t>(match.position(first));
  const auto end = static_cast<std::size_t>(match.position(last) + match.length(last));
  return {.day = day, .rest = name.substr(0, begin) + "@" + name.substr(end)};
}

// The first match that is a date.
template <typename Read>
std::optional<Date> first_date(const std::string& name, const std::regex& form, const Read& read) {
  for (std::sregex_iterator match(name.begin(), name.end(), form), end; match != end; ++match) {
    const std::optional<Date> date = read(*match);
    if (date && date->day != 0) return date;
  }
  return std::nullopt;
}

// Three numbers, the last or first of which is a year of four digits.
std::optional<Date> with_long_year(const std::string& name, DateOrder order) {
  static const std::regex kYearFirst(R"((^|\D)(\d{4})[-/._ ](\d{1,2})[-/._ ](\d{1,2})(?!\d))");
  static const std::regex kDigits(R"((^|\D)(\d{4})(\d{2})(\d{2})(?=(\d{4}|\d{6})?(?!\d)))");
  static const std::regex kYearLast(R"((^|\D)(\d{1,2})([-/._ ])(\d{1,2})\3(\d{4})(?!\d))");
  static const std::regex kDigitsYearLast(R"((^|\D)(\d{2})(\d{2})(\d{4})(?!\d))");
  const bool is_day_second = order == DateOrder::kYearDayMonth;
  for (const std::regex* form : {&kYearFirst, &kDigits}) {
    const auto date = first_date(name, *form, [&](const Match& m) -> std::optional<Date> {
      const DateOrder own = is_day_second ? order : DateOrder::kYearMonthDay;
      return date_at(name, m, 2, 4, day_in_order({whole(m, 2), whole(m, 3), whole(m, 4)}, own));
    });
    if (date) return date;
  }
  if (order != DateOrder::kDayMonthYear && order != DateOrder::kMonthDayYear) return std::nullopt;
  const auto date = first_date(name, kYearLast, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 5, day_in_order({whole(m, 2), whole(m, 4), whole(m, 5)}, order));
  });
  return date ? date : first_date(name, kDigitsYearLast, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 4, day_in_order({whole(m, 2), whole(m, 3), whole(m, 4)}, order));
  });
}

std::optional<Date> with_named_month(const std::string& name) {
  static const std::regex kDayMonth(
      R"((^|\D)(\d{1,2})[ ._-]?([A-Za-z]{3,9})[ ,._-]{0,2}(\d{4}|\d{2})(?!\d))");
  static const std::regex kMonthDay(R"((^|[^A-Za-z])([A-Za-z]{3,9})[ ._-]?(\d{1,2}),?[ ._-]?(\d{4})(?!\d))");
  static const std::regex kYearMonth(R"((^|\D)(\d{4})[ ._-]?([A-Za-z]{3,9})[ ._-]?(\d{1,2})(?!\d))");
  auto year_first = first_date(name, kYearMonth, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 4, day_number(whole(m, 2), month_of(m[3]), whole(m, 4)));
  });
  if (year_first) return year_first;
  auto day_first = first_date(name, kDayMonth, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 4, day_number(year_of(whole(m, 4)), month_of(m[3]), whole(m, 2)));
  });
  if (day_first) return day_first;
  return first_date(name, kMonthDay, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 4, day_number(whole(m, 4), month_of(m[2]), whole(m, 3)));
  });
}

bool is_digit_at(const std::string& name, std::size_t at) {
  return at < name.size() && name[at] >= '0' && name[at] <= '9';
}

// Three numbers of which one is a year of two digits.
std::optional<Date> with_short_year(const std::string& name, DateOrder order) {
  static const std::regex kApart(R"((^|[^A-Za-z0-9])(\d{1,2})([-/._ ])(\d{1,2})\3(\d{1,2})(?!\d))");
  static const std::regex kDigits(R"((^|\D)(\d{2})(\d{2})(\d{2})(?!\d))");
  const bool year_is_first = order == DateOrder::kYearMonthDay;
  if (order == DateOrder::kYearDayMonth) return std::nullopt;
  const auto apart = first_date(name, kApart, [&](const Match& m) -> std::optional<Date> {
    const std::string bar = m[3].str();
    const auto begin = static_cast<std::size_t>(m.position(2));
    const auto end = static_cast<std::size_t>(m.position(5) + m.length(5));
    const bool goes_on = (name.compare(end, 1, bar) == 0 && is_digit_at(name, end + 1)) ||
                         (begin >= 2 && m[1].str() == bar && is_digit_at(name, begin - 2));
    if (goes_on || m.length(year_is_first ? 2 : 5) != 2) return std::nullopt;
    Date date = date_at(name, m, 2, 5, day_in_order({whole(m, 2), whole(m, 4), whole(m, 5)}, order));
    date.could_be_counts = m.length(2) + m.length(4) + m.length(5) < 6;
    return date;
  });
  const auto found = apart ? apart : first_date(name, kDigits, [&](const Match& m) -> std::optional<Date> {
    return date_at(name, m, 2, 4, day_in_order({whole(m, 2), whole(m, 3), whole(m, 4)}, order));
  });
  if (!found) return std::nullopt;
  Date date = *found;
  date.has_short_year = true;
  return date;
}

// The length of the longest run of digits.
std::size_t most_digits(const std::string& name) {
  std::size_t most = 0;
  std::size_t run = 0;
  for (std::size_t at = 0; at < name.size(); ++at) {
    run = is_digit_at(name, at) ? run + 1 : 0;
    most = std::max(most, run);
  }
  return most;
}

std::optional<Date> date_in(const std::string& name, DateOrder order) {
  const auto digits = std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; });
  if (digits < 3) return std::nullopt;  // most names are short, and searching takes long
  if (most_digits(name) >= 4) {
    if (auto date = with_long_year(name, order)) return date;
  }
  if (auto date = with_named_month(name)) return date;
  return with_short_year(name, order);
}

// The names under one order; nothing where one holds no date.
std::optional<DatedNames> in_order(const std::vector<std::string>& names, DateOrder order) {
  constexpr long kMostYears = 10;
  DatedNames dated{.order = order};
  bool has_short_years = false;
  for (const std::string& name : names) {
    std::optional<Date> date = date_in(name, order);
    if (!date) return std::nullopt;
    dated.days.push_back(date->day);
    dated.rests.push_back(std::move(date->rest));
    dated.could_be_counts |= date->could_be_counts;
    has_short_years |= date->has_short_year;
  }
  const auto [first, last] = std::ranges::minmax(dated.days);
  if (has_short_years && last / 10000 - first / 10000 > kMostYears) return std::nullopt;
  return dated;
}

}  // namespace

std::vector<DateOrder> orders_of_dates(const std::vector<std::string>& names) {
  std::vector<DateOrder> fit(kOrders.begin(), kOrders.end());
  for (const std::string& name : names) {
    std::vector<DateOrder> own;
    std::ranges::copy_if(kOrders, std::back_inserter(own),
                         [&](DateOrder order) { return date_in(name, order).has_value(); });
    if (own.empty()) continue;
    std::erase_if(fit, [&](DateOrder order) { return std::ranges::find(own, order) == own.end(); });
  }
  return fit;
}

std::vector<DatedNames> dates_in(const std::vector<std::string>& names,
                                 const std::vector<DateOrder>& orders) {
  std::vector<DatedNames> readings;
  if (names.empty()) return readings;
  for (const DateOrder order : kOrders) {
    if (std::ranges::find(orders, order) == orders.end()) continue;
    if (order == DateOrder::kYearDayMonth && !readings.empty()) continue;
    std::optional<DatedNames> dated = in_order(names, order);
    if (dated && std::ranges::find(readings, dated->days, &DatedNames::days) == readings.end())
      readings.push_back(*std::move(dated));
  }
  return readings;
}

std::vector<DatedNames> dates_in(const std::vector<std::string>& names) {
  return dates_in(names, orders_of_dates(names));
}

}  // namespace synfer
