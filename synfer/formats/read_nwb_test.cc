#include "synfer/formats/read_nwb.h"

#include <gtest/gtest.h>

#include <cmath>

#include "synfer/base/files_for_test.h"
#include "synfer/base/random.h"
#include "synfer/base/stop.h"
#include "synfer/data/inventory.h"
#include "synfer/files/file.h"
#include "synfer/files/hdf5_editor_for_test.h"
#include "synfer/formats/read.h"
#include "synfer/formats/sessions_for_test.h"
#include "synfer/formats/write_nwb.h"

namespace synfer {
namespace {

using for_test::Editor;
using for_test::expect_data_error;
using testing::Contains;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
using testing::Not;

// Three trials of two offers: left, none, right. Steps start at 0, 1 and 2 s.
struct ReadNwb : testing::Test {
  ReadNwb() {
    session.animal = std::string("mouse");
    session.name = std::string("day1");
    session.offers = 2;
    session.stimuli = {"left", "right"};
    session.stimulus = {0, 1, 0, 1, 0, 1};
    session.trial = {0, 1, 2};
    session.block = {0, 0, 0};
    session.choice = {0, kNoChoice, 1};
    session.reward = {1, for_test::kNaN, 0};
    session.learns = {true, false, true};
    folder.write("day1.nwb", nwb_of(session));
  }

