#include "synfer/base/text.h"

#include <gtest/gtest.h>

#include "synfer/base/columns.h"

namespace synfer {
namespace {

TEST(Text, OneIsNoPlural) {
  EXPECT_EQ(counted(1, "file"), "1 file");
  EXPECT_EQ(counted(2, "file"), "2 files");
  EXPECT_EQ(counted(0, "file"), "0 files");
}

TEST(Columns, AreAsWideAsTheirWidestCell) {
  Columns table({6, 4});
  table.row({"", "n"});
  table.row({"session", "1000000"});
  table.line("and a line across all of them, however long");
  table.row({"x", "12", "of 3"});
  EXPECT_EQ(table.text(),
            "               n\n"
            "session  1000000\n"
            "and a line across all of them, however long\n"
            "x             12  of 3\n");
}

TEST(Columns, CountCharactersAndNotTheirBytes) {
  Columns table({0, 0});
  table.row({"Mäuschen", "1"});
  table.row({"mouse", "10"});
  EXPECT_EQ(table.text(), "Mäuschen   1\nmouse     10\n");
}

}  // namespace
}  // namespace synfer
