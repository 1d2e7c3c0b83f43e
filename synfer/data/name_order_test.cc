#include "synfer/data/name_order.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "synfer/data/sound_sheets_for_test.h"

namespace synfer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = NameOrder::Kind;
using Names = std::vector<std::string>;

NameOrder order_of(const Names& names) { return order_of_names(names, orders_of_dates(names)); }

TEST(NameDates, AreReadAsPeopleWriteThem) {
  for (const char* name :
       {"2025-05-17",      "20250517",       "17.5.2025",        "17.05.2025",   "17 May 2025",
        "May 17, 2025",    "2025_05_17",     "m1_2025-05-17_am", "17-May-2025",  "17/5/2025",
        "5/17/2025",       "17_05_2025",     "05_17_2025",       "17052025",     "2025-05-17 14:00",
        "20250517_143000", "20250517T14",    "20250517143000",   "2025-05-17-a", "2025-17-05",
        "17May25",         "m12_17_05_2025", "2025-May-17",      "17 may 2025"}) {
    const std::vector<DatedNames> readings = dates_in({name});
    ASSERT_THAT(readings, SizeIs(1)) << name;
    EXPECT_THAT(readings[0].days, ElementsAre(20250517)) << name;
  }
  for (const char* name : {"day1", "20251399", "778174105", "7 Foo 2025", "12marmoset2025", "1.2.3",
                           "31.2.2025", "12-13-14-15"}) {
    EXPECT_THAT(dates_in({name}), IsEmpty()) << name;
  }
}

TEST(NameDates, HaveAsManyReadingsAsTheyCouldMean) {
  EXPECT_THAT(dates_in({"5/7/2025"}), SizeIs(2));
  EXPECT_THAT(dates_in({"25-05-07"}), SizeIs(2)) << "7 May 2025 or 25 May 2007";
  EXPECT_THAT(dates_in({"250517"}), SizeIs(2)) << "17 May 2025 or 25 May 2017";
  EXPECT_THAT(dates_in({"05-06-07"}), SizeIs(3));
  EXPECT_THAT(dates_in({"25-05-07", "25-06-30"}), SizeIs(1)) << "an animal does not live from 2007 to 2030";
}

TEST(NameDates, TellDaysFromMonthsByADayAboveTwelve) {
  const auto only = [](const Names& names) {
    const std::vector<DatedNames> readings = dates_in(names);
    return readings.size() == 1 ? readings[0].days : std::vector<long>();
  };
  EXPECT_THAT(only({"5/7/2025", "13/7/2025"}), ElementsAre(20250705, 20250713));
  EXPECT_THAT(only({"5/7/2025", "5/13/2025"}), ElementsAre(20250507, 20250513));
  EXPECT_THAT(only({"05_07_2025", "05_13_2025"}), ElementsAre(20250507, 20250513));
  EXPECT_THAT(only({"05.07.25", "13.07.25", "24.07.25"}), ElementsAre(20250705, 20250713, 20250724));
  EXPECT_THAT(dates_in({"13/7/2025", "5/13/2025"}), IsEmpty());
}