  for_test::Folder folder;
  std::string path = folder.path("day1.nwb");
  Session session;
};

TEST_F(ReadNwb, ActivityIsTheMeanOfItsWindow) {
  {
    const Editor nwb(path);
    nwb.group("acquisition/dff");
    // Two neurons at 0, 0.5, ..., 2.5 s; one sample of the second is missing.
    nwb.set("acquisition/dff/data", {6, 2}, {1, 10, 2, 20, 3, for_test::kNaN, 4, 40, 5, 50, 6, 60});
    nwb.set("acquisition/dff/timestamps", {6}, {0, 0.5, 1, 1.5, 2, 2.5});
  }
  ActivityOptions activity;
  activity.series = "dff";
  activity.window = {0.0, 1.0};
  const Session found = read_nwb(path, {}, {}, activity).sessions.at(0);
  EXPECT_THAT(found.recorded_neurons, ElementsAre(0, 1));
  EXPECT_THAT(found.recordings, ElementsAre(1.5, 15, 3.5, 40, 5.5, 55)) << "(1 + 2) / 2, ..., 40 alone";
  EXPECT_EQ(found.choice, session.choice);

  activity.window = {-0.5, 0.0};
  EXPECT_THAT(read_nwb(path, {}, {}, activity).sessions.at(0).recordings,
              ElementsAre(IsNan(), IsNan(), 2, 20, 4, 40))
      << "a sample at the window's end is not in it, and before the first there is none";
  activity.series = "acquisition/dff";
  activity.align = "stop_time";
  EXPECT_THAT(read_nwb(path, {}, {}, activity).sessions.at(0).recordings, ElementsAre(2, 20, 4, 40, 6, 60));
}

TEST_F(ReadNwb, WindowsWithoutASampleAreSaidOrRefused) {
  {
    const Editor nwb(path);
    nwb.group("acquisition/dff");
    nwb.set("acquisition/dff/data", {2}, {1, 2});
    nwb.set("acquisition/dff/timestamps", {2}, {0, 0.5});
  }
  ActivityOptions activity;
  activity.series = "dff";
  activity.window = {0.0, 1.0};
  EXPECT_THAT(read_nwb(path, {}, {}, activity).how,
              Contains(HasSubstr("of the windows of 'dff', 2 of 3 hold no sample")));
  activity.window = {-2.0, 1.0};
  EXPECT_THAT(read_nwb(path, {}, {}, activity).how, Not(Contains(HasSubstr("hold no sample"))))
      << "all of them hold one";
  activity.window = {2000.0, 2001.0};
  expect_data_error(
      [&] { read_nwb(path, {}, {}, activity); }, path, 0, "dff",
      "no step has a sample in its window, 2000 to 2001 s after 'start_time' (samples are from 0 to 0.5 s");
}

TEST_F(ReadNwb, ActivityMayHaveARateAndAUnit) {
  {
    const Editor nwb(path);
    nwb.group("processing/ophys");
    nwb.group("processing/ophys/roi");
    nwb.set("processing/ophys/roi/data", {6}, {1, 2, 3, 4, 5, 6});
    nwb.attribute("processing/ophys/roi/data", "conversion", 0.1);
    nwb.attribute("processing/ophys/roi/data", "offset", 7);
    nwb.set("processing/ophys/roi/starting_time", {1}, {-0.25});
    nwb.attribute("processing/ophys/roi/starting_time", "rate", 2);
  }
  ActivityOptions activity;
  activity.series = "processing/ophys/roi";
  activity.window = {0.0, 1.0};
  // Samples at -0.25, 0.25, ..., 2.25 s.
  EXPECT_THAT(read_nwb(path, {}, {}, activity).sessions.at(0).recordings,
              ElementsAre(DoubleNear(7.25, 1e-12), DoubleNear(7.45, 1e-12), DoubleNear(7.6, 1e-12)));
}

TEST_F(ReadNwb, RefusesActivityThatContradictsItself) {
  {
    const Editor nwb(path);
    nwb.group("acquisition/a");
    nwb.set("acquisition/a/data", {2}, {1, 2});
    nwb.group("acquisition/b");
    nwb.set("acquisition/b/data", {2}, {1, 2});
    nwb.set("acquisition/b/timestamps", {3}, {1, 2, 3});
    nwb.group("acquisition/c");
    nwb.set("acquisition/c/data", {2}, {1, 2});
    nwb.set("acquisition/c/timestamps", {2}, {2, 1});
  }
  ActivityOptions activity;
  activity.window = {0.0, 1.0};
  const std::pair<const char*, const char*> cases[] = {{"a", "neither timestamps"},
                                                       {"b", "has 3 timestamps"},
                                                       {"c", "do not rise"},
                                                       {"d", "found under acquisition a, b, c"}};
  for (const auto& [series, says] : cases) {
    activity.series = series;
    const std::optional<DataError> error = for_test::data_error_of([&] { read_nwb(path, {}, {}, activity); });
    ASSERT_TRUE(error) << series;
    EXPECT_THAT(error->what(), testing::HasSubstr(says));
  }
  activity.series = "a";
  activity.window.reset();
  EXPECT_THROW(read_nwb(path, {}, {}, activity), ConfigurationError);
  activity.window = {1.0, 1.0};
  EXPECT_THROW(read_nwb(path, {}, {}, activity), ConfigurationError);
}

TEST_F(ReadNwb, ColumnsCanBeCalledOtherwise) {
  {
    const Editor nwb(path);
    nwb.set("intervals/trials/lick", {3}, {1, 1, 0});
    nwb.set("intervals/trials/water", {3}, {0, 1, 0});
    nwb.remove("intervals/trials/trial");
  }
  ColumnNames names;
  names.choice = "lick";
  names.reward = "water";
  const Session found = read_nwb(path, names).sessions.at(0);
  names.choice = "paw";
  expect_data_error([&] { read_nwb(path, names); }, path, 0, "paw", "found block, choice, id, lick, reward");
  EXPECT_THAT(found.choice, ElementsAre(1, 1, 0));
  EXPECT_THAT(found.reward, ElementsAre(0, 1, 0));
  EXPECT_THAT(found.trial, ElementsAre(0, 1, 2)) << "a table without trials has one a row";
  EXPECT_EQ(found.animal, "mouse");
  EXPECT_EQ(found.name, "day1");
}

TEST_F(ReadNwb, ForagingIsAChoiceBetweenTwoPorts) {
  {
    const Editor nwb(path);
    nwb.set("intervals/trials/animal_response", {3}, {1, 2, 0});
    nwb.set("intervals/trials/rewarded_historyL", {3}, {0, 0, 1});
    nwb.set("intervals/trials/rewarded_historyR", {3}, {0, 0, 0});
    nwb.set("intervals/trials/reward_probabilityL", {3}, {0.1, 0.1, 0.4});
  }
  ASSERT_TRUE(is_foraging_nwb(path));
  const Session found = read_sessions({path}).at(0);
  EXPECT_EQ(found.offers, 2);
  EXPECT_THAT(found.stimuli, ElementsAre("left", "right"));
  EXPECT_THAT(found.choice, ElementsAre(1, kNoChoice, 0));
  EXPECT_THAT(found.reward, ElementsAre(0, IsNan(), 1));
  EXPECT_THAT(found.learns, ElementsAre(true, false, true));
  EXPECT_THAT(found.block, ElementsAre(0, 0, 1));
  EXPECT_THAT(found.time, ElementsAre(0, 1, 2));
}

TEST_F(ReadNwb, WhatForagingPaysWithoutAChoiceIsFree) {
  {
    const Editor nwb(path);
    nwb.set("intervals/trials/animal_response", {3}, {for_test::kNaN, 2, 0});
    nwb.set("intervals/trials/rewarded_historyL", {3}, {1, 0, 1});
    nwb.set("intervals/trials/rewarded_historyR", {3}, {0, 1, 1});
    nwb.set("intervals/trials/auto_waterR", {3}, {0, 0, 1});
  }
  const Reading found = read_foraging_nwb(path);
  EXPECT_THAT(found.sessions.at(0).choice, ElementsAre(kNoChoice, kNoChoice, 0)) << "nan is no choice";
  EXPECT_THAT(found.sessions.at(0).reward, ElementsAre(1, 1, 1));
  EXPECT_THAT(found.sessions.at(0).learns, ElementsAre(false, false, true));
  EXPECT_THAT(found.how, Contains(HasSubstr("rewards fell without a choice")));
  EXPECT_THAT(found.how, Contains(HasSubstr("1 free rewards from a port that was not chosen were left out")));
}

TEST_F(ReadNwb, ForagingResponsesMayBeCodedOtherwise) {
  {
    const Editor nwb(path);
    nwb.set("intervals/trials/animal_response", {3}, {1, -1, 2});
    nwb.set("intervals/trials/rewarded_historyL", {3}, {0, 0, 0});
    nwb.set("intervals/trials/rewarded_historyR", {3}, {0, 0, 0});
  }
  StepCoding coding;
  coding.choice_values = {"1", "2"};
  coding.no_choice = {"-1"};
  EXPECT_THAT(read_foraging_nwb(path, coding).sessions.at(0).choice, ElementsAre(0, kNoChoice, 1));
  expect_data_error([&] { read_foraging_nwb(path); }, path, 2, "animal_response", "found -1");
}

// Rows are 1 s apart; here they stand in another order.
TEST_F(ReadNwb, RowsOutOfTheOrderOfTheirTimesAreRefusedOrSorted) {
  {
    const Editor nwb(path);
    for (const char* column : {"trial", "start_time", "choice", "reward"})
      nwb.remove((std::string("intervals/trials/") + column).c_str());
    nwb.set("intervals/trials/start_time", {3}, {2, 0, 1});
    nwb.set("intervals/trials/choice", {3}, {1, 0, for_test::kNaN});
    nwb.set("intervals/trials/reward", {3}, {0, 1, for_test::kNaN});
  }
  expect_data_error([&] { read_nwb(path); }, path, 2, "start_time", "time 0 comes after 2");
  StepCoding coding;
  coding.sort = "time";
  const Session found = read_nwb(path, {}, coding).sessions.at(0);
  EXPECT_THAT(found.choice, ElementsAre(0, kNoChoice, 1));
  EXPECT_THAT(found.reward, ElementsAre(1, IsNan(), 0));
  EXPECT_THAT(found.trial, ElementsAre(0, 1, 2));
}

// Sorted by time, probabilities are 0.4, 0.4, 0.1: they change once, at the last trial.
// The order of the files is that of their names, that of the sessions that of time.
TEST_F(ReadNwb, SessionsOfAnAnimalFollowOneAnotherByTheirStarts) {
  session.name = std::string("day0");
  session.reward = {0, for_test::kNaN, 1};
  const auto later = folder.write("day0.nwb", nwb_of(session));
  const auto names = [](const DataSet& set) { return set.sessions[0].name + " " + set.sessions[1].name; };
  EXPECT_EQ(names(read_data({later, path})), "day0 day1");
  EXPECT_EQ(read_data({path}).sessions[0].start, std::nullopt) << "which synfer does not know";
  for (const auto& [file, start] :
       {std::pair(path, "2025-05-07T09:00:00.5+02:00"), std::pair(later, "2025-05-07T07:00:01Z")}) {
    const Editor nwb(file);
    nwb.remove("session_start_time");
    nwb.texts("session_start_time", {start});
  }
  const DataSet set = read_data({later, path});
  EXPECT_EQ(names(set), "day1 day0") << "half a second apart";
  EXPECT_EQ(set.sessions[0].start, 1746601200.5);
  EXPECT_THAT(set.how, Contains("sessions of an animal were put in the order in which they started"));
  EXPECT_THAT(inspect(set.sessions, set.how).how,
              Contains("sessions of an animal follow one another by the times at which they started"));
  EXPECT_THAT(read_data({path, later}).how, Not(Contains(HasSubstr("were put in the order"))));
}

TEST_F(ReadNwb, BlocksOfForagingAreMadeInTheOrderOfTime) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/start_time");
    nwb.set("intervals/trials/start_time", {3}, {0, 2, 1});
    nwb.set("intervals/trials/animal_response", {3}, {1, 0, 1});
    nwb.set("intervals/trials/rewarded_historyL", {3}, {0, 0, 0});
    nwb.set("intervals/trials/rewarded_historyR", {3}, {0, 0, 0});
    nwb.set("intervals/trials/reward_probabilityL", {3}, {0.4, 0.1, 0.4});
  }
  StepCoding coding;
  coding.sort = "time";
  const Session found = read_foraging_nwb(path, coding).sessions.at(0);
  EXPECT_THAT(found.choice, ElementsAre(1, 1, 0));
  EXPECT_THAT(found.block, ElementsAre(0, 0, 1));
}

