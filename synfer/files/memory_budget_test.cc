// Small files that hold, or claim to hold, more than there is memory for: each ends before the memory is
// asked for.
#include "synfer/files/memory_budget.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <limits>

#include "synfer/base/files_for_test.h"
#include "synfer/files/file.h"
#include "synfer/files/mat_file.h"
#include "synfer/files/npy.h"
#include "synfer/files/npz_file.h"
#include "synfer/files/table.h"
#include "synfer/files/unpack.h"

namespace synfer {
namespace {

using namespace std::string_literals;

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr const char* kSays = "more memory than 0.001 GB";

struct Bombs : testing::Test {
  for_test::Folder folder;

  static MemoryBudget megabyte(const std::string& file) { return MemoryBudget(file, kMegabyte); }

  static void refuses(const std::string& file, const std::function<void()>& read) {
    for_test::expect_data_error(read, file, 0, "", kSays);
  }
};

// A file with holes takes no room on the disk: here a petabyte.
TEST_F(Bombs, AFileLargerThanMemoryIsNotReadWhole) {
  const std::string path = folder.write("t.csv", "trial,choice\n");
  std::error_code failure;
  std::filesystem::resize_file(path, std::uint64_t{1} << 50U, failure);
  if (failure) std::filesystem::resize_file(path, std::uint64_t{1} << 43U, failure);
  if (failure) GTEST_SKIP() << "the disk has no files with holes";
  for_test::expect_data_error([&] { read_table(path); }, path, 0, "", "more memory than");
}

// As gzip (`bits` 31) or zlib (15) packs.
std::string packed(const std::string& bytes, int bits) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, bits, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string number(std::uint32_t value) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return bytes;
}

TEST(MemoryBudget, GivesWhatItHasAndNoMore) {
  MemoryBudget budget("f", 100);
  budget.take(10, 8);
  EXPECT_EQ(budget.left(), 20U);
  for_test::expect_data_error([&] { budget.take(3, 8); }, "f", 0, "", "split the file");
  for_test::expect_data_error([&] { budget.take(~std::uint64_t{0}, 16); }, "f", 0, "", "more memory");
  budget.take(20);
  EXPECT_EQ(budget.left(), 0U);
}

TEST(MemoryBudget, IsAQuarterOfWhatTheProcessMayUse) {
  EXPECT_GT(memory_of_process(), std::uint64_t{100} * kMegabyte);
  EXPECT_LE(memory_of_process(), std::uint64_t{1} << 50U);
  EXPECT_EQ(MemoryBudget("f").left(), most_bytes_of_a_file());
}

TEST_F(Bombs, PackedTablesEndAtTheBudget) {
  const std::string rows(2 * kMegabyte, '1');
  const std::string path = folder.write("t.csv.gz", packed("a\n" + rows, 31));
  ASSERT_LT(size_of_file(path), kMegabyte / 100);
  refuses(path, [&] { read_table(path, Header::kFirstRow, megabyte(path)); });
  const std::string half = packed("a\n" + rows.substr(0, kMegabyte * 6 / 10), 31);
  folder.write("t.csv.gz", half + half);
  refuses(path, [&] { read_table(path, Header::kFirstRow, megabyte(path)); });
}

TEST_F(Bombs, CellsOfNoTextTakeMemoryToo) {
  const std::string path = folder.write("t.csv", "a,b\n" + std::string(200'000, ','));
  refuses(path, [&] { read_table(path, Header::kFirstRow, megabyte(path)); });
}

TEST_F(Bombs, ATableHasAMillionColumnsAtMost) {
  const std::string path =
      folder.write("t.csv", "a" + std::string(1'000'000, ',') + "\n1" + std::string(1'000'000, ','));
  for_test::expect_data_error([&] { read_table(path); }, path, 1, "",
                              "found 1000001 columns, expected 1000000");
}

TEST_F(Bombs, PackedArraysEndAtTheBudget) {
  Array zeros;
  zeros.shape = {2 * kMegabyte / 8};
  zeros.numbers.assign(zeros.shape[0], 0.0);
  const std::string path = folder.write("t.npz", npz_of({{"choice", zeros}}));
  ASSERT_LT(size_of_file(path), kMegabyte / 100);
  EXPECT_EQ(read_npz(path).at(0).array.numbers.size(), zeros.shape[0]);
  refuses(path, [&] { read_npz(path, megabyte(path)); });
  zeros.shape = {kMegabyte * 6 / 10 / 8};
  zeros.numbers.resize(zeros.shape[0]);
  folder.write("t.npz", npz_of({{"choice", zeros}, {"reward", zeros}}));
  refuses(path, [&] { read_npz(path, megabyte(path)); });
}

TEST_F(Bombs, ANumberOfOneByteTakesEight) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (500000,), }";
  header.resize(117, ' ');
  const std::string bytes = "\x93NUMPY\x01\x00\x76\x00"s + header + "\n" + std::string(500'000, '\0');
  refuses("t.npz", [&] {
    MemoryBudget budget = megabyte("t.npz");
    array_from_npy("t.npz", "choice", bytes, budget);
  });
}

// The list of a zip file may name one entry many times: 42 kB that hold 4.5 petabytes.
TEST_F(Bombs, EntriesOfAZipDoNotOverlap) {
  Array zeros;
  zeros.shape = {1000};
  zeros.numbers.assign(1000, 0.0);
  const std::string path = folder.write("t.npz", npz_of({{"choice", zeros}}));
  const std::string whole = read_file(path);
  const std::size_t list = whole.find("PK\x01\x02");
  const std::size_t end = whole.find("PK\x05\x06");
  ASSERT_NE(end, std::string::npos);
  constexpr std::uint32_t kCopies = 100;
  std::string many = whole.substr(0, list);
  for (std::uint32_t i = 0; i < kCopies; ++i) many += whole.substr(list, end - list);
  std::string tail = whole.substr(end);
  const std::string count = number(kCopies).substr(0, 2);
  tail.replace(8, 8, count + count + number(static_cast<std::uint32_t>(end - list) * kCopies));
  folder.write("t.npz", many + tail);
  for_test::expect_data_error([&] { read_npz(path); }, path, 0, "choice", "damaged");
}

std::string element(std::uint32_t type, const std::string& content) {
  return number(type) + number(static_cast<std::uint32_t>(content.size())) + content +
         std::string((8 - content.size() % 8) % 8, '\0');
}

// A variable of MATLAB's file format 5: flags, shape, name, content.
std::string matrix(std::uint32_t kind, std::uint32_t rows, const std::string& name,
                   const std::string& content) {
  return element(14, element(6, number(kind) + number(0)) + element(5, number(rows) + number(1)) +
                         element(1, name) + content);
}

struct MatBombs : Bombs {
  std::string write(const std::string& variable) const {
    std::string header = "MATLAB 5.0 MAT-file";
    header.resize(124, ' ');
    const std::string bytes = packed(variable, 15);
    return folder.write("t.mat", header + "\x00\x01IM"s + number(15) +
                                     number(static_cast<std::uint32_t>(bytes.size())) + bytes);
  }
};

TEST_F(MatBombs, PackedVariablesEndAtTheBudget) {
  const std::string path =
      write(matrix(9, 2 * kMegabyte, "choice", element(2, std::string(2 * kMegabyte, '\1'))));
  ASSERT_LT(size_of_file(path), kMegabyte / 100);
  refuses(path, [&] { (void)MatFile(path, megabyte(path)).value("choice"); });
  EXPECT_EQ(MatFile(path).value("choice").numbers.size(), 2 * kMegabyte);
}

TEST_F(MatBombs, SmallNumbersTextAndEmptyCellsTakeMoreThanTheirBytes) {
  constexpr std::uint32_t kCount = 60'000;
  std::string empty_cells;
  for (std::uint32_t cell = 0; cell < kCount; ++cell) empty_cells += element(14, "");
  const std::string contents[] = {element(2, std::string(200'000, '\1')),
                                  element(16, std::string(300'000, 'a')), empty_cells};
  const std::string variables[] = {matrix(9, 200'000, "choice", contents[0]),
                                   matrix(4, 300'000, "choice", contents[1]),
                                   matrix(1, kCount, "choice", contents[2])};
  for (const std::string& variable : variables) {
    const std::string path = write(variable);
    refuses(path, [&] { (void)MatFile(path, megabyte(path)).value("choice"); });
    EXPECT_GT(MatFile(path).value("choice").size(), 0U);
  }
}

TEST_F(MatBombs, ALengthThatIsNoNumberIsDamage) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const double huge = 1e30;
  for (const double length : {none, huge}) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    const std::string path = write(element(14, element(6, number(6) + number(0)) + element(9, bytes + bytes) +
                                                   element(1, "choice") + element(9, std::string(8, '\0'))));
    for_test::expect_data_error([&] { MatFile{path}; }, path, 0, "", "the file is damaged");
  }
}

TEST_F(MatBombs, CellsWithinCellsEndAtADepth) {
  std::string within = matrix(6, 1, "", element(9, std::string(8, '\0')));
  for (int depth = 0; depth < 2000; ++depth) within = matrix(1, 1, depth == 1999 ? "notes" : "", within);
  const std::string path = write(within);
  for_test::expect_data_error([&] { (void)MatFile(path).value("notes"); }, path, 0, "notes", "damaged");
}

}  // namespace
}  // namespace synfer
