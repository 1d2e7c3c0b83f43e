#include "synfer/formats/row_order.h"

#include <gtest/gtest.h>

#include <sstream>

#include "synfer/base/error.h"
#include "synfer/base/files_for_test.h"
#include "synfer/formats/read_steps.h"
#include "synfer/formats/write_steps.h"

namespace synfer {
namespace {

using testing::ElementsAre;

struct RowOrderOfFiles : testing::Test {
  for_test::Folder folder;
  std::vector<Session> read(const std::string& rows, const StepCoding& coding = {}) const {
    return read_steps(folder.write("steps.csv", "trial,block,stimulus0,stimulus1,choice,reward\n" + rows), {},
                      coding)
        .sessions;
  }
};

// Trials 1 to 4 in two blocks, sorted as text sorts 1, 10, 11, 2, ...
constexpr const char* kAsText = "1,a,L,R,0,1\n10,a,L,R,1,0\n11,b,L,R,1,1\n2,a,L,R,0,0\n3,a,L,R,0,0\n";

TEST_F(RowOrderOfFiles, TrialsCountedThroughTheSessionDoNotGoDownWithABlock) {
  EXPECT_THROW(read(kAsText), DataError);
  StepCoding sorted;
  sorted.sort = "trial";
  EXPECT_THAT(read(kAsText, sorted)[0].trial, ElementsAre(1, 2, 3, 10, 11));
}

TEST_F(RowOrderOfFiles, TrialsMayBeginAgainWithABlock) {
  EXPECT_THAT(read("1,a,L,R,0,1\n2,a,L,R,1,0\n1,b,L,R,1,1\n2,b,L,R,0,0\n")[0].trial, ElementsAre(1, 2, 1, 2));
}

// Two sessions of blocks a and b (or 0 and 1), joined; trials counted through each, or within blocks.
TEST_F(RowOrderOfFiles, ABlockDoesNotComeAgainWithItsTrials) {
  for (const char* rows :
       {"1,a,L,R,0,1\n2,b,L,R,1,0\n1,a,L,R,1,1\n2,b,L,R,0,0\n",
        "1,a,L,R,0,1\n1,b,L,R,1,0\n1,a,L,R,1,1\n1,b,L,R,0,0\n", "1,0,L,R,0,1\n2,1,L,R,1,0\n1,0,L,R,1,1\n"}) {
    for_test::expect_data_error([&] { read(rows); }, folder.path("steps.csv"), 4, "trial",
                                "name the column of sessions");
  }
}

TEST_F(RowOrderOfFiles, TrialsThatCountOnFromABlockDoNotBeginAnewWithAnother) {
  const char* joined = "1,a,L,R,0,1\n2,b,L,R,1,0\n3,c,L,R,1,1\n1,b,L,R,0,0\n2,c,L,R,0,0\n";
  for_test::expect_data_error([&] { read(joined); }, folder.path("steps.csv"), 5, "trial",
                              "count on from other blocks");
}

TEST_F(RowOrderOfFiles, BlocksThatAreNumbersRiseWhereTrialsAreCountedWithinThem) {
  const std::string falls = "1,2,L,R,0,1\n2,2,L,R,1,0\n1,1,L,R,1,1\n2,1,L,R,0,0\n";
  for_test::expect_data_error([&] { read(falls); }, folder.path("steps.csv"), 4, "block", "data.sort=trial");
  EXPECT_THAT(read(falls, {.sort = "trial"})[0].block, ElementsAre(1, 1, 2, 2));
  EXPECT_THAT(read("1,2,L,R,0,1\n2,2,L,R,1,0\n3,1,L,R,1,1\n4,1,L,R,0,0\n")[0].block, ElementsAre(2, 2, 1, 1))
      << "counted through the session, so that trials say the order";
}

TEST_F(RowOrderOfFiles, TimesSayTheOrderOfBlocks) {
  const std::string timed =
      "start_time,trial,block,stimulus0,stimulus1,choice,reward\n"
      "1,1,2,L,R,0,1\n2,2,2,L,R,1,0\n3,1,1,L,R,1,1\n4,2,1,L,R,0,0\n";
  EXPECT_THAT(read_steps(folder.write("timed.csv", timed)).sessions[0].block, ElementsAre(2, 2, 1, 1));
}

TEST_F(RowOrderOfFiles, TrialsDoNotSortBlocksThatHaveNames) {
  for (const char* rows :
       {"1,b,L,R,0,1\n2,b,L,R,1,0\n1,a,L,R,1,1\n", "1,0.8,L,R,0,1\n2,0.8,L,R,1,0\n1,0.2,L,R,1,1\n"}) {
    for_test::expect_data_error([&] { read(rows, {.sort = "trial"}); }, folder.path("steps.csv"), 1, "block",
                                "number the blocks");
  }
}

TEST_F(RowOrderOfFiles, ALabelIsWrittenInOneWay) {
  EXPECT_THROW(read("1,a,1,2,0,1\n2,a,1.0,2,1,0\n"), DataError);
}

TEST_F(RowOrderOfFiles, SymbolsCalledLikePlacesAreWrittenByTheirLabels) {
  const auto sessions = read("1,0,0,1,1,1\n2,0,1,0,1,0\n3,0,1,0,0,0\n");
  EXPECT_THAT(sessions[0].choice, ElementsAre(1, 0, 1));
  std::ostringstream csv;
  write_steps(csv, sessions);
  const auto again = read_steps(folder.write("again.csv", csv.str())).sessions;
  EXPECT_THAT(again[0].choice, ElementsAre(1, 0, 1));
}

}  // namespace
}  // namespace synfer
