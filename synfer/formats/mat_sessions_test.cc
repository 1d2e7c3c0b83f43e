// Sessions among the variables of a MATLAB file, in cell arrays and in structs; written by matio.
#include "synfer/formats/mat_sessions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>

#include "synfer/base/random.h"
#include "synfer/files/file.h"
#include "synfer/formats/mat_file_for_test.h"
#include "synfer/formats/read_matlab.h"

namespace synfer {
namespace {

using for_test::expect_data_error;
using for_test::Variable;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

struct MatSessions : for_test::MatFile {};

matvar_t* matrix(Variable variable) {
  std::size_t dims[2] = {variable.rows, variable.columns};
  return Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, variable.values.data(), 0);
}

matvar_t* word(std::string text) {
  std::size_t dims[2] = {1, text.size()};
  return Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UTF8, 2, dims, text.data(), 0);
}

// A cell array, taken from its first column on.
matvar_t* made_cells(const char* name, std::size_t rows, std::size_t columns, std::vector<matvar_t*> cells) {
  std::size_t dims[2] = {rows, columns};
  matvar_t* array = Mat_VarCreate(name, MAT_C_CELL, MAT_T_CELL, 2, dims, nullptr, 0);
  for (std::size_t i = 0; i < cells.size(); ++i) Mat_VarSetCell(array, static_cast<int>(i), cells[i]);
  return array;
}

void put(mat_t* mat, matvar_t* variable, matio_compression compression = MAT_COMPRESSION_ZLIB) {
  ASSERT_EQ(Mat_VarWrite(mat, variable, compression), 0);
  Mat_VarFree(variable);
}

void put_double(mat_t* mat, const char* name, const Variable& variable) {
  matvar_t* numbers = matrix(variable);
  numbers->name = strdup(name);
  put(mat, numbers);
}

