#include "synfer/formats/read.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "synfer/base/files_for_test.h"

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
  const auto unknown = folder.write("other/a.dat", "bytes");
  expect_data_error([&] { read_sessions({unknown}); }, unknown, 0, "",
                    "read now are: choices.csv and rewards.csv");
  expect_data_error([&] { read_sessions({folder.path("other")}); }, folder.path("other"), 0, "",
                    "found no data in the folder");
}

TEST_F(Read, FilesOfOtherKindsAreAnsweredWithTheWayToConvertThem) {
  const struct {
    const char* name;
    const char* says;
  } cases[] = {
      {"a.npy", "np.savez"},       {"a.pkl", "a pickle is a program"}, {"a.xlsx", "save the sheet as CSV"},
      {"a.XLS", "save the sheet"}, {"a.parquet", "synfer.read("},      {"a.json", "pandas.DataFrame"},
      {"a.rds", "write.csv("},     {"a.csv.zip", "unpack it"},         {"a.mat.gz", "unpack it"}};
  for (const auto& each : cases) {
    SCOPED_TRACE(each.name);
    const auto path = folder.write(std::string("one_") + each.name + "/" + each.name, "bytes");
    expect_data_error([&] { read_sessions({path}); }, path, 0, "", each.says);
    const auto within = std::filesystem::path(path).parent_path().string();
    expect_data_error([&] { read_sessions({within}); }, path, 0, "", each.says);
  }
}

TEST_F(Read, TablesOfEverySuffixAreRead) {
  std::string tabs = kHeader + "s,1,1,1,A\n";
  std::replace(tabs.begin(), tabs.end(), ',', '\t');
  for (const char* name : {"a.tsv", "a.txt", "a.TSV", "a.csv"}) {
    EXPECT_THAT(names_of(read_sessions({folder.write(name, tabs)})), ElementsAre("s")) << name;
  }
  std::filesystem::remove(folder.path("a.csv"));
  std::filesystem::remove(folder.path("a.TSV"));
  std::filesystem::remove(folder.path("a.tsv"));
  folder.write("notes.txt", "the rig, on Monday\nwas loud\n");
  EXPECT_THAT(names_of(read_sessions({folder.path()})), ElementsAre("s")) << "notes are no data";
}

TEST_F(Read, RefusesTheSameBytesUnderTwoNames) {
  const std::string rows = "stimulus,trial,choice,reward\nA,1,1,1\n";
  const auto a = folder.write("fly1.csv", rows);
  const auto b = folder.write("copy of fly1.csv", rows);
  const auto c = folder.write("fly2.csv", rows + "A,2,1,0\n");
  EXPECT_EQ(read_sessions({a, c}).size(), 2U);
  expect_data_error([&] { read_sessions({a, c, b}); }, b, 0, "", "holds the same bytes as " + a);
  expect_data_error([&] { read_sessions({a, a}); }, a, 0, "", "is given twice");
}

TEST_F(Read, RefusesSessionsThatDoNotBelongTogether) {
  const auto labels = folder.write("a.csv", kHeader + "a,1,1,1,A\n");
  const auto vectors = folder.write("b.csv", "session,trial,choice,reward,x0\nb,1,1,1,1\n");
  const auto offers = folder.write("c.csv", "session,trial,choice,reward,stimulus0,stimulus1\nc,1,1,1,A,B\n");
  const auto twin = folder.write("d.csv", kHeader + "a,1,0,0,A\n");
  const auto other_animal = folder.write("e.csv", "animal," + kHeader + "fly,a,1,1,1,A\n");
  expect_data_error([&] { read_sessions({labels, vectors}); }, vectors, 0, "", "has 1 inputs");
  expect_data_error([&] { read_sessions({labels, offers}); }, offers, 0, "", "has 2 offers a step");
  expect_data_error([&] { read_sessions({labels, twin}); }, twin, 0, "", "is in " + labels + " already");
  EXPECT_EQ(read_sessions({labels, other_animal}).size(), 2U);
}

// A table that another program is still writing to.
TEST_F(Read, RefusesAFileThatIsWrittenToWhileItIsRead) {
  std::string rows = kHeader;
  for (int trial = 0; trial < 100'000; ++trial) rows += "a," + std::to_string(trial) + ",1,1,A\n";
  const std::string path = folder.write("a.csv", rows);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) {
      std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now());
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  expect_data_error([&] { read_sessions({path}); }, path, 0, "", "changed while it was read");
  done = true;
  writer.join();
}

}  // namespace
}  // namespace synfer
