#include "synfer/formats/read_matlab.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>

#include "synfer/base/random.h"
#include "synfer/data/inventory.h"
#include "synfer/files/file.h"
#include "synfer/files/table.h"
#include "synfer/formats/mat_file_for_test.h"
#include "synfer/formats/read.h"

namespace synfer {
namespace {

using for_test::expect_data_error;
using for_test::Variable;
using testing::ElementsAre;
using testing::IsNan;

// X, Y, R of five steps and three trials.
struct Layout {
  Variable x{5, 2, {1, 0, 0, 1, 1, 0, 1, 1, 0, 0}};
  Variable y{5, 1, {0, 1, 1, 0, 1}};
  Variable r{3, 1, {1, 0, 1}};
};

template <typename T>
void put(mat_t* mat, const char* name, const Variable& variable, matio_classes kind, matio_types type,
         matio_compression compression, int flags = 0) {
  std::vector<T> values(variable.values.begin(), variable.values.end());
  values.resize(values.size() + 1);  // never a null pointer
  std::size_t dims[2] = {variable.rows, variable.columns};
  matvar_t* made = Mat_VarCreate(name, kind, type, 2, dims, values.data(), flags);
  ASSERT_EQ(Mat_VarWrite(mat, made, compression), 0);
  Mat_VarFree(made);
}

struct ReadMatlab : for_test::MatFile {
  using MatFile::write;

  template <typename T = double>
  void write(const Layout& layout, matio_classes kind = MAT_C_DOUBLE, matio_types type = MAT_T_DOUBLE,
             matio_compression compression = MAT_COMPRESSION_ZLIB, mat_ft version = MAT_FT_MAT5) const {
    write(
        [&](mat_t* mat) {
          put<T>(mat, "X", layout.x, kind, type, compression);
          put<T>(mat, "Y", layout.y, kind, type, compression);
          put<T>(mat, "R", layout.r, kind, type, compression);
        },
        version);
  }