TEST_F(ReadNwb, NumbersThatStandForElementsAreReadAsThese) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/choice");
    nwb.set("intervals/trials/choice", {3}, {0, 0, 1});
    nwb.texts("intervals/trials/choice_elements", {"right", "left"});
    nwb.remove("intervals/trials/reward");
    nwb.set("intervals/trials/reward", {3}, {1, 0, 1});
    nwb.set("intervals/trials/amounts", {2}, {0.5, 0.0});
    nwb.reference("intervals/trials/reward", "elements", "/intervals/trials/amounts");
  }
  // The list that is referred to has a name of its own, and is not asked for.
  expect_data_error([&] { read_nwb(path); }, path, 0, "reward",
                    "stand for the elements of 'intervals/trials/amounts'");
  {
    const Editor nwb(path);
    nwb.set("intervals/trials/reward_elements", {2}, {0.5, 0.0});
  }
  const Session found = read_nwb(path).sessions.at(0);
  EXPECT_THAT(found.choice, ElementsAre(1, 1, 0));
  EXPECT_THAT(found.reward, ElementsAre(0, 0.5, 0));
}

TEST_F(ReadNwb, RefusesANumberThatStandsForNoElement) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/choice");
    nwb.set("intervals/trials/choice", {3}, {0, 2, 1});
    nwb.texts("intervals/trials/choice_elements", {"right", "left"});
  }
  expect_data_error([&] { read_nwb(path); }, path, 0, "choice",
                    "found 2, expected the number of one of its 2");
}

