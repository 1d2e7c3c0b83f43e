#include "synfer/data/session_order.h"

#include <gmock/gmock.h>

namespace synfer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<Session> of_one_animal(const std::vector<std::string>& names) {
  std::vector<Session> sessions;
  for (const std::string& name : names) {
    Session session;
    session.animal = "m1";
    session.name = name;
    sessions.push_back(session);
  }
  return sessions;
}

TEST(SessionOrder, ReadsDatesAsPeopleWriteThem) {
  for (const char* name : {"2025-05-07", "20250507", "7.5.2025", "07.05.2025", "7 May 2025", "May 7, 2025",
                           "2025_05_07", "m1_2025-05-07_am", "7-May-2025"}) {
    EXPECT_THAT(dates_in({name}), ElementsAre(20250507)) << name;
  }
  for (const char* name : {"day1", "5/7/2025", "20251399", "778174105", "7 Foo 2025"}) {
    EXPECT_THAT(dates_in({name}), IsEmpty()) << name;
  }
}

TEST(SessionOrder, TellsDaysFromMonthsByADayAboveTwelve) {
  EXPECT_THAT(dates_in({"5/7/2025", "13/7/2025"}), ElementsAre(20250705, 20250713));
  EXPECT_THAT(dates_in({"5/7/2025", "5/13/2025"}), ElementsAre(20250507, 20250513));
  EXPECT_THAT(dates_in({"13/7/2025", "5/13/2025"}), IsEmpty());
}

TEST(SessionOrder, GoesByDatesNotByText) {
  EXPECT_THAT(order_of_sessions(of_one_animal({"30.4.2025", "5.5.2025"})).reversed, IsEmpty());
  const SessionOrder order = order_of_sessions(of_one_animal({"5.5.2025", "30.4.2025"}));
  ASSERT_THAT(order.reversed, SizeIs(1));
  EXPECT_THAT(order.reversed[0], HasSubstr("'30.4.2025' stands after '5.5.2025'"));
}

TEST(SessionOrder, GoesByNumbersNotByText) {
  EXPECT_THAT(order_of_sessions(of_one_animal({"day2", "day10"})).reversed, IsEmpty());
  EXPECT_THAT(order_of_sessions(of_one_animal({"day1", "day10", "day2"})).reversed, SizeIs(1));
}

TEST(SessionOrder, IsThatOfTheFilesWhereNamesSayNone) {
  for (const auto& names : {std::vector<std::string>{"morning", "evening"},
                            {"5/7/2025", "3/8/2025"},
                            {"778174105", "768871217"}}) {
    const SessionOrder order = order_of_sessions(of_one_animal(names));
    EXPECT_THAT(order.reversed, IsEmpty());
    EXPECT_THAT(order.how, HasSubstr("as in the files"));
  }
}

TEST(SessionOrder, IsCheckedByOneClockAndNotByClocksThatStartAnew) {
  std::vector<Session> sessions = of_one_animal({"b", "a"});
  sessions[0].time = {100, 200};
  sessions[1].time = {10, 20};
  EXPECT_THAT(order_of_sessions(sessions).reversed, ElementsAre(HasSubstr("go back in time")));
  sessions[1].time = {10, 150};
  EXPECT_THAT(order_of_sessions(sessions).reversed, IsEmpty());
}

TEST(SessionOrder, SaysWhereNoAnimalHasSeveral) {
  std::vector<Session> sessions = of_one_animal({"day2", "day1"});
  sessions[0].animal = "m0";
  EXPECT_FALSE(order_of_sessions(sessions).several);
  EXPECT_EQ(order_of_sessions(sessions).how, "each animal has one session");
}

}  // namespace
}  // namespace synfer
