#include "synfer/run/data_check.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "synfer/base/error.h"
#include "synfer/plan/carried_sessions.h"
#include "synfer/results/inventory_text.h"

namespace synfer {
namespace {

using testing::ContainsRegex;
using testing::Field;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using testing::Throws;

Session one_session(const std::string& animal, const std::string& name) {
  Session session;
  session.animal = animal;
  session.name = name;
  session.offers = 2;
  session.stimuli = {"left", "right"};
  session.stimulus = {0, 1, 0, 1, 0, 1};
  session.trial = {1, 2, 3};
  session.block = {0, 0, 0};
  session.choice = {0, 1, kNoChoice};
  session.reward = {1, 0, NAN};
  session.learns = {true, true, false};
  return session;
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::size_t widest = 0;
  while (std::getline(lines, line)) widest = std::max(widest, line.size());
  return widest;
}

TEST(DataCheck, BeginsWithWhetherThereIsSomethingToLookAt) {
  DataCheck check;
  check.files = {{"a.csv", "", 1}};
  EXPECT_THAT(table_of(check), StartsWith("1 file, nothing wrong found\n"));
  check.inventory.unusual = {"session 'd1': odd"};
  EXPECT_THAT(table_of(check), StartsWith("1 file, nothing wrong found; 1 thing to look at\n"));
  check.inventory.unusual.emplace_back("session 'd2': odd");
  check.files.push_back(check.files.front());
  EXPECT_THAT(table_of(check), StartsWith("2 files, nothing wrong found; 2 things to look at\n"));
}

TEST(DataCheck, LeavesOutWhatTheDataDoNotHave) {
  const std::string text = table_of(inspect({one_session("m1", "d1")}), "1 file");
  EXPECT_THAT(text, ContainsRegex("choices +2\n"));
  EXPECT_THAT(text, ContainsRegex("omissions +1\n"));
  EXPECT_THAT(text, ContainsRegex("reward +place 0 +place 1\n +0 +0 +1\n +1 +1 +0\n"));
  EXPECT_THAT(text, Not(HasSubstr("recorded")));
  EXPECT_THAT(text, Not(HasSubstr("forced")));
}

TEST(DataCheck, FitsATerminalWhateverTheNames) {
  std::vector<Session> sessions = {one_session("m1", "d1"), one_session(std::string(70, 'n'), "d1")};
  sessions[0].stimuli[0] = sessions[1].stimuli[0] = std::string(74, 's');
  const std::string text = table_of(inspect(sessions), "1 file");
  EXPECT_LE(widest_line(text), 80U);
  EXPECT_THAT(text, HasSubstr(std::string(70, 'n')));
  EXPECT_THAT(text, HasSubstr(std::string(74, 's')));
}

TEST(DataCheck, IsTheSameAsJson) {
  DataCheck check;
  check.files = {{"a.csv", "abc", 1}};
  check.left_out = {"b.mat"};
  check.inventory = inspect({one_session("m1", "d1")}, {"choices are places"});
  const auto json = nlohmann::json::parse(to_json(check));
  EXPECT_EQ(json.at("choices"), 2);
  EXPECT_EQ(json.at("how").front(), "choices are places");
  EXPECT_EQ(json.at("unusual").size(), 1U);  // a session of three steps
  EXPECT_EQ(json.at("by_choice").at("place 1"), 1);
  EXPECT_EQ(json.at("reward_values").at(1).at("by_choice").at("place 0"), 1);
  EXPECT_EQ(json.at("by_animal").at(0).at("rewarded"), 0.5);
  EXPECT_EQ(json.at("files").at(0).at("path"), "a.csv");
  EXPECT_EQ(json.at("not_read").at(0), "b.mat");
  EXPECT_TRUE(json.at("times").empty());
}

auto refuses_carried_weights(const std::string& why) {
  return Throws<ConfigurationError>(
      testing::AllOf(Field(&ConfigurationError::key, "data.carry_weights"),
                     testing::Property(&ConfigurationError::what, HasSubstr(why))));
}

TEST(CarriedWeights, NeedAnAnimalWithSeveralSessionsInOrder) {
  Configuration c;
  const std::vector<Session> alone = {one_session("1", "1"), one_session("2", "2")};
  const std::vector<Session> in_order = {one_session("m1", "day2"), one_session("m1", "day10")};
  const std::vector<Session> by_text = {one_session("m1", "day10"), one_session("m1", "day2")};
  check_session_order(c, alone);
  check_session_order(c, by_text);
  c.data.carry_weights = true;
  check_session_order(c, in_order);
  EXPECT_THAT([&] { check_session_order(c, alone); },
              refuses_carried_weights("nothing says which sessions are one"));
  EXPECT_THAT([&] { check_session_order(c, by_text); },
              refuses_carried_weights("'day2' stands after 'day10'"));
}

TEST(CarriedWeights, HaveNoMeaningInASimulation) {
  Configuration c;
  validate(c, DataOrigin::simulated, {});
  c.data.carry_weights = true;
  validate(c, DataOrigin::recorded, {});
  EXPECT_THAT([&] { validate(c, DataOrigin::simulated, {}); }, refuses_carried_weights("leave it out"));
}

}  // namespace
}  // namespace synfer
