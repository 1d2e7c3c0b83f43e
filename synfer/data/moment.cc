#include "synfer/data/moment.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <regex>

#include "synfer/base/text.h"

namespace synfer {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr double kDay = 86400.0;

year_month_day date_of(int year, int month, int day) {
  return {std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
          std::chrono::day(static_cast<unsigned>(day))};
}

double seconds_at(const year_month_day& date) {
  return kDay * static_cast<double>(sys_days(date).time_since_epoch().count());
}

}  // namespace

std::optional<double> seconds_of_moment(const std::string& text) {
  static const std::regex kMoment(R"((\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)"
                                  R"( ?(?:Z|([+-])(\d\d):?(\d\d)(?::\d\d)?)?)");
  std::smatch m;
  const std::string moment = trimmed(text);
  if (!std::regex_match(moment, m, kMoment)) return std::nullopt;
  const auto whole = [&](std::size_t part) { return std::stoi(m[part].str()); };
  const year_month_day date = date_of(whole(1), whole(2), whole(3));
  const double seconds = m[6].matched ? parse_number(m[6].str()).value_or(0.0) : 0.0;
  if (!date.ok() || whole(4) > 23 || whole(5) > 59 || seconds > 61.0) return std::nullopt;
  double at = seconds_at(date) + 3600.0 * whole(4) + 60.0 * whole(5) + seconds;
  for (const int year : std::array{1900, 1970, 2000}) {
    if (at == seconds_at(date_of(year, 1, 1))) return std::nullopt;
  }
  if (m[7].matched) at -= (m[7].str() == "-" ? -1.0 : 1.0) * (3600.0 * whole(8) + 60.0 * whole(9));
  return at;
}

std::string said_moment(double seconds) {
  const double days = std::floor(seconds / kDay);
  const year_month_day date{sys_days(std::chrono::days(static_cast<int>(days)))};
  const int second = static_cast<int>(seconds - kDay * days);
  return fmt::format("{}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), second / 3600,
                     second / 60 % 60, second % 60);
}

}  // namespace synfer
