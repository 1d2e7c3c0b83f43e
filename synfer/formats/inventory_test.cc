#include "synfer/data/inventory.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "synfer/base/files_for_test.h"
#include "synfer/data/sound_sheets_for_test.h"
#include "synfer/formats/read.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct OfATable : testing::Test {
  for_test::Folder folder;
  Inventory inventory(const std::string& text) const {
    const DataSet set = read_data({folder.write("data.csv", text)});
    return inspect(set.sessions, set.how);
  }
};

// Counted by hand: five choices, one omission; side L (place 0) chosen thrice.
constexpr const char* kSides =
    "animal,session,trial,start_time,stimulus0,stimulus1,choice,reward\n"
    "m1,d1,1,0.5,L,R,0,2\nm1,d1,2,1.5,L,R,1,0\nm1,d1,3,2.5,L,R,,\n"
    "m2,d1,1,0.5,L,R,0,0\nm2,d1,2,1.5,L,R,0,\nm2,d1,3,9.5,L,R,1,-1\n";

TEST_F(OfATable, CountsRewardsByChoice) {
  const Inventory found = inventory(kSides);
  EXPECT_THAT(found.kinds, ElementsAre("place 0", "place 1"));
  EXPECT_THAT(found.by_kind.of_kind, ElementsAre(3, 2));
  EXPECT_EQ(found.by_kind.none, 1);
  ASSERT_EQ(found.reward_values.size(), 3U);
  EXPECT_EQ(found.reward_values[0].value, -1);
  EXPECT_THAT(found.reward_values[0].choices.of_kind, ElementsAre(0, 1));
  EXPECT_THAT(found.reward_values[1].choices.of_kind, ElementsAre(1, 1));
  EXPECT_THAT(found.reward_values[2].choices.of_kind, ElementsAre(1, 0));
  EXPECT_EQ(found.unknown_rewards, 1U);
  EXPECT_EQ(found.choices, 5U);
  EXPECT_EQ(found.omissions, 1U);
}

TEST_F(OfATable, CountsStimuliAnimalsAndTimes) {
  const Inventory found = inventory(kSides);
  ASSERT_EQ(found.stimuli.size(), 2U);
  EXPECT_EQ(found.stimuli[0].name, "L");
  EXPECT_EQ(found.stimuli[0].offered, 6U);
  EXPECT_EQ(found.stimuli[0].chosen, 3U);
  EXPECT_EQ(found.stimuli[0].mean_reward, 1.0);  // of 2 and 0, the third being unknown
  EXPECT_THAT(found.stimuli[0].at_place, ElementsAre(6, 0));
  ASSERT_EQ(found.by_animal.size(), 2U);
  EXPECT_EQ(found.by_animal[0].rewarded, 0.5);
  EXPECT_EQ(found.by_animal[1].rewarded, 0.0);
  EXPECT_EQ(found.first_time, 0.5);
  EXPECT_EQ(found.last_time, 9.5);
  EXPECT_THAT(found.never_varies, Contains("what is offered at place 0 (always L)"));
  EXPECT_THAT(found.how, Contains(HasSubstr("some rewards are missing")));
  EXPECT_THAT(found.how, Contains("each animal has one session"));
}

TEST_F(OfATable, FollowsChoicesOverTenthsOfTheTrials) {
  std::string text = "session,trial,stimulus,choice,reward\n";
  for (int trial = 0; trial < 20; ++trial) {
    text += "s," + std::to_string(trial) + ",A,0,\ns," + std::to_string(trial) + ",B,1,1\n";
  }
  const Inventory found = inventory(text);
  ASSERT_EQ(found.over_time.size(), 10U);
  for (const ChoiceCounts& tenth : found.over_time) EXPECT_THAT(tenth.of_kind, ElementsAre(2, 2));
  EXPECT_THAT(found.never_varies, ElementsAre("reward (always 1)"));
}