// Right orders, in all the ways in which people name sessions: none is said to go back.
TEST(NameOrder, NeverSaysThatARightOrderGoesBack) {
  for (const Names& names : std::vector<Names>{
           {"2025-05-07 09:00", "2025-05-07 14:00", "2025-05-08 09:00"},
           {"2025-05-07 9:00", "2025-05-07 14:00"},
           {"2025-05-07 11:00 am", "2025-05-07 1:00 pm"},
           {"2025-05-07T12:30am", "2025-05-07T9:30am"},
           {"20250507_093000", "20250507_143000", "20250508_093000"},
           {"20250507143000", "20250508093000"},
           {"2025-05-07_T9", "2025-05-07_T14", "2025-05-08_T9"},
           {"2025-05-07_1", "2025-05-07_2", "2025-05-07_10", "2025-05-08_1"},
           {"2025-05-07-a", "2025-05-07-b", "2025-05-08-a"},
           {"2025-05-07", "2025-05-07_2", "2025-05-08"},
           {"2025-05-07_2", "2025-05-07"},
           {"2025-05-07_morning", "2025-05-07_evening", "2025-05-08_morning"},
           {"2025-05-07_box2", "2025-05-07_box1", "2025-05-08_box2"},
           {"2025-05-07_B", "2025-05-07_A"},
           {"714116_2025-05-07_13-20-05", "714116_2025-05-07_15-00-00", "714116_2025-05-08_09-00-00"},
           {"25-05-30", "25-06-01", "25-06-02"},
           {"30-05-25", "01-06-25", "02-06-25"},
           {"05-30-25", "06-01-25", "06-02-25"},
           {"250530", "250601"},
           {"300525", "010625"},
           {"053025", "060125"},
           {"30.12.24", "02.01.25"},
           {"30_04_2025", "01_05_2025"},
           {"04_30_2025", "05_01_2025"},
           {"07_05_2025", "03_06_2025"},
           {"05_07_2025", "06_03_2025"},
           {"30042025", "01052025"},
           {"30_04", "01_05"},
           {"12_30", "01_02"},
           {"30_12", "02_01"},
           {"12_4", "1_4"},
           {"10_01", "11_01", "12_01", "01_01"},
           {"9:30", "14:00", "9:15"},
           {"T14", "T9"},
           {"day-2", "day-1", "day0", "day1"},
           {"day-3", "day-2", "day-1"},
           {"-1", "0", "1"},
           {"day -10", "day -9", "day 1"},
           {"d\u22122", "d\u22121", "d0"},
           {"week1.25", "week1.5", "week2"},
           {"1.9", "1.10"},
           {"day1", "day1.5", "day2"},
           {"day1a", "day1b", "day2a"},
           {"s1_d1", "s2_d1", "s1_d2"},
           {"box2", "box1"},
           {"day1_box2", "day1_box1", "day2_box2"},
           {"day1_10mg", "day2_5mg", "day3_10mg"},
           {"10mg", "5mg"},
           {"contextB", "contextA"},
           {"778174105", "768871217"},
           {"43121", "39200"},
           {"pre", "2025-05-07", "post"},
           {"ses-01", "ses-02", "ses-10"},
           {"1", "2", "10"},
           {"morning", "evening"},
           {"1-2-10", "1-2-11", "1-3-10"},
       }) {
    EXPECT_EQ(order_of(names).goes_back, std::nullopt) << testing::PrintToString(names);
  }
}

// Wrong orders that no reading makes right.
TEST(NameOrder, GoesBackWhereItDoesUnderEveryReading) {
  for (const auto& [names, place] : std::vector<std::pair<Names, std::size_t>>{
           {{"2025-05-07 14:00", "2025-05-07 09:00"}, 1},
           {{"2025-05-07 9:00", "2025-05-07 14:00", "2025-05-07 10:00"}, 2},
           {{"2025-05-07 1:00 pm", "2025-05-07 11:00 am"}, 1},
           {{"20250507_143000", "20250507_093000"}, 1},
           {{"20250507143000", "20250507093000"}, 1},
           {{"2025-05-07_T14", "2025-05-07_T9"}, 1},
           {{"2025-05-07_1", "2025-05-07_10", "2025-05-07_2"}, 2},
           {{"2025-05-07-b", "2025-05-07-a"}, 1},
           {{"2025-05-07_pm", "2025-05-07_am"}, 1},
           {{"25-06-01", "25-05-30"}, 1},
           {{"01_06_25", "30_05_25"}, 1},
           {{"250601", "250530"}, 1},
           {{"01_05_2025", "30_04_2025"}, 1},
           {{"05/13/2025", "05/12/2025"}, 1},
           {{"01062025", "30052025"}, 1},
           {{"2 June 25", "30 May 25"}, 1},
           {{"8/6/2025", "7/5/2025"}, 1},
           {{"day1", "day-1"}, 1},
           {{"day1", "day10", "day2"}, 2},
           {{"ses-03", "ses-01"}, 1},
           {{"session-2", "session-1"}, 1},
           {{"day1b", "day1a"}, 1},
           {{"week2_day1", "week1_day1"}, 1},
           {{"1_2", "1_1"}, 1},
           {{"1_1", "1_10", "1_2"}, 2},
           {{"m1_10", "m1_2"}, 1},
       }) {
    EXPECT_EQ(order_of(names).goes_back, place) << testing::PrintToString(names);
  }
}

