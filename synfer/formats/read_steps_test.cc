#include "synfer/formats/read_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <tuple>

#include "synfer/base/files_for_test.h"
#include "synfer/formats/sessions_for_test.h"
#include "synfer/formats/write_steps.h"

namespace synfer {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

struct ReadSteps : testing::Test {
  for_test::Folder folder;
  std::vector<Session> read(const std::string& text, const ColumnNames& names = {},
                            const StepCoding& coding = {}) const {
    return read_steps(folder.write("steps.csv", text), names, coding).sessions;
  }
};

struct BadInput {
  std::string text;
  std::size_t row;
  const char* column;
  const char* says;
};

TEST_F(ReadSteps, AcceptOrRejectByLabel) {
  const auto sessions = read(
      "session,trial,choice,reward,stimulus\n"
      "s1,1,0,,oct\ns1,1,1,1,mch\ns1,2,,,oct\ns1,2,1,-0.5,oct\ns2,1,1,0,mch\n");
  ASSERT_EQ(sessions.size(), 2U);
  const Session& s = sessions[0];
  EXPECT_EQ(s.animal, "s1");
  EXPECT_EQ(s.name, "s1");
  EXPECT_EQ(s.offers, 1);
  EXPECT_EQ(s.inputs, 0);
  EXPECT_THAT(s.stimuli, ElementsAre("mch", "oct"));
  EXPECT_THAT(s.stimulus, ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(s.trial, ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(s.block, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(s.choice, ElementsAre(0, 1, kNoChoice, 1));
  EXPECT_THAT(s.reward, ElementsAre(IsNan(), 1.0, IsNan(), -0.5));
  EXPECT_THAT(s.learns, ElementsAre(false, true, false, true));
  EXPECT_TRUE(s.recordings.empty());
  EXPECT_THAT(sessions[1].stimuli, ElementsAre("mch", "oct"));
}

TEST_F(ReadSteps, CrlfByteOrderMarkAndForeignColumns) {
  const std::string text =
      "\xEF\xBB\xBFnote,reward,choice,trial,block,session,animal,x1,x0\r\n"
      "a,,0,1,2,s,fly,0.5,1\r\n,1,1,1,2,s,fly,2,-3\r\n";
  const auto sessions = read(text);
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].animal, "fly");
  EXPECT_EQ(sessions[0].inputs, 2);
  EXPECT_THAT(sessions[0].x, ElementsAre(1.0, 0.5, -3.0, 2.0));
  EXPECT_THAT(sessions[0].block, ElementsAre(2, 2));
}

TEST_F(ReadSteps, ChoiceAmongOffersWithLabelsAndVectors) {
  const auto sessions = read(
      "session,trial,choice,reward,stimulus0,stimulus1,x0_0,x0_1,x1_0,x1_1\n"
      "s,0,1,0.5,10,9,1,2,3,4\ns,1,,,9,10,5,6,7,8\n");
  const Session& s = sessions.at(0);
  EXPECT_EQ(s.offers, 2);
  EXPECT_EQ(s.inputs, 2);
  EXPECT_THAT(s.stimuli, ElementsAre("9", "10")) << "sorted as numbers";
  EXPECT_THAT(s.stimulus, ElementsAre(1, 0, 0, 1));
  EXPECT_THAT(s.x, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(s.choice, ElementsAre(1, kNoChoice));
  EXPECT_THAT(s.learns, ElementsAre(true, false));
}

TEST_F(ReadSteps, OffersMayHaveColumnsOfAnyName) {
  ColumnNames names;
  names.stimulus = "left_odour, right_odour";
  const auto sessions = read("session,trial,choice,reward,right_odour,left_odour\ns,1,1,1,B,A\n", names);
  const Session& s = sessions.at(0);
  EXPECT_EQ(s.offers, 2);
  EXPECT_THAT(s.stimuli, ElementsAre("A", "B"));
  EXPECT_THAT(s.stimulus, ElementsAre(0, 1)) << "in the order of the names given, not of the table";
  names.stimulus = "left odour,right odour";
  EXPECT_EQ(read("session,trial,choice,reward,left odour,right odour\ns,1,1,1,A,B\n", names).at(0).offers, 2);
  names.stimulus = "odour, as offered";
  EXPECT_EQ(read("session,trial,choice,reward,\"odour, as offered\"\ns,1,1,1,A\n", names).at(0).offers, 1)
      << "a column's own name may have a comma";
  names.stimulus = "left_odour,right_odour";
  const std::string other = "session,trial,choice,reward,left_odour,right_odor\ns,1,1,1,A,B\n";
  for_test::expect_data_error([&] { read(other, names); }, folder.path("steps.csv"), 1, "right_odour",
                              "is it 'right_odor'?");
}

TEST_F(ReadSteps, NeuralDataAlone) {
  const auto sessions = read("session,x0,y7,y2,y4\na,1,0.1,,\na,2,,0.3,\nb,3,1,,5\n");
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_THAT(sessions[0].recorded_neurons, ElementsAre(2, 7)) << "neuron 4 has no value in session a";
  EXPECT_THAT(sessions[0].recordings, ElementsAre(IsNan(), 0.1, 0.3, IsNan()));
  EXPECT_THAT(sessions[1].recorded_neurons, ElementsAre(4, 7));
  EXPECT_THAT(sessions[0].choice, ElementsAre(kNoChoice, kNoChoice));
  EXPECT_THAT(sessions[0].learns, ElementsAre(true, true));
  EXPECT_THAT(sessions[0].reward, ElementsAre(IsNan(), IsNan()));
  EXPECT_THAT(sessions[0].trial, ElementsAre(0, 1));
}

TEST_F(ReadSteps, ColumnsCanBeCalledOtherwise) {
  ColumnNames names;
  names.session = names.animal = "mouse";
  names.stimulus = "odour";
  names.choice = "lick";
  names.x = "orn_";
  const auto sessions = read("mouse,trial,lick,reward,odour,orn_0\nm1,1,1,0,A,0.25\n", names);
  EXPECT_EQ(sessions.at(0).animal, "m1");
  EXPECT_THAT(sessions.at(0).stimuli, ElementsAre("A"));
  EXPECT_THAT(sessions.at(0).x, ElementsAre(0.25));
}

TEST_F(ReadSteps, TrialsBeginAnewInALaterBlock) {
  EXPECT_NO_THROW(
      read("session,trial,block,choice,reward,stimulus\n"
           "s,1,0,1,1,A\ns,1,1,1,1,A\ns,2,1,1,0,A\ns,1,2,1,0,A\n"));
}

TEST_F(ReadSteps, BlocksMayHaveNames) {
  const auto sessions = read(
      "session,trial,block,choice,reward,stimulus\n"
      "s,1,easy,1,1,A\ns,2,hard,1,1,A\ns,3,easy,1,0,A\n");
  EXPECT_THAT(sessions.at(0).block, ElementsAre(0, 1, 0));
}

const std::string kTwoOffers = "session,trial,stimulus0,stimulus1,choice,reward\n";

TEST_F(ReadSteps, RefusesRowsOutOfOrder) {
  const BadInput cases[] = {
      {kTwoOffers + "s,2,A,B,1,1\ns,1,A,B,0,0\n", 3, "trial", "trial 1 comes after trial 2"},
      {kTwoOffers + "s,1,A,B,1,1\ns,1,A,B,1,1\n", 3, "trial", "has a choice already"},
      {"session,start_time,stimulus0,stimulus1,choice,reward\ns,2.5,A,B,1,1\ns,1,A,B,0,0\n", 3, "start_time",
       "time 1 comes after 2.5"},
      {"session,start_time,stimulus0,stimulus1,choice,reward\ns,1,A,B,1,1\ns,1,A,B,0,0\n", 3, "start_time",
       "comes again after a choice"},
      {"session,trial,block,stimulus0,stimulus1,choice,reward\n"
       "s,1,0,A,B,1,1\ns,1,1,A,B,1,1\ns,2,0,A,B,1,1\ns,2,1,A,B,1,1\ns,3,0,A,B,1,1\ns,3,1,A,B,1,1\n",
       2, "block", "take turns between blocks"},
  };
  for (const BadInput& bad : cases) {
    SCOPED_TRACE(bad.text);
    for_test::expect_data_error([&] { read(bad.text); }, folder.path("steps.csv"), bad.row, bad.column,
                                bad.says);
  }
}

TEST_F(ReadSteps, SortsRowsOnRequest) {
  const std::string header = "animal,session,block,trial,start_time,stimulus0,stimulus1,choice,reward\n";
  const std::string in_order =
      "m,d1,0,1,10,A,B,1,1\nm,d1,0,2,11,A,B,0,0\nm,d1,1,1,12,A,B,,\nm,d1,1,2,13,A,B,0,1\nn,d1,0,1,1,A,B,1,"
      "0\n";
  const std::string shuffled =
      "m,d1,1,2,13,A,B,0,1\nn,d1,0,1,1,A,B,1,0\nm,d1,0,2,11,A,B,0,0\nm,d1,0,1,10,A,B,1,1\nm,d1,1,1,12,A,B,,"
      "\n";
  const std::vector<Session> expected = read(header + in_order);
  for (const char* sort : {"trial", "time"}) {
    const std::vector<Session> found = read(header + shuffled, {}, {.sort = sort});
    ASSERT_EQ(found.size(), 2U) << sort;
    for (std::size_t s = 0; s < 2; ++s) for_test::expect_equal(found[s], expected[s]);
  }
}

TEST_F(ReadSteps, DoesNotSortWhatATrialNumberCannotOrder) {
  const std::string torn = "session,trial,stimulus,choice,reward\ns,1,A,0,\ns,2,B,1,1\ns,1,B,1,0\n";
  for_test::expect_data_error([&] { read(torn, {}, {.sort = "trial"}); }, folder.path("steps.csv"), 4,
                              "trial", "stand apart");
}

TEST_F(ReadSteps, AChoiceIsALabelOfItsRowOrAPlace) {
  EXPECT_THAT(read(kTwoOffers + "s,1,A,B,B,1\ns,2,B,A,B,1\n").at(0).choice, ElementsAre(1, 0));
  EXPECT_THAT(read(kTwoOffers + "s,1,A,B,1,1\ns,2,B,A,1,1\n").at(0).choice, ElementsAre(1, 1));
  // Symbols called 0 and 1: read as labels unless places are asked for.
  const std::string symbols = kTwoOffers + "s,1,0,1,1,1\ns,2,1,0,1,1\n";
  EXPECT_THAT(read(symbols).at(0).choice, ElementsAre(1, 0));
  EXPECT_THAT(read(symbols, {}, {.choice_values = {"0", "1"}}).at(0).choice, ElementsAre(1, 1));
}

TEST_F(ReadSteps, ChoicesAreReadAsTheyAreCoded) {
  const StepCoding words{.choice_values = {"left", "right"}, .no_choice = {"none"}};
  EXPECT_THAT(read(kTwoOffers + "s,1,A,B,right,1\ns,2,A,B,none,\ns,3,A,B,left,0\n", {}, words).at(0).choice,
              ElementsAre(1, kNoChoice, 0));
  const StepCoding numbers{.choice_values = {"1", "2"}, .no_choice = {"-999"}};
  EXPECT_THAT(read(kTwoOffers + "s,1,A,B,2.0,1\ns,2,A,B,-999,\ns,3,A,B,1,0\n", {}, numbers).at(0).choice,
              ElementsAre(1, kNoChoice, 0));
  const StepCoding answers{.choice_values = {"no", "yes"}};
  EXPECT_THAT(
      read("session,trial,stimulus,choice,reward\ns,1,A,no,\ns,1,B,yes,1\n", {}, answers).at(0).choice,
      ElementsAre(0, 1));
}

TEST_F(ReadSteps, ArmsStandForStimuliThatNoColumnNames) {
  const std::string table = "session,trial,choice,reward\ns,1,2,1\ns,2,1,0\n";
  const Session given = read(table, {}, {.choice_values = {"1", "2"}, .arms = {"left", "right"}}).at(0);
  EXPECT_THAT(given.stimuli, ElementsAre("left", "right"));
  EXPECT_THAT(given.stimulus, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(given.choice, ElementsAre(1, 0));
  const Session read_off = read("session,trial,choice,reward\ns,1,right,1\ns,2,none,\ns,3,left,0\n").at(0);
  EXPECT_THAT(read_off.stimuli, ElementsAre("left", "right"));
  EXPECT_THAT(read_off.choice, ElementsAre(1, kNoChoice, 0));
}

TEST_F(ReadSteps, ForcedChoicesTeachAndAreNotScored) {
  const Session session = read(
                              "session,trial,stimulus0,stimulus1,choice,reward,scored\n"
                              "s,1,A,B,1,1,0\ns,2,A,B,0,0,TRUE\n")
                              .at(0);
  EXPECT_THAT(session.scored, ElementsAre(false, true));
  EXPECT_THAT(session.learns, ElementsAre(true, true));
  EXPECT_EQ(session.scored_choice(0), kNoChoice);
  EXPECT_EQ(session.scored_choice(1), 0);
}

TEST_F(ReadSteps, AColumnSaysWhichStepsTeach) {
  const Session session = read(
                              "session,trial,stimulus0,stimulus1,choice,reward,learns\n"
                              "s,1,A,B,1,1,0\ns,2,A,B,0,0,1\n")
                              .at(0);
  EXPECT_THAT(session.learns, ElementsAre(false, true));
}

TEST_F(ReadSteps, ARewardWithoutAChoiceIsFreeAndAMissingOneUnknown) {
  const Session session = read(kTwoOffers + "s,1,A,B,,1\ns,2,A,B,1,\ns,3,A,B,0,0\ns,4,A,B,,0\n").at(0);
  EXPECT_THAT(session.reward, ElementsAre(1, IsNan(), 0, IsNan()));
  EXPECT_THAT(session.learns, ElementsAre(false, true, true, false));
}

TEST_F(ReadSteps, ARejectionHasAnOutcomeWhereTheTaskPaysOne) {
  const std::string table = "session,stimulus,choice,reward\ns,go,1,1\ns,stop,0,-1\ns,stop,0,1\n";
  for_test::expect_data_error([&] { read(table); }, folder.path("steps.csv"), 3, "reward",
                              "data.rewards_on_rejection=true");
  const Session session = read(table, {}, {.rewards_on_rejection = true}).at(0);
  EXPECT_THAT(session.reward, ElementsAre(1, -1, 1));
  EXPECT_THAT(session.learns, ElementsAre(true, true, true));
  EXPECT_THAT(session.trial, ElementsAre(0, 1, 2));
}

TEST_F(ReadSteps, TakesOtherCommonNamesOfColumns) {
  const Reading reading = read_steps(folder.write(
      "steps.csv", "mouse,date,trial,side,water\nK1,2025-05-05,1,right,1\nK1,2025-05-05,2,left,0\n"));
  EXPECT_EQ(reading.sessions.at(0).animal, "K1");
  EXPECT_EQ(reading.sessions.at(0).name, "2025-05-05");
  EXPECT_THAT(reading.how, Contains(HasSubstr("'water' was taken for the reward")));
}

TEST_F(ReadSteps, TakesNamesWithSpacesAndHyphens) {
  const Reading reading = read_steps(folder.write(
      "steps.csv",
      "Mouse ID,Recording day,Trial-Nr,Trial_Onset,side,water\nK1,a,1,0.5,right,1\nK1,b,1,0.5,left,0\n"));
  ASSERT_EQ(reading.sessions.size(), 2U);
  EXPECT_EQ(reading.sessions[1].name, "b");
  EXPECT_THAT(reading.sessions[1].trial, ElementsAre(1));
  EXPECT_THAT(reading.sessions[1].time, ElementsAre(0.5));
}

TEST_F(ReadSteps, TakesForTimesWhatHoldsNumbers) {
  const Reading reading = read_steps(folder.write(
      "steps.csv", "session,trial,timestamp,side,water\ns,1,14:03:22,right,1\ns,2,14:03:29,left,0\n"));
  EXPECT_THAT(reading.sessions.at(0).time, testing::IsEmpty());
  EXPECT_THAT(reading.how, Contains(HasSubstr("'timestamp' holds no numbers")));
}

TEST_F(ReadSteps, RefusesTwoColumnsOfOneMeaning) {
  for (const auto& [first, second, key] : {std::tuple{"subject", "mouse", "animal"},
                                           {"date", "day", "session"},
                                           {"trial_number", "trial_id", "trial"},
                                           {"block_number", "block_index", "block"},
                                           {"onset", "timestamp", "time"}}) {
    const std::string text = std::string(first) + "," + second + ",stimulus,choice,reward\n1,1,A,1,1\n";
    for_test::expect_data_error([&] { read(text); }, folder.path("steps.csv"), 1, second,
                                std::string("'") + first +
                                    "'; expected one column of it: say which it is: data.columns." + key +
                                    "=NAME");
  }
}

TEST_F(ReadSteps, RefusesOneColumnOfTwoMeanings) {
  ColumnNames names;
  names.reward = "choice";
  for_test::expect_data_error([&] { read("session,trial,choice,stimulus\ns,1,1,A\n", names); },
                              folder.path("steps.csv"), 1, "choice", "two things, choice and reward");
}

TEST_F(ReadSteps, WithoutAColumnOfSessionsEachAnimalIsOne) {
  const auto sessions =
      read("animal,trial,stimulus0,stimulus1,choice,reward\nm1,1,A,B,1,1\nm2,1,A,B,1,1\nm2,2,A,B,1,1\n");
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[1].name, "m2");
  EXPECT_EQ(sessions[1].steps(), 2U);
}

TEST_F(ReadSteps, RefusesWrongColumns) {
  const BadInput cases[] = {
      {"sesion,trial,choice,reward,stimulus\ns,1,1,1,A\n", 1, "session", "is it 'sesion'"},
      {"session,trial,reward,stimulus\ns,1,1,A\n", 1, "choice", "no such column"},
      {"session,tril,choice,reward,stimulus\ns,1,1,1,A\n", 1, "trial", "is it 'tril'"},
      {"session,trial,choice,stimulus\ns,1,1,A\n", 1, "reward", "no such column"},
      // several missing ones at once
      {"session,trial,dec,rew_ml,odour_a\ns,1,1,1,A\n", 1, "choice",
       "there is no such column (what the animal chose), and none of reward (the reward), stimulus (what was "
       "offered; not needed where choices are words); found the columns session, trial, dec, rew_ml, "
       "odour_a; "
       "rename them, or say which each is, as data.columns.choice=NAME"},
      {"session,trial,Choice,Reward,stimulus\ns,1,1,1,A\n", 1, "choice",
       "(what the animal chose; is it 'Choice'?), and none of reward (the reward; is it 'Reward'?); found"},
      {"session,trial,choice,reward\ns,1,1,1\n", 1, "stimulus", "which stimulus"},
      {"session,trial,choice,reward,stimulus,Animal\ns,1,1,1,A,f\n", 1, "Animal", "expected 'animal'"},
      {"session,trial,choice,reward,x0,x2\ns,1,1,1,1,1\n", 1, "x1", "without a hole"},
      {"session,trial,choice,reward,x0,x00\ns,1,1,1,1,1\n", 1, "x00", "same number"},
      {"session,trial,choice,reward,x0,x0_0,x1_0\ns,1,1,1,1,1,1\n", 1, "x0_0", "several offers"},
      {"session,trial,choice,reward,x0_0,x0_1,x1_0\ns,1,1,1,1,1,1\n", 1, "x1_1", "every one of the 2 offers"},
      {"session,trial,choice,reward,x0_0,x1_0,x1_1\ns,1,1,1,1,1,1\n", 1, "x0_1", "every one of the 2 offers"},
      {"session,trial,choice,reward,x0_0\ns,1,1,1,1\n", 1, "x0_0", "the only offer"},
      {"session,trial,choice,reward,stimulus0,stimulus1,x0_0,x1_0,x2_0\ns,1,1,1,A,B,1,1,1\n", 1, "x2_0",
       "labels of 2"},
      {"session,x0_0,x1_0,y0\ns,1,1,1\n", 1, "choice", "need a choice"},
      {"session,stimulus,y0\ns,A,1\n", 1, "x0", "need the stimulus vectors"},
      {"session,trial,choice,reward,stimulus\n", 0, "", "no steps"},
  };
  for (const BadInput& bad : cases) {
    SCOPED_TRACE(bad.text);
    for_test::expect_data_error([&] { read(bad.text); }, folder.path("steps.csv"), bad.row, bad.column,
                                bad.says);
  }
}

TEST_F(ReadSteps, TakesWhatPandasAndRWrite) {
  const std::vector<Session> found = read(
      "session,trial,choice,reward,stimulus\ns,1,False,0,A\ns,1,True,TRUE,B\ns,2,NA,NaN,A\ns,3,TRUE,FALSE,"
      "A\n");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found[0].choice, ElementsAre(0, 1, kNoChoice, 1));
  EXPECT_THAT(found[0].reward, ElementsAre(IsNan(), 1, IsNan(), 0));
}

TEST_F(ReadSteps, AColumnThatIsMappedMustBeThere) {
  const std::string table = "session,trial,choice,reward,stimulus\ns,1,1,1,A\n";
  ColumnNames names;
  for (const auto& [field, key] :
       {std::pair{&ColumnNames::animal, "animal"}, {&ColumnNames::block, "block"}}) {
    names.*field = "mouse";
    for_test::expect_data_error([&] { read(table, names); }, folder.path("steps.csv"), 1, "mouse",
                                std::string("data.columns.") + key + "=NAME");
    names = {};
  }
}

TEST_F(ReadSteps, RefusesWrongCellsOfAcceptOrReject) {
  const std::string header = "session,trial,choice,reward,stimulus,x0,y3\n";
  const BadInput cases[] = {
      {"s,1,1,1,A,1,0\ns,2,2,1,A,1,0\n", 3, "choice", "found '2', expected 0 (rejected), 1 (accepted)"},
      {"s,1,0.5,1,A,1,0\n", 2, "choice", "found '0.5'"},
      {"s,1,yes,1,A,1,0\n", 2, "choice", "found 'yes'"},
      {"s,1,0,1,A,1,0\n", 2, "reward", "found '1' on a step that rejected its offer"},
      {"s,1,1,1,NA,1,0\n", 2, "stimulus", "missing"},
      {"s,1,1,,A,1,0\n", 1, "reward", "write 0 where there was none"},
      {"s,1,1,inf,A,1,0\n", 2, "reward", "found 'inf'"},
      {"s,1,1,1,A,1,0\ns,1,1,1,A,1,0\n", 3, "trial", "trial 1 goes on after an acceptance"},
      {"s,one,1,1,A,1,0\n", 2, "trial", "found 'one'"},
      {"s,,1,1,A,1,0\n", 2, "trial", "missing"},
      {",1,1,1,A,1,0\n", 2, "session", "missing"},
      {"s,1,1,1,,1,0\n", 2, "stimulus", "missing"},
      {"s,1,1,1,A,,0\n", 2, "x0", "the stimulus must be known"},
      {"s,1,1,1,A,nan,0\n", 2, "x0", "the stimulus must be known"},
      {"s,1,1,1,A,1,loud\n", 2, "y3", "found 'loud'"},
      {"s,1,1,1,A,1,0\nt,1,1,1,A,1,0\n\ns,2,1,1,A,1,0\n", 5, "session", "sort the file by session"},
  };
  for (const BadInput& bad : cases) {
    SCOPED_TRACE(bad.text);
    for_test::expect_data_error([&] { read(header + bad.text); }, folder.path("steps.csv"), bad.row,
                                bad.column, bad.says);
  }
}

TEST_F(ReadSteps, RefusesWrongCellsOfAChoiceAmongOffers) {
  const std::string header = "session,trial,choice,reward,stimulus0,stimulus1,stimulus2\n";
  const BadInput cases[] = {
      {"s,1,3,1,A,B,C\n", 2, "choice", "the number of an offer, 0 to 2"},
      {"s,1,-1,1,A,B,C\n", 2, "choice", "found '-1'"},
      {"s,1,2,,A,B,C\n", 1, "reward", "no reward is known"},
      {"s,1,2,1,A,,C\n", 2, "stimulus1", "missing"},
  };
  for (const BadInput& bad : cases) {
    SCOPED_TRACE(bad.text);
    for_test::expect_data_error([&] { read(header + bad.text); }, folder.path("steps.csv"), bad.row,
                                bad.column, bad.says);
  }
}

TEST_F(ReadSteps, RefusesNamesThatAreNone) {
  const std::string longest(kLongestName, 'n');
  EXPECT_EQ(read("animal,stimulus,choice,reward\n" + longest + ",A,1,1\n").at(0).animal, longest);
  const auto refuse = [&](const std::string& name, const char* says) {
    const std::vector<std::string> columns = {"animal", "session", "stimulus"};
    for (std::size_t named = 0; named < columns.size(); ++named) {
      std::string row;
      for (std::size_t column = 0; column < columns.size(); ++column)
        row += (column == named ? name : "A") + ",";
      const std::string text = "animal,session,stimulus,choice,reward\n" + row + "1,1\n";
      for_test::expect_data_error([&] { read(text); }, folder.path("steps.csv"), 2, columns[named], says);
    }
  };
  refuse(std::string(100'000, 'n'),
         "found a name of 100000 bytes, expected 255 at most; give it a shorter one");
  refuse(std::string("a\0b", 3), "found a NUL byte");
  refuse("\xED\xA0\x80", "not UTF-8");  // a surrogate that stands alone
  refuse("\xC0\xAF", "not UTF-8");      // longer than need be
  refuse("\xF4\x90\x80\x80", "not UTF-8");
}

// Time that grows with the square of the stimuli would be minutes here.
TEST_F(ReadSteps, EveryRowMayHaveAStimulusOfItsOwn) {
  std::string text = "stimulus,choice,reward\n";
  for (int row = 0; row < 100'000; ++row) text += "st" + std::to_string(row) + ",1,0\n";
  EXPECT_EQ(read(text).at(0).stimuli.size(), 100'000U);
}

TEST_F(ReadSteps, RefusesMoreStimuliThanSessionsCanShare) {
  std::string text = "session,stimulus,choice,reward\n";
  for (int row = 0; row < 10'000; ++row) {
    const std::string number = std::to_string(row);
    text += "s" + number + ",st" + number + ",1,0\n";
  }
  for_test::expect_data_error([&] { read(text); }, "data", 0, "stimulus",
                              "found 10000 stimuli in 10000 sessions, expected few that come again");
}

TEST_F(ReadSteps, NamesThatBeginLikeAFormulaComeBack) {
  const std::vector<Session> sessions =
      read("animal,session,stimulus,choice,reward\n=a,+s,@st,1,1\n=a,+s,-st,1,1\n");
  EXPECT_EQ(sessions.at(0).animal, "=a");
  EXPECT_THAT(sessions.at(0).stimuli, ElementsAre("-st", "@st"));
  std::ostringstream out;
  write_steps(out, sessions);
  EXPECT_THAT(out.str(), HasSubstr("'=a,'+s,"));
  for_test::expect_equal(read(out.str()).at(0), sessions.at(0));
}

}  // namespace
}  // namespace synfer