TEST_F(OfATable, GivesQuantilesWhereValuesAreMany) {
  std::string text = "session,stimulus0,stimulus1,choice,reward\n";
  for (int n = 0; n <= 100; ++n) text += "s,L,R," + std::to_string(n % 2) + "," + std::to_string(n) + "\n";
  const Inventory found = inventory(text);
  EXPECT_THAT(found.reward_values, IsEmpty());
  EXPECT_THAT(found.reward_quantiles, ElementsAre(0, 5, 25, 50, 75, 95, 100));
}

// Three days of 20 rows, in a column whose name is none that is known.
TEST_F(OfATable, AsksWhetherAColumnLeftAsideIsTheSession) {
  const auto table = [](const std::string& name, const std::vector<std::string>& values) {
    std::string text = name + ",side,water\n";
    for (int n = 0; n < 60; ++n)
      text += values[static_cast<std::size_t>(n / 20)] + (n % 3 == 0 ? ",left," : ",right,") +
              (n % 4 == 0 ? "1" : "0") + "\n";
    return text;
  };
  EXPECT_THAT(inventory(table("Aufnahme", {"2025-05-05", "2025-05-06", "2025-05-07"})).unusual,
              Contains("column 'Aufnahme' holds 3 values in runs and was left aside: is it the session?"));
  EXPECT_THAT(inventory(table("Day of test", {"1", "2", "3"})).unusual,
              Contains(HasSubstr("is it the session?")));
  EXPECT_THAT(inventory(table("weight", {"21", "22", "23"})).unusual,
              Not(Contains(HasSubstr("is it the session?"))));
  EXPECT_THAT(inventory(table("Aufnahme", {"2025-05-05", "2025-05-06", "2025-05-05"})).unusual,
              Not(Contains(HasSubstr("is it the session?"))))
      << "a value that comes again";
}

TEST_F(OfATable, ShowsRewardsThatAreASumSoFar) {
  std::string text = "session,stimulus0,stimulus1,choice,reward\n";
  for (int n = 0; n < 40; ++n)
    text += "s,L,R," + std::to_string(n % 3 == 0) + "," + std::to_string(n / 2) + "\n";
  EXPECT_THAT(inventory(text).unusual, Contains(HasSubstr("never fall, from 0 to 19")));
}

TEST_F(OfATable, ShowsThatFewChoicesAreScored) {
  std::string text = "session,stimulus0,stimulus1,choice,reward,scored\n";
  for (int n = 0; n < 40; ++n) text += n % 4 == 0 ? "s,L,R,0,1,1\n" : "s,L,R,1,0,0\n";
  EXPECT_THAT(inventory(text).unusual, Contains(HasSubstr("only 25 % of choices are scored")));
}

// A session each of animals m0, m1, ..., of so many rows.
std::string sessions_of(const std::vector<int>& rows) {
  std::string text = "animal,session,stimulus0,stimulus1,choice,reward\n";
  for (std::size_t s = 0; s < rows.size(); ++s) {
    for (int t = 0; t < rows[s]; ++t)
      text += fmt::format("m{},d1,L,R,{},{}\n", s, (t * t + static_cast<int>(s)) / 3 % 2, t % 7 % 2);
  }
  return text;
}

TEST_F(OfATable, ShowsSessionsOfFewRows) {
  EXPECT_THAT(inventory(sessions_of({1, 5, 2, 2, 1})).unusual,
              Contains("all 5 sessions have 1 to 5 rows: does the column name sessions?"));
  EXPECT_THAT(inventory(sessions_of({30, 4})).unusual, ElementsAre("session 'd1' of animal 'm1' has 4 rows"));
  EXPECT_THAT(inventory(sessions_of({30, 31, 29, 5})).unusual,
              ElementsAre(HasSubstr("session 'd1' of animal 'm3' has 5")))
      << "once";
  EXPECT_THAT(inventory(sessions_of({30, 31, 6})).unusual, IsEmpty());
}

