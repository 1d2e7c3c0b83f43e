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

// Whether the day or the month stands first is the same in all animals of one kind of name.
TEST(SessionOrder, TakesTheOrderOfADateFromOtherAnimals) {
  std::vector<Session> sessions = of_one_animal({"6/5/2025", "5/6/2025"});
  EXPECT_THAT(order_of_sessions(sessions).reversed, IsEmpty()) << "6 May and 5 June, or the other way round";
  EXPECT_THAT(order_of_sessions(sessions).how, HasSubstr("it is open which number is the day"));
  for (const auto& [other, backwards] : {std::pair("28/5/2025", 0U), std::pair("5/28/2025", 1U)}) {
    Session session;
    session.animal = "m2";
    session.name = other;
    sessions.resize(2);
    sessions.push_back(session);
    EXPECT_THAT(order_of_sessions(sessions).reversed, SizeIs(backwards)) << other;
  }
}

TEST(SessionOrder, SaysHowEachKindOfNameWasTaken) {
  std::vector<Session> sessions = of_one_animal({"day1", "day2"});
  EXPECT_THAT(order_of_sessions(sessions).how, HasSubstr("by the numbers in their names"));
  for (const char* name : {"2025-05-07", "2025-05-08"}) {
    sessions.push_back(sessions.front());
    sessions.back().animal = "m2";
    sessions.back().name = name;
  }
  EXPECT_THAT(order_of_sessions(sessions).how,
              HasSubstr("some by the dates in their names, some by the numbers in their names"));
}

TEST(SessionOrder, GoesByTheTimesAtWhichSessionsStarted) {
  std::vector<Session> sessions = of_one_animal({"day2", "day1"});
  sessions[0].start = 1000;
  sessions[1].start = 90000;
  sessions[0].time = {100, 200};
  sessions[1].time = {10, 20};
  EXPECT_THAT(order_of_sessions(sessions).reversed, IsEmpty()) << "names and clocks of trials say less";
  EXPECT_THAT(order_of_sessions(sessions).how, HasSubstr("by the times at which they started"));
  std::swap(sessions[0], sessions[1]);
  EXPECT_THAT(order_of_sessions(sessions).reversed,
              ElementsAre("sessions of animal 'm1' go back in time: 'day2' started at 1970-01-01 00:16:40, "
                          "'day1' before it at 1970-01-02 01:00:00"));
  sessions[0].start = sessions[1].start;
  EXPECT_THAT(order_of_sessions(sessions).reversed, IsEmpty()) << "one start for all says nothing";
  EXPECT_THAT(order_of_sessions(sessions).how, HasSubstr("by the numbers in their names"));
}

TEST(SessionOrder, IsMadeByStartsAtThePlacesOfEachAnimal) {
  std::vector<Session> sessions = of_one_animal({"c", "a", "x", "b"});
  sessions[2].animal = "m2";
  for (const auto& [s, start] :
       {std::pair(0U, 3.0), std::pair(1U, 1.0), std::pair(2U, 0.0), std::pair(3U, 2.0)})
    sessions[s].start = start;
  EXPECT_TRUE(put_in_order_of_start(sessions));
  std::vector<std::string> names;
  for (const Session& session : sessions) names.push_back(session.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "x", "c"));
  EXPECT_FALSE(put_in_order_of_start(sessions));
  sessions[0].start.reset();
  std::swap(sessions[0], sessions[1]);
  EXPECT_FALSE(put_in_order_of_start(sessions)) << "one of them is not known";
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
