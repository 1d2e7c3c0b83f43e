#include "synfer/formats/read_flies2022.h"

#include <gtest/gtest.h>

#include "synfer/base/files_for_test.h"
#include "synfer/data/inventory.h"

namespace synfer {
namespace {

using testing::ElementsAre;

struct ReadFlies2022 : testing::Test {
  for_test::Folder folder;
  std::vector<Session> read(const std::string& choices, const std::string& rewards) const {
    return read_flies2022(folder.write("choices.csv", choices), folder.write("rewards.csv", rewards));
  }
};

TEST_F(ReadFlies2022, ATrialIsAChoiceBetweenTwoOdours) {
  const auto flies = read("0,1,1\n1,0,0\n", "1,0,1\r\n0,0,1\r\n");
  ASSERT_EQ(flies.size(), 2U);
  const Session& fly = flies[0];
  EXPECT_EQ(fly.animal, "fly1");
  EXPECT_EQ(fly.name, "fly1");
  EXPECT_EQ(fly.offers, 2);
  EXPECT_THAT(fly.stimuli, ElementsAre("0", "1"));
  EXPECT_THAT(fly.stimulus, ElementsAre(0, 1, 0, 1, 0, 1));
  EXPECT_THAT(fly.trial, ElementsAre(0, 1, 2));
  EXPECT_THAT(fly.choice, ElementsAre(0, 1, 1));
  EXPECT_THAT(fly.reward, ElementsAre(1, 0, 1));
  EXPECT_THAT(fly.learns, ElementsAre(true, true, true));
  EXPECT_EQ(flies[1].animal, "fly2");
}

TEST_F(ReadFlies2022, RefusesWrongCellsAndShapes) {
  const struct {
    const char* choices;
    const char* rewards;
    const char* file;
    std::size_t row;
    const char* column;
    const char* says;
  } cases[] = {
      {"0,2\n", "0,0\n", "choices.csv", 1, "2", "found '2', expected 0 or 1"},
      {"0,1\n0,\n", "0,0\n0,0\n", "choices.csv", 2, "2", "expected 0 or 1"},
      {"0,1\n0,1\n", "0,0\n0,x\n", "rewards.csv", 2, "2", "found 'x'"},
      {"0,1\n0,1\n", "0,0\n0,0.5\n", "rewards.csv", 2, "2", "found '0.5'"},
      {"0,1\n0\n", "0,0\n0,0\n", "choices.csv", 2, "2", "found 1 cells"},
      {"0,1\n0,1\n", "0,0\n", "rewards.csv", 0, "", "found 1 flies x 2 trials, expected 2 x 2"},
      {"0,1\n", "0\n", "rewards.csv", 0, "", "found 1 flies x 1 trials, expected 1 x 2"},
      {"0,1\n", "", "rewards.csv", 0, "", "empty"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.says);
    for_test::expect_data_error([&] { read(bad.choices, bad.rewards); }, folder.path(bad.file), bad.row,
                                bad.column, bad.says);
  }
}

TEST(RecordedFlies2022, AreEightyEightFliesOf160Trials) {
  const std::string data = for_test::shared_data("flies2022");
  SYNFER_SKIP_WITHOUT(data);
  const auto flies = read_flies2022(data + "/choices.csv", data + "/rewards.csv");
  const Inventory found = take_inventory(flies);
  EXPECT_EQ(found.animals, 88U);
  EXPECT_EQ(found.sessions, 88U);
  EXPECT_EQ(found.trials, 88U * 160U);
  EXPECT_EQ(found.choices, 88U * 160U);
  EXPECT_EQ(found.omissions, 0U);
}

}  // namespace
}  // namespace synfer
