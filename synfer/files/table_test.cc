#include "synfer/files/table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "synfer/base/files_for_test.h"

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
  // The defaults of pandas.read_csv's na_values.
  for (const char* text : {"", "nan", "NaN", "NA", "N/A", "#N/A", "<NA>", "n/a", "None", "NULL", "null",
                           "-nan", "-NaN", "#NA", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"}) {
    EXPECT_TRUE(std::isnan(read("a,b\n1,"s + text + "\n").number(0, 1))) << text;
  }
}

TEST_F(TableTest, TruthValuesAreReadInAnyCase) {
  for (const char* text : {"true", "True", "TRUE", "tRuE"})
    EXPECT_EQ(read("a\n"s + text + "\n").number(0, 0), 1.0) << text;
  for (const char* text : {"false", "False", "FALSE"})
    EXPECT_EQ(read("a\n"s + text + "\n").number(0, 0), 0.0) << text;
}

TEST_F(TableTest, TheFirstRowSaysWhatSetsCellsApart) {
  EXPECT_THAT(read("a,b|c\n1,2\n").header(), testing::ElementsAre("a", "b|c")) << "as the rows are";
  for (const char* separator : {"\t", ";", "|"}) {
    const std::string by(separator);
    const Table table =
        read("a" + by + "b, mm" + by + "c" + by + "d\n1" + by + "\"x" + by + "y\"" + by + by + "2.5\n");
    EXPECT_THAT(table.header(), testing::ElementsAre("a", "b, mm", "c", "d")) << separator;
    EXPECT_EQ(table.cell(0, 1), "x" + by + "y");
    EXPECT_TRUE(table.empty(0, 2));
    EXPECT_EQ(table.number(0, 3), 2.5);
  }
  EXPECT_EQ(read("\"a;b\",c\n1,2\n").columns(), 2U) << "what is in quotes sets nothing apart";
}

// Whether 1,250 is 1.25 or 1250 nothing tells.
TEST_F(TableTest, RefusesWhatMayBeThousandsBesideWholeNumbers) {
  for (const char* cell : {"1,250", "1.250"}) {
    const Table table = read("a;b\n1;2\n2;"s + cell + "\n");
    EXPECT_EQ(table.number(0, 1), 2.0);
    expect_data_error([&] { static_cast<void>(table.number(1, 1)); }, folder.path("t.csv"), 3, "b",
                      "found '"s + cell + "' beside whole numbers");
  }
  EXPECT_EQ(read("a;b\n1;2,000\n2;1,250\n").number(1, 1), 1.25) << "all have as many decimals";
  EXPECT_EQ(read("a;b\n1;2\n2;1,250\n3;0,5\n").number(1, 1), 1.25) << "0,5 is decimal";
  EXPECT_EQ(read("a;b\n1;2\n2;1.250\n3;0.5\n").number(1, 1), 1.25);
}

TEST_F(TableTest, ADecimalCommaIsReadWhereCommasSetNothingApart) {
  const Table table = read("a;b;c;d\n0,5;-1,25;1;1,5\n;2,0e1;x,y;2.5\n");
  EXPECT_EQ(table.number(0, 0), 0.5);
  EXPECT_EQ(table.number(0, 1), -1.25);
  EXPECT_EQ(table.number(1, 1), 20.0);
  EXPECT_EQ(table.cell(1, 2), "x,y");
  expect_data_error([&] { std::ignore = table.number(0, 3); }, folder.path("t.csv"), 2, "d", "found '1,5'");

  EXPECT_EQ(read("a\tb\n0,5\t1\n").number(0, 0), 0.5);
  const Table thousands = read("a\tb\n1,000\t1\n");
  expect_data_error([&] { std::ignore = thousands.number(0, 0); }, folder.path("t.csv"), 2, "a", "'1,000'");
  const Table quoted = read("a,b\n\"2,5\",1\n");
  expect_data_error([&] { std::ignore = quoted.number(0, 0); }, folder.path("t.csv"), 2, "a",
                    "found '2,5', expected a number with a decimal point");
}

