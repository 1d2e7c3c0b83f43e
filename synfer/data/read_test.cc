#include "synfer/data/read.h"

#include <gtest/gtest.h>

#include "synfer/data/files_for_test.h"

namespace synfer {
namespace {

using for_test::expect_data_error;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kHeader = "session,trial,choice,reward,stimulus\n";

std::vector<std::string> names_of(const std::vector<Session>& sessions) {
  std::vector<std::string> names;
  for (const Session& session : sessions) names.push_back(session.name);
  return names;
}

struct Read : testing::Test {
  for_test::Folder folder;
};

TEST_F(Read, StimulusNamesAreSharedByAllFiles) {
  const auto a = folder.write("a.csv", kHeader + "a,1,1,1,B\n");
  const auto b = folder.write("b.csv", kHeader + "b,1,1,1,C\nb,2,1,1,A\n");
  const DataSet data = read_data({a, b});
  EXPECT_THAT(names_of(data.sessions), ElementsAre("a", "b"));
  for (const Session& session : data.sessions) EXPECT_THAT(session.stimuli, ElementsAre("A", "B", "C"));
  EXPECT_THAT(data.sessions[0].stimulus, ElementsAre(1));
  EXPECT_THAT(data.sessions[1].stimulus, ElementsAre(2, 0));
  EXPECT_THAT(data.files, ElementsAre(identify(a), identify(b)));
}

TEST_F(Read, FilesOfAFolderComeInTheOrderOfTheirNumbers) {
  for (const char* name : {"s10", "s2", "s1"})
    folder.write(name + std::string(".csv"), kHeader + name + ",1,1,1,A\n");
  folder.write("notes.txt", "not data");
  EXPECT_THAT(names_of(read_sessions({folder.path()})), ElementsAre("s1", "s2", "s10"));
}

TEST_F(Read, APairIsReadOnceHoweverItIsGiven) {
  const auto choices = folder.write("choices.csv", "0,1\n1,1\n");
  const auto rewards = folder.write("rewards.csv", "1,1\n0,0\n");
  folder.write("training_experiments.csv", "exp0.csv\nexp0.csv\n");
  const std::vector<std::vector<std::string>> ways = {
      {folder.path()}, {choices, rewards}, {rewards, choices}, {choices}};
  for (const auto& paths : ways) {
    const DataSet data = read_data(paths);
    EXPECT_THAT(names_of(data.sessions), ElementsAre("fly1", "fly2"));
    ASSERT_EQ(data.files.size(), 2U);
    EXPECT_THAT(data.files[0].path, HasSubstr("choices.csv"));
  }
  std::filesystem::remove(rewards);
  expect_data_error([&] { read_data({choices}); }, rewards, 0, "", "no such file");
}

TEST_F(Read, AStepsTableMayBeCalledChoices) {
  const auto path = folder.write("choices.csv", kHeader + "s,1,1,1,A\n");
  EXPECT_THAT(names_of(read_sessions({path})), ElementsAre("s"));
}

TEST_F(Read, AFormatCanBeNamed) {
  const auto path = folder.write("table.txt", kHeader + "s,1,1,1,A\n");
  ReadOptions options;
  options.format = "steps";
  EXPECT_THAT(names_of(read_sessions({path}, options)), ElementsAre("s"));
  options.format = "matlab";
  expect_data_error([&] { read_sessions({path}, options); }, path, 0, "", "MATLAB");
  options.format = "stpes";
  try {
    read_sessions({path}, options);
    FAIL();
  } catch (const ConfigurationError& error) {
    EXPECT_EQ(error.key, "data.format");
    EXPECT_EQ(error.nearest, "steps");
  }
  EXPECT_THAT(format_names(), ElementsAre("flies2022", "matlab", "npz", "foraging-nwb", "nwb", "steps"));
}

TEST_F(Read, ColumnNamesAreHandedOn) {
  const auto path = folder.write("a.csv", "day,trial,choice,reward,stimulus\ns,1,1,1,A\n");
  ReadOptions options;
  options.columns.session = "day";
  EXPECT_THAT(names_of(read_sessions({path}, options)), ElementsAre("s"));
}

TEST_F(Read, RefusesWhatItCannotRead) {
  expect_data_error([&] { read_sessions({}); }, "data", 0, "", "found no sessions");
  expect_data_error([&] { read_sessions({folder.path("none")}); }, folder.path("none"), 0, "",
                    "no such file or folder");
  for (const char* name : {"a.npy", "a.pkl", "a.xlsx"}) {
    const auto path = folder.write(name, "bytes");
    expect_data_error([&] { read_sessions({path}); }, path, 0, "",
                      "read now are: choices.csv and rewards.csv");
  }
  expect_data_error([&] { read_sessions({folder.path()}); }, folder.path(), 0, "",
                    "found no data in the folder");
}

TEST_F(Read, RefusesSessionsThatDoNotBelongTogether) {
  const auto labels = folder.write("a.csv", kHeader + "a,1,1,1,A\n");
  const auto vectors = folder.write("b.csv", "session,trial,choice,reward,x0\nb,1,1,1,1\n");
  const auto offers = folder.write("c.csv", "session,trial,choice,reward,stimulus0,stimulus1\nc,1,1,1,A,B\n");
  const auto twin = folder.write("d.csv", kHeader + "a,1,1,1,A\n");
  const auto other_animal = folder.write("e.csv", "animal," + kHeader + "fly,a,1,1,1,A\n");
  expect_data_error([&] { read_sessions({labels, vectors}); }, vectors, 0, "", "has 1 inputs");
  expect_data_error([&] { read_sessions({labels, offers}); }, offers, 0, "", "has 2 offers a step");
  expect_data_error([&] { read_sessions({labels, twin}); }, twin, 0, "", "is in " + labels + " already");
  EXPECT_EQ(read_sessions({labels, other_animal}).size(), 2U);
}

}  // namespace
}  // namespace synfer
