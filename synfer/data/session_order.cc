#include "synfer/data/session_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <utility>

#include "synfer/base/text.h"

namespace synfer {
namespace {

long day_number(int year, int month, int day) {
  const bool is_one = year >= 1900 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return is_one ? 10000L * year + 100L * month + day : 0;
}

int month_of(const std::string& word) {
  constexpr std::array<const char*, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
  const std::string start = lower_case(word).substr(0, 3);
  for (std::size_t m = 0; m < kMonths.size(); ++m) {
    if (start == kMonths[m]) return static_cast<int>(m) + 1;
  }
  return 0;
}

int whole(const std::ssub_match& digits) { return std::stoi(digits.str()); }

// The runs of digits in a name, and what stands between them.
struct Numbered {
  std::vector<double> numbers;
  std::string text;
};

Numbered numbers_in(const std::string& name) {
  Numbered found;
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t end = std::min(name.find_first_not_of("0123456789", at), name.size());
    if (end > at) {
      found.numbers.push_back(parse_number(name.substr(at, end - at)).value_or(0.0));
      found.text += '#';
      at = end;
    } else {
      found.text += name[at++];
    }
  }
  return found;
}

// A date in which the day may stand first or second.
struct Slashed {
  int first, second, year;
};

std::optional<Slashed> slashed_date(const std::string& name) {
  static const std::regex kSlashes(R"((^|\D)(\d{1,2})[-/](\d{1,2})[-/](\d{4})(?!\d))");
  std::smatch m;
  if (!std::regex_search(name, m, kSlashes)) return std::nullopt;
  return Slashed{whole(m[2]), whole(m[3]), whole(m[4])};
}

// A date that can be read in one way.
long plain_date(const std::string& name) {
  static const std::regex kYearFirst(R"((^|\D)(\d{4})[-/._](\d{1,2})[-/._](\d{1,2})(?!\d))");
  static const std::regex kDigits(R"((^|\D)(\d{4})(\d{2})(\d{2})(?!\d))");
  static const std::regex kDots(R"((^|\D)(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d))");
  static const std::regex kDayMonth(R"((^|\D)(\d{1,2})[ ._-]?([A-Za-z]{3,9})[ ,._-]{0,2}(\d{4})(?!\d))");
  static const std::regex kMonthDay(R"(([A-Za-z]{3,9})[ ._-]?(\d{1,2}),?[ ._-]?(\d{4})(?!\d))");
  std::smatch m;
  if (std::regex_search(name, m, kYearFirst)) return day_number(whole(m[2]), whole(m[3]), whole(m[4]));
  if (std::regex_search(name, m, kDigits)) return day_number(whole(m[2]), whole(m[3]), whole(m[4]));
  if (std::regex_search(name, m, kDots)) return day_number(whole(m[4]), whole(m[3]), whole(m[2]));
  if (std::regex_search(name, m, kDayMonth)) return day_number(whole(m[4]), month_of(m[3]), whole(m[2]));
  if (std::regex_search(name, m, kMonthDay)) return day_number(whole(m[3]), month_of(m[1]), whole(m[2]));
  return 0;
}

enum class Kind { kDates, kNumbers, kFiles };

using Ofs = std::vector<const Session*>;

// Keys by which the sessions of an animal should rise; none where their names have no order.
std::pair<Kind, std::vector<std::vector<double>>> keys_of(const Ofs& sessions) {
  constexpr double kLargest = 1e6;  // above it a number is a name and no count
  std::vector<std::string> names;
  for (const Session* session : sessions) names.push_back(session->name);
  std::vector<std::vector<double>> keys;
  for (const long date : dates_in(names)) keys.push_back({static_cast<double>(date)});
  if (!keys.empty()) return {Kind::kDates, keys};
  const Numbered first = numbers_in(names.front());
  for (const std::string& name : names) {
    Numbered one = numbers_in(name);
    if (one.numbers.empty() || one.text != first.text || std::ranges::max(one.numbers) > kLargest ||
        slashed_date(name)) {
      return {Kind::kFiles, {}};
    }
    keys.push_back(std::move(one.numbers));
  }
  return {Kind::kNumbers, keys};
}

std::optional<std::pair<double, double>> times_of(const Session& session) {
  std::optional<std::pair<double, double>> span;
  for (const double time : session.time) {
    if (std::isnan(time)) continue;
    if (!span) span = {time, time};
    span = {std::min(span->first, time), std::max(span->second, time)};
  }
  return span;
}

// Clocks that start anew in each session overlap; one clock for all does not, and then it must rise.
std::string clock_that_goes_back(const std::string& animal, const Ofs& sessions) {
  std::vector<std::pair<double, double>> spans;
  for (const Session* session : sessions) {
    const auto span = times_of(*session);
    if (!span) return {};
    spans.push_back(*span);
  }
  std::vector<std::pair<double, double>> sorted = spans;
  std::ranges::sort(sorted);
  for (std::size_t n = 1; n < sorted.size(); ++n) {
    if (sorted[n].first <= sorted[n - 1].second) return {};
  }
  for (std::size_t n = 1; n < spans.size(); ++n) {
    if (spans[n].first > spans[n - 1].first) continue;
    return fmt::format("sessions of animal '{}' go back in time: '{}' begins at {}, '{}' before it at {}",
                       animal, sessions[n]->name, shortest(spans[n].first), sessions[n - 1]->name,
                       shortest(spans[n - 1].first));
  }
  return {};
}

}  // namespace

