// Dates in names, as people write them. Where more than one reading is possible all are given: whether the
// day, the month or the year stands first may be open, and no reading is preferred.
#pragma once

#include <string>
#include <vector>

namespace synfer {

/// In what order the numbers of a date stand, where the date leaves it open: a year of four digits says
/// itself where it stands, a month in letters too.
enum class DateOrder { kYearMonthDay, kDayMonthYear, kMonthDayYear, kYearDayMonth };

/// Names under one reading of their dates.
struct DatedNames {
  DateOrder order = DateOrder::kYearMonthDay;
  std::vector<long> days = {};          // numbers that grow with the day: 20250507
  std::vector<std::string> rests = {};  // the names, with @ in place of the date
  bool could_be_counts = false;         // 1-2-25, say, may be no date
};

/// Those orders under which each of the names that could hold a date holds one; none where no order does.
std::vector<DateOrder> orders_of_dates(const std::vector<std::string>& names);

/// The readings, among `orders`, under which every name holds a date; none where a name holds none. Years of
/// two digits are read only where they lie within ten years. Readings that give the same days are one; the
/// day between year and month counts only where nothing else is possible.
///
/// Known are 2025-05-07 (also with / . _), 20250507 (also before a time of day), 7.5.2025, 7/5/2025,
/// 7_5_2025, 07052025, 7 May 2025, May 7 2025, 2025-May-7, 25-05-07, 250507, and the orders that these can
/// have.
std::vector<DatedNames> dates_in(const std::vector<std::string>& names, const std::vector<DateOrder>& orders);
std::vector<DatedNames> dates_in(const std::vector<std::string>& names);

}  // namespace synfer
