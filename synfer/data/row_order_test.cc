#include "synfer/data/row_order.h"

#include <gtest/gtest.h>

#include <sstream>

#include "synfer/base/error.h"
#include "synfer/data/files_for_test.h"
#include "synfer/data/read_steps.h"
#include "synfer/data/write_steps.h"

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