TEST_F(OfATable, ShowsOffersThatAreOftenAlike) {
  const auto text = [](int period) {
    std::string rows = "session,stimulus0,stimulus1,choice,reward\n";
    for (int t = 0; t < 100; ++t)
      rows +=
          fmt::format("s,{},{},{},{}\n", t % period == 0 ? "B" : "A", "B", t * t / 3 % 2, t * t / 5 % 3 % 2);
    return rows;
  };
  EXPECT_THAT(
      inventory(text(4)).unusual,
      Contains("offers are alike in 25 of 100 rows (25 %): such a choice is no choice between stimuli"));
  EXPECT_THAT(inventory(text(2)).unusual, Contains(HasSubstr("alike in 50 of 100 rows (50 %)")));
  EXPECT_THAT(inventory(text(50)).unusual,
              Contains(HasSubstr("offers are alike in 2 rows, first in trial 0")));
  EXPECT_THAT(inventory(text(1000)).unusual, Not(Contains(HasSubstr("alike in 100"))));
}

TEST_F(OfATable, AsksWhetherAnArmThatIsNeverPaidIsNoChoice) {
  const auto text = [](const std::string& third, bool pays) {
    for_test::Chance chance(3);
    std::string rows = "session,side,water\n";
    for (int t = 0; t < 100; ++t)
      rows += t % 20 == 7 ? fmt::format("s,{},{}\n", third, pays && t > 50 ? 1 : 0)
                          : fmt::format("s,{},{}\n", chance.yes(0.5) ? "left" : "right", chance.below(2));
    return rows;
  };
  EXPECT_THAT(
      inventory(text("nothing", false)).unusual,
      ElementsAre(
          "'nothing' was taken for an arm, is chosen in 5 of 100 rows and never paid: does it stand for "
          "no choice (data.no_choice=[nothing])?"));
  EXPECT_THAT(inventory(text("nothing", true)).unusual, IsEmpty());
  EXPECT_THAT(inventory(text("centre", false)).unusual, IsEmpty()) << "an arm that never pays";
  EXPECT_THAT(inventory(text("none", false)).unusual, IsEmpty()) << "which is known for none";
}

TEST_F(OfATable, ShowsNamesThatDifferInCapitalsBlanksOrZerosAlone) {
  const auto text = [](const std::string& animal, const std::string& session, const std::string& label) {
    for_test::Chance chance(3);
    std::string rows = "animal,session,stimulus0,stimulus1,choice,reward\n";
    for (int s = 0; s < 2; ++s) {
      for (int t = 0; t < 60; ++t)
        rows += fmt::format("{},{},{},B,{},{}\n", s == 0 ? "m1" : animal, s == 0 ? "s1" : session,
                            s == 0 ? "A1" : label, chance.below(2), chance.below(2));
    }
    return rows;
  };
  EXPECT_THAT(inventory(text("M1", "s1", "A1")).unusual,
              Contains("animals 'M1' and 'm1' differ in capital letters alone: are they one?"));
  EXPECT_THAT(inventory(text("m01", "s1", "A1")).unusual, Contains(HasSubstr("differ in zeros alone")));
  EXPECT_THAT(
      inventory(text("m1", "S1", "A1")).unusual,
      Contains("of animal 'm1', sessions 'S1' and 's1' differ in capital letters alone: are they one?"));
  EXPECT_THAT(inventory(text("m1", "s2", "a1")).unusual,
              Contains("stimuli 'A1' and 'a1' differ in capital letters alone: are they one?"));
  EXPECT_THAT(inventory(text("m1", "s2", "A 1")).unusual, Contains(HasSubstr("differ in blanks alone")));
  EXPECT_THAT(inventory(text("m2", "S1", "A1")).unusual, IsEmpty()) << "sessions of two animals";
}

// Blanks around a cell are no part of it, also in quotes, and the space that does not break is one.
TEST_F(OfATable, LeavesOutBlanksAroundCells) {
  const std::string plain = "animal,session,side,water\nm1,s1,left,1\nm1,s1,none,\nm1,s1,right,0\n";
  const std::string blanks =
      "animal,session,side,water\n\"m1 \",\" s1\",\"left\t\",\" 1\"\n\"m1\u00a0\",s1,\"none \",\"  \"\n"
      "m1,s1,\" right\",0\n";
  const auto read = [&](const std::string& text) {
    return read_data({folder.write("data.csv", text)}).sessions;
  };
  ASSERT_EQ(read(blanks).size(), 1U);
  const Session found = read(blanks).front();
  const Session expected = read(plain).front();
  EXPECT_EQ(found.animal, "m1");
  EXPECT_EQ(found.stimuli, expected.stimuli);
  EXPECT_EQ(found.choice, expected.choice);
  EXPECT_EQ(found.reward[0], 1.0);
  EXPECT_EQ(found.reward[2], 0.0);
}

