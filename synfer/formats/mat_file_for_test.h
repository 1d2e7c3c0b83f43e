// For tests of readers of MATLAB files: a file of their own, written by matio.
#pragma once

#include <gtest/gtest.h>
#include <matio.h>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "synfer/base/files_for_test.h"
#include "synfer/formats/read_matlab.h"

namespace synfer::for_test {

struct Variable {
  std::size_t rows;
  std::size_t columns;
  std::vector<double> values;  // column after column
};

struct MatFile : testing::Test {
  Folder folder;
  std::string path = folder.path("Fly4.mat");

  void write(const std::function<void(mat_t*)>& fill, mat_ft version = MAT_FT_MAT5) const {
    std::filesystem::remove(path);
    mat_t* mat = Mat_CreateVer(path.c_str(), nullptr, version);
    ASSERT_NE(mat, nullptr);
    fill(mat);
    Mat_Close(mat);
  }

  // Reads must end in sessions or in a DataError.
  bool reads(std::string_view bytes) const {
    folder.write("Fly4.mat", bytes);
    try {
      return !read_matlab(path).sessions.empty();
    } catch (const DataError&) {
      return false;
    }
  }
};

}  // namespace synfer::for_test
