#include "synfer/formats/column_names.h"

#include <gtest/gtest.h>

namespace synfer {
namespace {

TEST(ColumnNames, HaveOtherCommonNamesInAnyCaseAndWithAnyLine) {
  const ColumnNames names;
  EXPECT_EQ(common_meaning("outcome", names), "reward");
  EXPECT_EQ(common_meaning("Mouse_ID", names), "animal");
  EXPECT_EQ(common_meaning("trial-number", names), "trial");
  EXPECT_EQ(common_meaning("timestamp", names), "time");
  EXPECT_EQ(common_meaning("temperature", names), "");
  EXPECT_EQ(common_meaning("reward", names), "");  // its own name is no other one
}

// A name of one's own is meant as it is; a column that has it means nothing else.
TEST(ColumnNames, OfOnesOwnStandForNothingElse) {
  ColumnNames names;
  names.reward = "water";
  names.choice = "outcome";
  EXPECT_EQ(common_meaning("outcome", names), "");
  EXPECT_EQ(common_meaning("juice", names), "");
  names.stimulus = "action";
  EXPECT_EQ(common_meaning("action", names), "");
}

TEST(ColumnNames, AreFoundInAHeaderByEither) {
  const ColumnNames names;
  EXPECT_TRUE(has_column({"day", "choice"}, names, "session"));
  EXPECT_TRUE(has_column({"session"}, names, "session"));
  EXPECT_FALSE(has_column({"sessions of old"}, names, "session"));
  EXPECT_TRUE(has_column({"time"}, names, "time"));
  EXPECT_TRUE(has_column({"odor"}, names, "stimulus"));
}

}  // namespace
}  // namespace synfer