TEST_F(ReadNwb, AnEnumerationIsReadByItsNames) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/choice");
    nwb.enumeration("intervals/trials/choice", {"right", "left"}, {0, 0, 1});
    nwb.remove("intervals/trials/reward");
    nwb.enumeration("intervals/trials/reward", {"FALSE", "TRUE"}, {0, 1, 1});
  }
  const Session found = read_nwb(path).sessions.at(0);
  EXPECT_THAT(found.choice, ElementsAre(1, 1, 0));
  EXPECT_THAT(found.reward, ElementsAre(0, 1, 1));
}

TEST_F(ReadNwb, ARaggedColumnIsReadWhereRowsHaveOneValueAtMost) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/reward");
    nwb.set("intervals/trials/reward", {2}, {1, 0});
    nwb.set("intervals/trials/reward_index", {3}, {1, 1, 2});
    nwb.set("intervals/trials/licks", {4}, {0.1, 0.2, 0.3, 0.4});
    nwb.set("intervals/trials/licks_index", {3}, {0, 4, 4});
  }
  const Session found = read_nwb(path).sessions.at(0);
  EXPECT_THAT(found.reward, ElementsAre(1, IsNan(), 0));
  EXPECT_EQ(found.choice, session.choice);
}

TEST_F(ReadNwb, RefusesEndsOfRowsThatAreNoCounts) {
  for (const double no_count : {std::nan(""), 0.5, -1.0}) {
    folder.write("day1.nwb", nwb_of(session));
    {
      const Editor nwb(path);
      nwb.remove("intervals/trials/reward");
      nwb.texts("intervals/trials/reward", {"1", "0", "1"});
      nwb.set("intervals/trials/reward_index", {2}, {no_count, 3});
      nwb.attribute("intervals/trials/reward_index", "neurodata_type", "VectorIndex");
    }
    expect_data_error([&] { read_nwb(path); }, path, 0, "reward", "does not say where its rows end");
  }
}

