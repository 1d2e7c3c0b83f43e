// For tests of readers: a folder of their own that goes away, and expectations on DataErrors.
#pragma once

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "places.h"
#include "synfer/base/error.h"

namespace synfer::for_test {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "synfer_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

  std::string write(const std::string& name, std::string_view bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

 private:
  std::filesystem::path path_;
};

/// The DataError that `call` throws; nothing, and a failed test, where it throws none.
inline std::optional<DataError> data_error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const DataError& error) {
    return error;
  }
  ADD_FAILURE() << "expected a DataError";
  return std::nullopt;
}

inline void expect_data_error(const std::function<void()>& call, const std::string& file, std::size_t row,
                              const std::string& column, const std::string& says) {
  const std::optional<DataError> error = data_error_of(call);
  if (!error) return;
  EXPECT_EQ(error->file, file) << error->what();
  EXPECT_EQ(error->row, row) << error->what();
  EXPECT_EQ(error->column, column) << error->what();
  EXPECT_THAT(error->what(), testing::HasSubstr(says));
}

/// A file or folder of the recorded data; skip the test where it is absent.
inline std::string shared_data(const std::string& name) {
  return (std::filesystem::path(kSharedFolder) / "data" / name).string();
}

}  // namespace synfer::for_test

#define SYNFER_SKIP_WITHOUT(path)                                                      \
  if (!std::filesystem::exists(path)) {                                                \
    GTEST_SKIP() << "recorded data are absent: there is no folder or file " << (path); \
  }