// Days that rise, written in one way for all of an animal; a session may fall on the day of the one before
// it.
TEST(NameOrder, IsRightForRandomDaysWhateverTheWayToWriteThem) {
  using Write = std::string (*)(int year, int month, int day, int hour);
  constexpr std::pair<Write, bool> kWays[] = {
      // whether each wrong order is seen
      {[](int y, int m, int d, int h) { return fmt::format("{}-{:02}-{:02} {}:30", y, m, d, h); }, true},
      {[](int y, int m, int d, int h) { return fmt::format("{}{:02}{:02}_{:02}3000", y, m, d, h); }, true},
      {[](int y, int m, int d, int h) { return fmt::format("{}{:02}{:02}{:02}30", y, m, d, h); }, true},
      {[](int y, int m, int d, int h) { return fmt::format("m7_{}_{}_{}T{}", y, m, d, h); }, true},
      {[](int y, int m, int d, int h) {
         return fmt::format("{}/{}/{}, {} {}", d, m, y, h % 12 == 0 ? 12 : h % 12, h < 12 ? "am" : "PM");
       },
       false},
      {[](int y, int m, int d, int h) { return fmt::format("{:02}_{:02}_{}_{:02}h", m, d, y, h); }, false},
      {[](int y, int m, int d, int h) { return fmt::format("{:02}-{:02}-{:02}_{:02}", d, m, y % 100, h); },
       false},
      {[](int y, int m, int d, int h) { return fmt::format("{:02}{:02}{:02}_{:02}30", y % 100, m, d, h); },
       false},
      {[](int y, int m, int d, int h) { return fmt::format("{:02}{:02}{:02}-{:02}", d, m, y % 100, h); },
       false},
      {[](int, int m, int d, int) { return fmt::format("{}_{}", m, d); }, false},
      {[](int, int m, int d, int) { return fmt::format("rat3-{:02}.{:02}", d, m); }, false}};
  for_test::Chance chance(2);
  for (const auto& [write, is_sure] : kWays) {
    for (int n = 0; n < 200; ++n) {
      int hour = static_cast<int>(24 * (365 * 24 + chance.below(2000)));  // after the beginning of 2000
      Names names;
      const std::size_t count = 2 + chance.below(8);
      while (names.size() < count) {
        hour += 1 + static_cast<int>(chance.below(chance.yes(0.5) ? 12 : 24 * 40));
        const std::chrono::year_month_day date(std::chrono::sys_days(std::chrono::days(10957 + hour / 24)));
        names.push_back(write(static_cast<int>(date.year()),
                              static_cast<int>(static_cast<unsigned>(date.month())),
                              static_cast<int>(static_cast<unsigned>(date.day())), hour % 24));
      }
      EXPECT_EQ(order_of(names).goes_back, std::nullopt) << testing::PrintToString(names);
      if (!is_sure) continue;
      const std::size_t place = 1 + chance.below(names.size() - 1);
      std::swap(names[place], names[place - 1]);
      EXPECT_EQ(order_of(names).goes_back, place) << testing::PrintToString(names);
    }
  }
}

TEST(NameOrder, SaysWhatNamesAre) {
  EXPECT_EQ(order_of({"2025-05-07", "2025-05-08"}).kind, Kind::kDates);
  EXPECT_EQ(order_of({"7.5.2025", "3.6.2025"}).kind, Kind::kOpenDates);
  EXPECT_EQ(order_of({"7.5.2025", "8.5.2025"}).kind, Kind::kDates) << "whichever the month is";
  EXPECT_EQ(order_of({"day2", "day10"}).kind, Kind::kNumbers);
  EXPECT_EQ(order_of({"week1_day2", "week2_day1"}).kind, Kind::kNumbers);
  EXPECT_EQ(order_of({"s1_d1", "s2_d1", "s1_d2"}).kind, Kind::kNone);
  EXPECT_EQ(order_of({"morning", "evening"}).kind, Kind::kNone);
  EXPECT_EQ(order_of({"99999999999999999999999", "88888888888888888888888"}).kind, Kind::kNone)
      << "no time of day";
}

}  // namespace
}  // namespace synfer