// As many values as rows: without its index the column would be read shifted.
TEST_F(ReadNwb, RefusesARaggedColumnThoughItsTotalIsThatOfTheRows) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/reward");
    nwb.set("intervals/trials/reward", {3}, {1, 0, 1});
    nwb.set("intervals/trials/reward_index", {3}, {0, 1, 3});
  }
  expect_data_error([&] { read_nwb(path); }, path, 0, "reward",
                    "is ragged: 'reward_index' gives its rows 0 to 2 values");
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/reward_index");
    nwb.set("intervals/trials/reward_index", {3}, {5, 1, 9});
  }
  EXPECT_THAT(read_nwb(path).sessions.at(0).reward, ElementsAre(1, IsNan(), 1))
      << "a column of its own that is called so is no index";
}

TEST_F(ReadNwb, ColumnsMayGoByCommonNames) {
  {
    const Editor nwb(path);
    nwb.remove("intervals/trials/reward");
    nwb.set("intervals/trials/outcome", {3}, {1, for_test::kNaN, 0});
    nwb.set("intervals/trials/cue", {2}, {1, 2});  // of another length: something else
  }
  const Reading found = read_nwb(path);
  EXPECT_THAT(found.sessions.at(0).reward, ElementsAre(1, IsNan(), 0));
  EXPECT_THAT(found.how, Contains(HasSubstr("'outcome' was taken for the reward")));
}

TEST_F(ReadNwb, RefusesForagingThatContradictsItself) {
  const struct {
    std::vector<double> response, left, right;
    std::size_t row;
    const char* column;
    const char* says;
  } cases[] = {
      {{0, 3, 0}, {0, 0, 0}, {0, 0, 0}, 2, "animal_response", "found 3, expected 0 (left)"},
      {{0, 2, 1}, {0, 0, 1}, {0, 0, 0}, 3, "rewarded_historyL", "not chosen"},
      {{0, 0, 1}, {0, 0, 0}, {0, 1, 0}, 2, "rewarded_historyR", "not chosen"},
      {{0, 2, 1}, {0.5, 0, 0}, {0, 0, 0}, 1, "rewarded_historyL", "found 0.5"},
      {{0, 2}, {0, 0, 0}, {0, 0, 0}, 0, "rewarded_historyL", "found 3 rows, expected 2"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.says);
    folder.write("day1.nwb", nwb_of(session));
    {
      const Editor nwb(path);
      nwb.set("intervals/trials/animal_response", {bad.response.size()}, bad.response);
      nwb.set("intervals/trials/rewarded_historyL", {3}, bad.left);
      nwb.set("intervals/trials/rewarded_historyR", {3}, bad.right);
    }
    expect_data_error([&] { read_foraging_nwb(path); }, path, bad.row, bad.column, bad.says);
  }
}