std::vector<long> dates_in(const std::vector<std::string>& names) {
  bool day_first = false;
  bool month_first = false;
  for (const std::string& name : names) {
    const auto slashed = slashed_date(name);
    day_first = day_first || (slashed && slashed->first > 12);
    month_first = month_first || (slashed && slashed->second > 12);
  }
  std::vector<long> dates;
  for (const std::string& name : names) {
    long date = plain_date(name);
    const auto slashed = slashed_date(name);
    if (date == 0 && slashed && day_first != month_first) {
      date = day_first ? day_number(slashed->year, slashed->second, slashed->first)
                       : day_number(slashed->year, slashed->first, slashed->second);
    }
    if (date == 0) return {};
    dates.push_back(date);
  }
  return dates;
}

SessionOrder order_of_sessions(const std::vector<Session>& sessions) {
  std::vector<std::pair<std::string, Ofs>> animals;  // in the order of the files
  std::map<std::string, std::size_t> number;
  bool apart = false;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const auto [at, is_new] = number.try_emplace(sessions[s].animal, animals.size());
    if (is_new) animals.push_back({sessions[s].animal, {}});
    animals[at->second].second.push_back(&sessions[s]);
    apart = apart || (!is_new && sessions[s - 1].animal != sessions[s].animal);
  }
  SessionOrder order;
  std::map<Kind, std::size_t> kinds;
  for (const auto& [animal, own] : animals) {
    if (own.size() < 2) continue;
    order.several = true;
    const auto [kind, keys] = keys_of(own);
    ++kinds[kind];
    bool goes_back = false;
    for (std::size_t n = 1; n < keys.size() && !goes_back; ++n) {
      goes_back = keys[n] < keys[n - 1];
      if (!goes_back) continue;
      order.reversed.push_back(
          fmt::format("sessions of animal '{}' go back: '{}' stands after '{}', and their names are {}",
                      animal, own[n]->name, own[n - 1]->name, kind == Kind::kDates ? "dates" : "numbers"));
    }
    const std::string clock = goes_back ? "" : clock_that_goes_back(animal, own);
    if (!clock.empty()) order.reversed.push_back(clock);
  }
  if (!order.several) {
    order.how = animals.size() == 1 ? "there is one session" : "each animal has one session";
    return order;
  }
  const std::string said =
      kinds.size() > 1                 ? "some by date or number of their names, some as in the files alone"
      : kinds.contains(Kind::kDates)   ? "by the dates in their names"
      : kinds.contains(Kind::kNumbers) ? "by the numbers in their names"
                                       : "as in the files, since their names say no order";
  order.how = "sessions of an animal follow one another " +
              (order.reversed.empty() ? said : "as in the files, against their names or times");
  if (apart) order.how += "; those of other animals stand between them";
  return order;
}

}  // namespace synfer