TEST_F(TableTest, LinesBeforeTheNamesArePassedOver) {
  const struct {
    const char* before;
    std::size_t header_row;
  } cases[] = {{"sep=;\n", 2},
               {"\"sep=;\"\r\n", 2},
               {"# rig 4; left, upper\n#\n", 3},
               {"\n# rig 4\n\n", 4},
               {"\xEF\xBB\xBFSEP=;\n# rig 4\n", 3}};
  for (const auto& each : cases) {
    SCOPED_TRACE(each.before);
    const Table table = read(each.before + "a;b, c\n1;x\n2;y\n"s);
    EXPECT_THAT(table.header(), testing::ElementsAre("a", "b, c"));
    EXPECT_EQ(table.header_row(), each.header_row);
    ASSERT_EQ(table.rows(), 2U);
    expect_data_error([&] { table.reject(1, 0, ""); }, folder.path("t.csv"), each.header_row + 2, "a", "");
  }
}

TEST_F(TableTest, NamesMayStandBehindASignAsNumpyWritesThem) {
  const Table table = read("# rig, 4\n# trial,choice\n1,0\n2,1\n");
  EXPECT_THAT(table.header(), testing::ElementsAre("trial", "choice"));
  EXPECT_EQ(table.header_row(), 2U);
  EXPECT_EQ(table.number(1, 0), 2.0);
  EXPECT_THAT(read("# rig, 4\ntrial,choice\n1,0\n").header(), testing::ElementsAre("trial", "choice"));
}

TEST_F(TableTest, RowsOfEmptyCellsAtTheEndAreNone) {
  EXPECT_EQ(read("a,b\n1,2\n,\n , \n").rows(), 1U);
  EXPECT_EQ(read("a,b\n1,2\n,,,\n").rows(), 1U);
  EXPECT_EQ(read("a,b\n1,2\n,\n3,4\n").rows(), 3U) << "one between others may be a step without a choice";
  expect_data_error([&] { read(",\n,\n"); }, folder.path("t.csv"), 0, "", "empty");
}

TEST_F(TableTest, APackedTableIsReadAndDamageToldByItsChecksum) {
  const std::string plain = "a,b\n1,2\n";
  // gzip -9n of `plain`.
  const std::string packed(
      "\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\xFF\x4B\xD4\x49\xE2\x32\xD4\x31\xE2\x02\x00\x7B\x07\x97\x0A\x08"
      "\x00\x00\x00",
      28);
  const Table table = read_table(folder.write("t.csv.gz", packed));
  EXPECT_EQ(table.number(0, 1), 2.0);
  EXPECT_EQ(read_table(folder.write("t.csv.gz", packed + packed)).rows(), 3U) << "two members";
  for (std::size_t length = 2; length < packed.size(); ++length) {
    const std::string cut = folder.write("t.csv.gz", packed.substr(0, length));
    expect_data_error([&] { read_table(cut); }, cut, 0, "", "breaks off or is damaged");
  }
  for (std::size_t at = 10; at < packed.size(); ++at) {
    std::string damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const std::string path = folder.write("t.csv.gz", damaged);
    expect_data_error([&] { read_table(path); }, path, 0, "", "breaks off or is damaged");
  }
}

TEST_F(TableTest, ASpreadsheetIsToldByItsFirstBytes) {
  expect_data_error([&] { read("PK\x03\x04"s + "rest"); }, folder.path("t.csv"), 0, "",
                    "save the sheet as CSV");
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

// What a spreadsheet would take for a formula and run.
TEST_F(TableTest, TextThatBeginsLikeAFormulaIsMarkedAndReadBack) {
  const std::vector<std::string> names = {"=1+2", "+cmd|' /C calc'!A0", "-x*r", "@SUM(A1)", "'=1", "''-a",
                                          "-"};
  std::ostringstream out;
  TableWriter writer(out);
  for (int row = 0; row < 2; ++row) {
    for (const std::string& name : names) writer.text(name);
    writer.end_row();
  }
  EXPECT_THAT(out.str(), testing::StartsWith("'=1+2,'+cmd|' /C calc'!A0,'-x*r,'@SUM(A1),''=1,'''-a,'-\n"));
  const Table table = read(out.str());
  EXPECT_EQ(table.header(), names);
  for (std::size_t column = 0; column < names.size(); ++column)
    EXPECT_EQ(table.cell(0, column), names[column]);
}

TEST_F(TableTest, NumbersAndOtherTextHaveNoMark) {
  std::ostringstream out;
  TableWriter(out).text("-1").text("+2.5e3").number(-0.5).text("o'=b").text("'quoted'").text("'").end_row();
  EXPECT_EQ(out.str(), "-1,+2.5e3,-0.5,o'=b,'quoted','\n");
  const Table table = read("name\n'quoted'\n'\n");
  EXPECT_EQ(table.cell(0, 0), "'quoted'");
  EXPECT_EQ(table.cell(1, 0), "'");
}

}  // namespace
}  // namespace synfer