TEST_F(ReadNwb, RefusesWhatIsNoNwb) {
  expect_data_error([&] { read_nwb(folder.path("none.nwb")); }, folder.path("none.nwb"), 0, "",
                    "no such file");
  for (const char* bytes : {"", "text"}) {
    const std::string other = folder.write("other.nwb", bytes);
    expect_data_error([&] { read_nwb(other); }, other, 0, "", "not HDF5");
  }
  Editor(path).remove("intervals/trials");
  expect_data_error([&] { read_nwb(path); }, path, 0, "", "no table intervals/trials");
}

// Damage that crashes HDF5 1.10 or keeps it in a loop is among it: see apart.h.
TEST_F(ReadNwb, ADamagedFileIsReadOrRefused) {
  const std::string whole = read_file(path);
  const RandomStream draws(7, "bytes to damage");
  const auto below = [&](std::uint64_t n, std::size_t limit) {
    return static_cast<std::size_t>(draws.uniform({n}) * static_cast<double>(limit));
  };
  std::size_t refused = 0;
  for (std::uint64_t n = 0; n < 300; ++n) {
    std::string damaged = whole;
    for (std::uint64_t k = 0; k < 8; ++k) {
      damaged[below(100 * n + 2 * k, whole.size())] ^= static_cast<char>(1U << below(100 * n + 2 * k + 1, 8));
    }
    if (n < 100) damaged = whole.substr(0, below(100 * n + 50, whole.size()));
    folder.write("damaged.nwb", damaged);
    try {
      read_sessions({folder.path("damaged.nwb")});
    } catch (const DataError&) {
      ++refused;
      continue;
    }
    EXPECT_GE(n, 100U) << "a truncated file was read";
  }
  EXPECT_GT(refused, 100U);
}

// Counts by h5py 3.16 of intervals/trials: len(animal_response); (animal_response < 2).sum();
// (animal_response == 2).sum(); rewarded_historyL.sum(), rewarded_historyR.sum(); pynwb 4.2 agrees.
TEST(RecordedMice, AgreeWithWhatPynwbReports) {
  const std::string data = for_test::shared_data("nwb");
  SYNFER_SKIP_WITHOUT(data);
  const struct {
    const char* file;
    const char* animal;
    std::size_t trials, choices, omissions, left, right, rewards_left, rewards_right;
  } mice[] = {{"689514_2024-02-01_18-06-43.nwb", "689514", 432, 383, 49, 308, 75, 183, 56},
              {"703548_2024-03-01_08-51-32.nwb", "703548", 555, 505, 50, 179, 326, 97, 174}};
  for (const auto& mouse : mice) {
    SCOPED_TRACE(mouse.file);
    const std::vector<Session> sessions = read_sessions({data + "/" + mouse.file});
    ASSERT_EQ(sessions.size(), 1U);
    const Session& session = sessions[0];
    const Inventory found = take_inventory(sessions);
    EXPECT_EQ(session.animal, mouse.animal);
    EXPECT_EQ(found.trials, mouse.trials);
    EXPECT_EQ(found.choices, mouse.choices);
    EXPECT_EQ(found.omissions, mouse.omissions);
    EXPECT_EQ(found.rewards, mouse.rewards_left + mouse.rewards_right);
    std::size_t chosen[2] = {0, 0};
    std::size_t rewarded[2] = {0, 0};
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.choice[t] == kNoChoice) continue;
      ++chosen[session.choice[t]];
      if (session.reward[t] == 1.0) ++rewarded[session.choice[t]];
    }
    EXPECT_THAT(chosen, ElementsAre(mouse.left, mouse.right));
    EXPECT_THAT(rewarded, ElementsAre(mouse.rewards_left, mouse.rewards_right));
  }
  EXPECT_EQ(read_sessions({data}).size(), 2U) << "both in one data set, though their columns differ";
}

// The process that reads it is not waited for.
TEST_F(ReadNwb, EndsWhereItIsAskedTo) {
  const StopAsked always = [] { return true; };
  const StopScope scope(&always);
  EXPECT_THROW(read_nwb(path, {}, {}, {}), Stopped);
}

}  // namespace
}  // namespace synfer