  void expect_layout() const {
    const auto sessions = read_matlab(path).sessions;
    ASSERT_EQ(sessions.size(), 1U);
    const Session& s = sessions[0];
    EXPECT_EQ(s.animal, "Fly4");
    EXPECT_EQ(s.name, "Fly4");
    EXPECT_EQ(s.offers, 1);
    EXPECT_THAT(s.stimuli, ElementsAre("0", "1"));
    EXPECT_THAT(s.stimulus, ElementsAre(0, 1, 1, 0, 0));
    EXPECT_THAT(s.choice, ElementsAre(0, 1, 1, 0, 1));
    EXPECT_THAT(s.trial, ElementsAre(0, 0, 1, 2, 2));
    EXPECT_THAT(s.block, ElementsAre(0, 0, 0, 0, 0));
    EXPECT_THAT(s.reward, ElementsAre(IsNan(), 1, 0, IsNan(), 1));
    EXPECT_THAT(s.learns, ElementsAre(false, true, true, false, true));
  }
};

TEST_F(ReadMatlab, EveryNumericClassAndVersion) {
  const Layout good;
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write<double>(good, MAT_C_DOUBLE, MAT_T_DOUBLE, compression);
    expect_layout();
    write<float>(good, MAT_C_SINGLE, MAT_T_SINGLE, compression);
    expect_layout();
    write<std::uint8_t>(good, MAT_C_UINT8, MAT_T_UINT8, compression);
    expect_layout();
    write<std::int16_t>(good, MAT_C_INT16, MAT_T_INT16, compression);
    expect_layout();
    write<std::uint32_t>(good, MAT_C_UINT32, MAT_T_UINT32, compression);
    expect_layout();
    write<std::int64_t>(good, MAT_C_INT64, MAT_T_INT64, compression);
    expect_layout();
  }
  write<double>(good, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_ZLIB, MAT_FT_MAT73);
  expect_layout();
}

TEST_F(ReadMatlab, VectorsMayLieAsRows) {
  Layout lying;
  std::swap(lying.y.rows, lying.y.columns);
  std::swap(lying.r.rows, lying.r.columns);
  write(lying);
  expect_layout();
}

TEST_F(ReadMatlab, RefusesLayoutsThatContradictThemselves) {
  const struct {
    std::function<void(Layout&)> spoil;
    std::size_t row;
    const char* column;
    const char* says;
  } cases[] = {
      {[](Layout& l) {
         l.x.values[3 + 5] = 1;
         l.x.values[3] = 1;
       },
       4, "X", "found two ones"},
      {[](Layout& l) { l.x.values[0] = 0; }, 1, "X", "found no one"},
      {[](Layout& l) { l.x.values[0] = 0.5; }, 1, "X", "found 0.5"},
      {[](Layout& l) { l.x.values[2] = std::nan(""); }, 3, "X", "found nan"},
      {[](Layout& l) { l.y.values[1] = 2; }, 2, "Y", "found 2, expected 0 or 1"},
      {[](Layout& l) {
         l.y.values[4] = 0;
         l.r = {2, 1, {1, 0}};
       },
       5, "Y", "the last step is rejected"},
      {[](Layout& l) { l.y = {4, 1, {0, 1, 1, 1}}; }, 0, "Y", "found 4 entries, expected 5"},
      {[](Layout& l) { l.y = {2, 2, {0, 1, 1, 1}}; }, 0, "Y", "found 2 x 2, expected a vector"},
      {[](Layout& l) { l.r.values[2] = -1; }, 3, "R", "found -1, expected 0 or 1"},
      {[](Layout& l) { l.r = {4, 1, {1, 0, 1, 1}}; }, 0, "R", "found 4 rewards, expected 3"},
      {[](Layout& l) { l.r = {2, 1, {1, 0}}; }, 0, "R", "found 2 rewards, expected 3"},
      {[](Layout& l) { l.r = {0, 0, {}}; }, 0, "R", "found 0 rewards, expected 3"},
      {[](Layout& l) { l.x = {0, 0, {}}; }, 0, "X", "found no steps"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.says);
    Layout layout;
    bad.spoil(layout);
    write(layout);
    expect_data_error([&] { read_matlab(path); }, path, bad.row, bad.column, bad.says);
  }
}

TEST_F(ReadMatlab, RefusesWhatIsNoMatrixOfNumbers) {
  const Layout good;
  write([&](mat_t* mat) {
    put<double>(mat, "X", good.x, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_NONE);
    put<double>(mat, "Y", good.y, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_NONE);
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "R", "no such variable; found X, Y");
  write([&](mat_t* mat) {
    put<char>(mat, "X", good.x, MAT_C_CHAR, MAT_T_INT8, MAT_COMPRESSION_NONE);
    put<double>(mat, "Y", good.y, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_NONE);
    put<double>(mat, "R", good.r, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_NONE);
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "X",
                    "found 5 x 2 characters, expected a full matrix of real numbers");
  write(good, MAT_C_DOUBLE, MAT_T_DOUBLE, MAT_COMPRESSION_NONE, MAT_FT_MAT4);
  expect_data_error([&] { read_matlab(path); }, path, 0, "", "version 5, 7 or 7.3");
  folder.write("Fly4.mat", "");
  expect_data_error([&] { read_matlab(path); }, path, 0, "", "empty");
  folder.write("Fly4.mat", std::string(500, 'a'));
  expect_data_error([&] { read_matlab(path); }, path, 0, "", "MATLAB");
}

TEST_F(ReadMatlab, ATruncatedFileIsAnErrorAtEveryLength) {
  const Layout good;
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write<double>(good, MAT_C_DOUBLE, MAT_T_DOUBLE, compression);
    const std::string whole = read_file(path);
    ASSERT_TRUE(reads(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
      EXPECT_FALSE(reads(whole.substr(0, length))) << "length " << length;
    }
  }
}

TEST_F(ReadMatlab, ADamagedByteIsReadOrRefused) {
  const Layout good;
  const RandomStream draws(5, "bytes to damage");
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write<double>(good, MAT_C_DOUBLE, MAT_T_DOUBLE, compression);
    const std::string whole = read_file(path);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << static_cast<int>(draws.uniform({at}) * 8)));
      if (!reads(damaged)) ++refused;
    }
    EXPECT_GT(refused, whole.size() / 4);
  }
}

TEST(RecordedFlies, AgreeWithTheirSummary) {
  const std::string data = for_test::shared_data("flies");
  SYNFER_SKIP_WITHOUT(data);
  const DataSet flies = read_data({data});
  const Table summary = read_table(data + "/summary.csv");
  ASSERT_EQ(flies.sessions.size(), 12U);
  ASSERT_EQ(summary.rows(), 12U);
  EXPECT_THAT(flies.left_out, ElementsAre(data + "/summary.csv"));
  for (std::size_t fly = 0; fly < 12; ++fly) {
    const Session& session = flies.sessions[fly];
    SCOPED_TRACE(session.name);
    const auto column = [&](const char* name) { return summary.number(fly, summary.find(name).value()); };
    const Inventory found = take_inventory({session});
    EXPECT_EQ(session.name, summary.cell(fly, 0));
    EXPECT_EQ(static_cast<double>(found.steps), column("n_steps"));
    EXPECT_EQ(static_cast<double>(found.trials), column("n_trials"));
    EXPECT_EQ(static_cast<double>(found.rewards), column("n_rewards"));
    double accepted[2] = {0, 0};
    for (std::size_t t = 0; t < session.steps(); ++t) accepted[session.stimulus[t]] += session.choice[t];
    EXPECT_EQ(accepted[0], column("n_choice_odor0_MCH"));
    EXPECT_EQ(accepted[1], column("n_choice_odor1_OCT"));
  }
}

}  // namespace
}  // namespace synfer
