#include "synfer/data/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "synfer/data/files_for_test.h"

namespace synfer {
namespace {

using namespace std::string_literals;
using for_test::expect_data_error;
using for_test::Folder;

struct TableTest : testing::Test {
  Folder folder;
  Table read(const std::string& bytes, Header header = Header::kFirstRow) const {
    return read_table(folder.write("t.csv", bytes), header);
  }
};

TEST_F(TableTest, HasNamesCellsAndRowNumbers) {
  const Table table = read("a,b\n1,two\n,\"x, \"\"y\"\"\"\n");
  EXPECT_THAT(table.header(), testing::ElementsAre("a", "b"));
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.number(0, 0), 1.0);
  EXPECT_EQ(table.cell(0, 1), "two");
  EXPECT_TRUE(std::isnan(table.number(1, 0)));
  EXPECT_EQ(table.cell(1, 1), "x, \"y\"");
  EXPECT_EQ(table.find("b"), 1U);
  EXPECT_EQ(table.find("c"), std::nullopt);
}

TEST_F(TableTest, ReadsByteOrderMarkAndEveryLineEnd) {
  for (const char* end : {"\n", "\r\n", "\r"}) {
    const Table table = read("\xEF\xBB\xBF"s + "a,b" + end + "1,2" + end + "3,4");
    EXPECT_THAT(table.header(), testing::ElementsAre("a", "b"));
    ASSERT_EQ(table.rows(), 2U);
    EXPECT_EQ(table.number(1, 1), 4.0);
    expect_data_error([&] { table.reject(1, 0, "so"); }, folder.path("t.csv"), 3, "a", "so");
  }
}

TEST_F(TableTest, CountsRowsAsAnEditorDoes) {
  const Table table = read("\na,b\n\n1,\"two\n\nlines\"\n \n3,4\n");
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.header_row(), 2U);
  EXPECT_EQ(table.cell(0, 1), "two\n\nlines");
  expect_data_error([&] { table.reject(0, 0, ""); }, folder.path("t.csv"), 4, "a", "");
  expect_data_error([&] { table.reject(1, 0, ""); }, folder.path("t.csv"), 8, "a", "");
}

TEST_F(TableTest, WithoutHeaderColumnsHaveNumbers) {
  const Table table = read("1,0\n0,1\n", Header::kNone);
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.number(0, 0), 1.0);
  expect_data_error([&] { table.reject(1, 1, ""); }, folder.path("t.csv"), 2, "2", "");
}

TEST_F(TableTest, RefusesDamagedTables) {
  const struct {
    std::string bytes;
    std::size_t row;
    std::string column;
    std::string says;
  } cases[] = {
      {"", 0, "", "empty"},
      {"\xEF\xBB\xBF", 0, "", "empty"},
      {"\n\n", 0, "", "empty"},
      {"a,b\n1,2\n3\n", 3, "b", "found 1 cells, expected 2"},
      {"a,b\n1,2,3\n", 2, "3", "found 3 cells, expected 2"},
      {"a,b,a\n1,2,3\n", 1, "a", "two columns"},
      {"a,b\n1,2\n3,x\0y\n"s, 3, "b", "NUL"},
      {"a,b\0\n1,2\n"s, 1, "2", "NUL"},
      {"a,b\n1,\"2\n3,4\n", 2, "", "quote"},
      {"a,b\n1,x\"y\n", 2, "", "quote"},
      {"a,b\n1,\"x\"y\n", 2, "", "quote"},
      {"a,b\n1,caf\xE9\n", 2, "b", "UTF-8"},
      {"\xFF\xFE"s + "a\0"s, 0, "", "UTF-16"},
      {"0,1,1\n1,0,0\n", 1, "", "numbers alone"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.bytes);
    expect_data_error([&] { read(bad.bytes); }, folder.path("t.csv"), bad.row, bad.column, bad.says);
  }
}

TEST_F(TableTest, RefusesWhatIsNoFile) {
  expect_data_error([&] { read_table(folder.path("none.csv")); }, folder.path("none.csv"), 0, "",
                    "no such file");
  expect_data_error([&] { read_table(folder.path()); }, folder.path(), 0, "", "expected a file");
}

TEST_F(TableTest, NumbersAreFiniteOrMissing) {
  for (const char* text : {"inf", "-inf", "1e999", "abc", "1x", "0x10", "1;2", "na"}) {
    const Table table = read("a,b\n1,"s + text + "\n");
    expect_data_error([&] { std::ignore = table.number(0, 1); }, folder.path("t.csv"), 2, "b",
                      "'"s + text + "'");
  }
  EXPECT_EQ(read("a\n -2.5e-3 \n").number(0, 0), -2.5e-3);
  for (const char* text : {"", "nan", "NaN", "NA", "N/A", "#N/A", "<NA>"}) {
    EXPECT_TRUE(std::isnan(read("a,b\n1,"s + text + "\n").number(0, 1))) << text;
  }
}

TEST_F(TableTest, WholeNumbersAreWhole) {
  EXPECT_EQ(read("a\n-7\n").whole(0, 0), -7);
  EXPECT_EQ(read("a\n3.0\n").whole(0, 0), 3);
  for (const char* text : {"1.5", "3000000000", "one"}) {
    const Table table = read("a\n"s + text + "\n");
    expect_data_error([&] { std::ignore = table.whole(0, 0); }, folder.path("t.csv"), 2, "a", text);
  }
  const Table gap = read("a,b\n,1\n");
  expect_data_error([&] { std::ignore = gap.whole(0, 0); }, folder.path("t.csv"), 2, "a", "missing");
}

TEST_F(TableTest, WriterQuotesAndKeepsEveryBit) {
  std::ostringstream out;
  TableWriter writer(out);
  writer.text("plain").text("a \"b\", c").text(" edge").text("line\nbreak").text("").end_row();
  writer.number(0.1).number(std::nan("")).number(-5e-324).whole(-3).number(1e308).end_row();
  EXPECT_EQ(out.str(), "plain,\"a \"\"b\"\", c\",\" edge\",\"line\nbreak\",\n0.1,,-5e-324,-3,1e+308\n");
  const Table table = read(out.str());
  EXPECT_THAT(table.header(), testing::ElementsAre("plain", "a \"b\", c", " edge", "line\nbreak", ""));
  EXPECT_EQ(table.number(0, 0), 0.1);
  EXPECT_EQ(table.number(0, 2), -5e-324);
}

}  // namespace
}  // namespace synfer