std::vector<std::string> unusual_in(const std::vector<std::string>& paths, const ColumnNames& columns = {}) {
  ReadOptions options;
  options.columns = columns;
  return inspect(read_data(paths, options).sessions).unusual;
}

TEST_F(OfATable, ShowsSessionsThatAreThereTwice) {
  const auto rows_of = [](const std::string& name, int steps, int period, const std::string& reward) {
    std::string rows;
    for (int t = 0; t < steps; ++t) {
      const bool accepts = t * t % period % 2 == 1;
      rows += name + ",A," + (accepts ? "1," + reward : "0,") + "\n";
    }
    return rows;
  };
  const auto said = [&](const std::string& rows) {
    return inventory("session,stimulus,choice,reward\n" + rows).unusual;
  };
  const std::string first = rows_of("a", 120, 7, "1");
  const auto copies = Contains(HasSubstr("session 'a' and session 'b' hold the same rows"));
  EXPECT_THAT(said(first + rows_of("b", 120, 7, "1")), copies);
  EXPECT_THAT(said(first + rows_of("b", 120, 11, "1")), testing::Not(copies));
  EXPECT_THAT(said(rows_of("a", 12, 7, "1") + rows_of("b", 12, 7, "1")), testing::Not(copies))
      << "short ones can be alike";
  EXPECT_THAT(said(rows_of("a", 120, 1, "1") + rows_of("b", 120, 1, "1")), testing::Not(copies))
      << "nothing was chosen";
  EXPECT_THAT(said(first + rows_of("b", 120, 7, "2.5")), Contains(HasSubstr("rewards 2.5 times those")));
}

TEST_F(OfATable, ShowsPlacesThatSeemToBeCountedFromOne) {
  std::string text = "session,stimulus0,stimulus1,stimulus2,choice,reward\n";
  for (int n = 0; n < 60; ++n) text += "s,A,B,C," + std::to_string(1 + n % 2) + ",1\n";
  EXPECT_THAT(inventory(text).unusual, Contains(HasSubstr("are places counted from 1?")));
}

TEST(Inventory, OfTheExamplesHasNothingUnusual) {
  const std::string folder = for_test::kSourceFolder + "/examples/data/";
  for (const char* name :
       {"steps.csv", "flies", "flies2022", "mice", "arrays.npz", "arrays.mat", "trials.nwb"}) {
    EXPECT_THAT(unusual_in({folder + name}), IsEmpty()) << name;
  }
}

struct RecordedData : testing::Test {
  void SetUp() override {
    if (for_test::kSharedFolder.empty() ||
        !std::filesystem::exists(for_test::kSharedFolder + "/data/flies")) {
      GTEST_SKIP() << "no recorded data here";
    }
  }
};

TEST_F(RecordedData, OfFliesHaveNothingUnusual) {
  EXPECT_THAT(unusual_in({for_test::kSharedFolder + "/data/flies"}), IsEmpty());
  EXPECT_THAT(unusual_in({for_test::kSharedFolder + "/data/nwb"}), IsEmpty());
}

TEST_F(RecordedData, ShowARewardThatIsASide) {
  const std::string cases = for_test::kSharedFolder + "/cases/";
  EXPECT_THROW(unusual_in({cases + "duplicates/flies"}), DataError) << "copies of a file are not read";
  EXPECT_THAT(unusual_in({cases + "coding/side_coded.npz"}),
              Contains(HasSubstr("depend on the place alone")));
  EXPECT_THAT(unusual_in({cases + "coding/ready.npz"}), IsEmpty());
  EXPECT_THAT(unusual_in({cases + "coding/always_left.csv"}),
              Contains(HasSubstr("all 200 choices are place 0")));
}

}  // namespace
}  // namespace synfer
