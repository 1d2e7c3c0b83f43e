#include "synfer/files/npz_file.h"

#include <gtest/gtest.h>

#include "synfer/base/files_for_test.h"
#include "synfer/base/random.h"
#include "synfer/files/file.h"
#include "synfer/files/npy.h"
#include "synfer/formats/read.h"

namespace synfer {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;

// As numpy.lib.format writes version 1.0: magic, version, length of the header, header.
std::string npy(const std::string& type, const std::string& shape, const std::string& values,
                const std::string& order = "False") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header.resize(117, ' ');
  return "\x93NUMPY\x01\x00\x76\x00"s + header + "\n" + values;
}

Array array_of(const std::string& bytes) {
  MemoryBudget budget("f.npz");
  return array_from_npy("f.npz", "a", bytes, budget);
}

// Bytes as numpy 2.4 writes them (tobytes()).
TEST(Npy, EveryTypeOfNumbersAndText) {
  EXPECT_THAT(array_of(npy("<f8", "(1,)", "\0\0\0\0\0\0\xf8\x3f"s)).numbers, ElementsAre(1.5));
  EXPECT_THAT(array_of(npy(">f8", "(1,)", "\x3f\xf8\0\0\0\0\0\0"s)).numbers, ElementsAre(1.5));
  EXPECT_THAT(array_of(npy("<f4", "(1,)", "\0\0\xc0\x3f"s)).numbers, ElementsAre(1.5));
  EXPECT_THAT(array_of(npy("|b1", "(2,)", "\1\0"s)).numbers, ElementsAre(1, 0));
  EXPECT_THAT(array_of(npy("|i1", "(1,)", "\xff")).numbers, ElementsAre(-1));
  EXPECT_THAT(array_of(npy("|u1", "(1,)", "\xff")).numbers, ElementsAre(255));
  EXPECT_THAT(array_of(npy("<i8", "(1,)", "\xfe\xff\xff\xff\xff\xff\xff\xff")).numbers, ElementsAre(-2));
  EXPECT_THAT(array_of(npy(">u2", "(1,)", "\1\0"s)).numbers, ElementsAre(256));
  EXPECT_THAT(array_of(npy("<U2", "(2,)", "A\0\0\0\0\0\0\0\xb5\0\0\0\xb2\xd4\1\0"s)).text,
              ElementsAre("A", "\u00b5\U0001d4b2"));
  EXPECT_THAT(array_of(npy("|S3", "(2,)", "ab\0cde"s)).text, ElementsAre("ab", "cde"));
}

TEST(Npy, EitherOrderOfDimensions) {
  const std::string values = "\0\1\2\3\4\5"s;
  EXPECT_THAT(array_of(npy("|u1", "(2, 3)", values)).numbers, ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(array_of(npy("|u1", "(2, 3)", values, "True")).numbers, ElementsAre(0, 2, 4, 1, 3, 5));
  EXPECT_THAT(array_of(npy("|u1", "()", "\7")).shape, ElementsAre());
}

TEST(Npy, RefusesWhatIsNoArrayOfNumbersOrText) {
  const std::pair<std::string, const char*> cases[] = {
      {npy("|O", "()", "\x80\x04K\x05."), "allow_pickle=True"},
      {npy("<c16", "(0,)", ""), "type '<c16'"},
      {npy("<M8[ns]", "(0,)", ""), "type '<M8[ns]'"},
      {npy("<f2", "(1,)", "ab"), "type '<f2'"},
      {npy("<f8", "(2,)", "12345678"), "8 bytes of values, expected 16"},
      {npy("<f8", "(4000000000, 4000000000)", "12345678"), "more values than there are bytes"},
      {npy("<f8", "(-1,)", ""), "damaged"},
      {npy("<U1", "(1,)", "\xff\xff\xff\xff"), "not Unicode"},
      {npy("<f8", "(1,)", "12345678", "None"), "damaged"},
      {"", "damaged"},
      {"\x93NUMPY\x01\x00\xff\xff{'descr'"s, "damaged"},
  };
  for (const auto& [bytes, says] : cases) {
    SCOPED_TRACE(says);
    const std::optional<DataError> error = for_test::data_error_of([&, b = bytes] { array_of(b); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->column, "a");
    EXPECT_THAT(error->what(), testing::HasSubstr(says));
  }
}

std::vector<NamedArray> three_choices() {
  const auto numbers = [](std::vector<double> values) {
    Array array;
    array.shape = {values.size()};
    array.numbers = std::move(values);
    return array;
  };
  Array x = numbers({1, 0, 0, 1, 1, 1});
  x.shape = {3, 2};
  return {{"trial", numbers({1, 2, 3})},
          {"x", x},
          {"choice", numbers({1, 1, 1})},
          {"reward", numbers({0, 1, 0})}};
}

TEST(Npz, AFileWithoutSessionsIsOne) {
  const for_test::Folder folder;
  const std::string path = folder.write("fly7.npz", npz_of(three_choices()));
  const Session session = read_sessions({path}).at(0);
  EXPECT_EQ(session.name, "fly7");
  EXPECT_EQ(session.animal, "fly7");
  EXPECT_THAT(session.x, ElementsAre(1, 0, 0, 1, 1, 1));
  EXPECT_THAT(session.reward, ElementsAre(0, 1, 0));
}

TEST(Npz, ArraysMustAgreeInSteps) {
  const for_test::Folder folder;
  const std::string path = folder.path("fly7.npz");
  std::vector<NamedArray> arrays = three_choices();
  arrays[3].array.shape = {2};
  arrays[3].array.numbers.pop_back();
  folder.write("fly7.npz", npz_of(arrays));
  for_test::expect_data_error([&] { read_sessions({path}); }, path, 0, "reward",
                              "found 2 steps, expected 3 as in 'trial'");
  arrays.clear();
  arrays.push_back({"lick", {}});
  arrays[0].array.numbers = {1};
  folder.write("fly7.npz", npz_of(arrays));
  for_test::expect_data_error([&] { read_sessions({path}); }, path, 0, "choice", "found lick");
}

TEST(Npz, ADamagedByteIsReadOrRefused) {
  const for_test::Folder folder;
  const std::string path = folder.write("fly7.npz", npz_of(three_choices()));
  const std::vector<Session> sound = read_sessions({path});
  const std::string whole = read_file(path);
  const RandomStream draws(5, "bytes to damage");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    folder.write("fly7.npz", whole.substr(0, at));
    EXPECT_THROW(read_sessions({path}), DataError) << "length " << at;
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << static_cast<int>(draws.uniform({at}) * 8)));
    folder.write("fly7.npz", damaged);
    try {
      EXPECT_EQ(read_sessions({path}).at(0).choice, sound[0].choice) << "the checksum tells damage of values";
    } catch (const DataError&) {
    }
  }
}

TEST(RecordedRat, IsAPickleAndRefusedWithAWayToConvertIt) {
  const std::string path = for_test::shared_data("rat") + "/sampleRatData.npz";
  SYNFER_SKIP_WITHOUT(path);
  for_test::expect_data_error([&] { read_sessions({path}); }, path, 0, "D", "np.savez");
}

}  // namespace
}  // namespace synfer