// A struct array; `values` has the fields of one element after the other.
matvar_t* made_struct(const char* name, std::size_t elements, std::vector<const char*> fields,
                      std::vector<matvar_t*> values) {
  std::size_t dims[2] = {1, elements};
  matvar_t* array = Mat_VarCreateStruct(name, 2, dims, fields.data(), static_cast<unsigned>(fields.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    Mat_VarSetStructFieldByName(array, fields[i % fields.size()], i / fields.size(), values[i]);
  return array;
}

TEST_F(MatSessions, AStrayXOrRForcesNoLayout) {
  write([](mat_t* mat) {
    put_double(mat, "R", {1, 1, {3}});
    put_double(mat, "X", {3, 2, {1, 1, 1, 0, 2, 4}});
    put_double(mat, "choice", {3, 1, {0, 1, 1}});
    put_double(mat, "reward", {3, 1, {0, 1, 0}});
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "stimulus",
                    "found the columns X0, X1, choice, reward");
  ColumnNames names;
  names.x = "X";
  const Session found = read_matlab(path, names).sessions.at(0);
  EXPECT_THAT(found.choice, ElementsAre(0, 1, 1));
  EXPECT_THAT(found.x, ElementsAre(1, 0, 1, 2, 1, 4));
}

TEST_F(MatSessions, CellArraysOfTextAreNames) {
  for (const auto version : {MAT_FT_MAT5, MAT_FT_MAT73}) {
    write(
        [](mat_t* mat) {
          put_double(mat, "choice", {1, 2, {0, 1}});
          put_double(mat, "reward", {1, 2, {1, 0}});
          put(mat, made_cells("stimulus", 2, 2, {word("left"), word("up"), word("right"), word("down")}));
        },
        version);
    const Session found = read_matlab(path).sessions.at(0);
    EXPECT_EQ(found.offers, 2);
    EXPECT_THAT(found.stimuli, ElementsAre("down", "left", "right", "up"));
    EXPECT_THAT(found.stimulus, ElementsAre(1, 2, 3, 0));
  }
}

TEST_F(MatSessions, AStructHoldsASession) {
  for (const auto version : {MAT_FT_MAT5, MAT_FT_MAT73}) {
    write(
        [](mat_t* mat) {
          matvar_t* data =
              made_struct("data", 1, {"choice", "reward", "stimulus", "note"},
                          {matrix({1, 3, {0, 1, 1}}), matrix({1, 3, {0, 1, 0}}),
                           made_cells(nullptr, 1, 3, {word("A"), word("B"), word("A")}), word("loud")});
          put(mat, made_struct("rig", 1, {"version", "day"}, {matrix({1, 1, {4}}), data}));
          put_double(mat, "animal", {1, 1, {7}});
        },
        version);
    const Reading found = read_matlab(path);
    EXPECT_THAT(found.how, Contains(HasSubstr("in the fields of the struct 'rig.day'")));
    const Session& s = found.sessions.at(0);
    EXPECT_EQ(s.animal, "7");
    EXPECT_THAT(s.choice, ElementsAre(0, 1, 1));
    EXPECT_THAT(s.stimulus, ElementsAre(0, 1, 0));
  }
}

TEST_F(MatSessions, AStructArrayHoldsStepsOrSessions) {
  for (const auto version : {MAT_FT_MAT5, MAT_FT_MAT73}) {
    write(
        [](mat_t* mat) {
          put(mat, made_struct(
                       "trials", 3, {"choice", "reward", "cue"},
                       {matrix({1, 1, {0}}), matrix({0, 0, {}}), word("A"), matrix({1, 1, {1}}),
                        matrix({1, 1, {1}}), word("B"), matrix({0, 0, {}}), matrix({0, 0, {}}), word("A")}));
        },
        version);
    Reading found = read_matlab(path);
    ASSERT_EQ(found.sessions.size(), 1U);
    EXPECT_THAT(found.sessions[0].choice, ElementsAre(0, 1, kNoChoice));
    EXPECT_THAT(found.sessions[0].reward, ElementsAre(IsNan(), 1, IsNan()));
    EXPECT_THAT(found.sessions[0].stimulus, ElementsAre(0, 1, 0));
    EXPECT_THAT(found.how,
                Contains(HasSubstr("each element of the struct array 'trials' was taken for a step")));

    write(
        [](mat_t* mat) {
          put(mat, made_struct("days", 2, {"choice", "reward", "x", "animal"},
                               {matrix({1, 2, {0, 1}}), matrix({1, 2, {0, 1}}), matrix({2, 2, {1, 2, 3, 4}}),
                                word("m1"), matrix({1, 3, {1, 1, 0}}), matrix({1, 3, {0, 1, 0}}),
                                matrix({3, 2, {5, 6, 7, 8, 9, 10}}), word("m1")}));
        },
        version);
    found = read_matlab(path);
    ASSERT_EQ(found.sessions.size(), 2U);
    EXPECT_EQ(found.sessions[0].name, "days1");
    EXPECT_EQ(found.sessions[1].name, "days2");
    EXPECT_EQ(found.sessions[1].animal, "m1");
    EXPECT_THAT(found.sessions[0].x, ElementsAre(1, 3, 2, 4));
    EXPECT_THAT(found.sessions[1].choice, ElementsAre(1, 1, 0));
    EXPECT_THAT(found.sessions[1].x, ElementsAre(5, 8, 6, 9, 7, 10));
  }
}

TEST_F(MatSessions, WhereNothingFitsTheVariablesAreListed) {
  write([](mat_t* mat) {
    put_double(mat, "licks", {2, 3, {1, 2, 3, 4, 5, 6}});
    put(mat, made_struct("Data", 1, {"lick", "water"}, {matrix({1, 1, {1}}), matrix({1, 1, {1}})}));
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "choice",
                    "found licks (2 x 3 numbers); Data (struct of lick, water)");
  write([](mat_t* mat) {
    put_double(mat, "choise", {1, 2, {0, 1}});
    put_double(mat, "reward", {1, 2, {0, 1}});
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "choice", "is it 'choise'?");
  write([](mat_t* mat) {
    put(mat, made_struct("D", 1, {"Choice", "reward"}, {matrix({1, 1, {1}}), matrix({1, 1, {1}})}));
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "choice", "is it 'Choice'?");
}

TEST_F(MatSessions, ASingleSessionNameIsThatOfAllSteps) {
  write([](mat_t* mat) {
    put_double(mat, "session", {1, 1, {3}});
    put_double(mat, "choice", {1, 2, {0, 1}});
    put_double(mat, "reward", {1, 2, {0, 1}});
    matvar_t* names = word("OCTA");  // two labels of two letters, joined to one line
    names->name = strdup("stimulus");
    put(mat, names);
  });
  const Session found = read_matlab(path).sessions.at(0);
  EXPECT_EQ(found.name, "3");
  EXPECT_THAT(found.stimuli, ElementsAre("OC", "TA"));
}

TEST_F(MatSessions, ASingleSessionNumberIsCalledByItsDigits) {
  write([](mat_t* mat) {
    put_double(mat, "session", {1, 1, {100000}});
    put_double(mat, "animal", {1, 1, {20240131}});
    put_double(mat, "choice", {1, 2, {0, 1}});
    put_double(mat, "reward", {1, 2, {0, 1}});
    put_double(mat, "stimulus", {1, 2, {1, 2}});
  });
  const Session found = read_matlab(path).sessions.at(0);
  EXPECT_EQ(found.name, "100000");
  EXPECT_EQ(found.animal, "20240131");
}

TEST_F(MatSessions, SessionsByTrialsAreRefusedWithTheirShape) {
  write([](mat_t* mat) {
    put_double(mat, "choice", {2, 3, {0, 1, 1, 0, 0, std::nan("")}});
    put_double(mat, "reward", {2, 3, {0, 1, 1, 0, 0, std::nan("")}});
    put(mat,
        made_cells("stimulus", 2, 3, {word("A"), word("A"), word("A"), word("A"), word("A"), word("A")}));
  });
  expect_data_error([&] { read_matlab(path); }, path, 0, "choice",
                    "found 2 x 3 values, expected one a step; where they are sessions x trials");
}

TEST_F(MatSessions, ADamagedStructIsReadOrRefused) {
  const RandomStream draws(6, "bytes to damage");
  for (const auto compression : {MAT_COMPRESSION_NONE, MAT_COMPRESSION_ZLIB}) {
    write([&](mat_t* mat) {
      put(mat,
          made_struct("data", 1, {"choice", "reward", "stimulus"},
                      {matrix({1, 3, {0, 1, 1}}), matrix({1, 3, {0, 1, 0}}),
                       made_cells(nullptr, 1, 3, {word("A"), word("B"), word("A")})}),
          compression);
    });
    const std::string whole = read_file(path);
    ASSERT_TRUE(reads(whole));
    for (std::size_t length = 0; length < whole.size(); ++length)
      EXPECT_FALSE(reads(whole.substr(0, length))) << "length " << length;
    for (std::size_t at = 128; at < whole.size(); ++at) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << static_cast<int>(draws.uniform({at}) * 8)));
      const bool was_read = reads(damaged);
      EXPECT_FALSE(was_read && compression == MAT_COMPRESSION_ZLIB) << "byte " << at << ": a checksum tells";
    }
  }
}

}  // namespace
}  // namespace synfer
