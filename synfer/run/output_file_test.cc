#include "synfer/run/output_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "synfer/base/error.h"

namespace synfer {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class OutputFile : public ::testing::Test {
 protected:
  OutputFile() {
    std::string pattern = ::testing::TempDir() + "output_file_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~OutputFile() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  static std::string reason(const std::string& path, const std::string& text = "text") {
    try {
      write_file(path, text);
    } catch (const OutputError& error) {
      EXPECT_EQ(error.path, path);
      return error.what();
    }
    return "written";
  }

  std::string folder_;
};

TEST_F(OutputFile, HoldsTheTextAndNothingElseIsLeft) {
  write_file(path("a"), std::string_view("one\0two", 7));
  EXPECT_EQ(text_of(path("a")), std::string("one\0two", 7));
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFile, TakesThePlaceOfAnEarlierOne) {
  write_file(path("a"), "a long text");
  write_file(path("a"), "");
  EXPECT_EQ(text_of(path("a")), "");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFile, HasThePermissionsThatTheUserWants) {
  const mode_t before = umask(027);
  write_file(path("a"), "text");
  umask(before);
  struct stat status = {};
  ASSERT_EQ(stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST_F(OutputFile, MayLieInTheWorkingFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  write_file("a", "text");
  fs::current_path(before);
  EXPECT_EQ(text_of(path("a")), "text");
}

TEST_F(OutputFile, AFolderThatIsMissingOrNoFolderIsAnError) {
  EXPECT_THAT(reason(path("no/a")), AllOf(HasSubstr(path("no/a")), HasSubstr("No such file or directory")));
  EXPECT_THAT(reason("/dev/full/a"), HasSubstr("Not a directory"));
}

TEST_F(OutputFile, AFolderIsNotReplaced) {
  fs::create_directory(path("a"));
  EXPECT_THAT(reason(path("a")), HasSubstr("Is a directory"));
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFile, AFolderWithoutPermissionIsAnError) {
  ASSERT_EQ(chmod(folder_.c_str(), 0555), 0);
  // Root may write anywhere, so it becomes somebody else meanwhile.
  const uid_t user = geteuid();
  ASSERT_EQ(seteuid(user == 0 ? 65534 : user), 0);
  const std::string why = reason(path("a"));
  ASSERT_EQ(seteuid(user), 0);
  EXPECT_THAT(why, HasSubstr("Permission denied"));
}

TEST_F(OutputFile, WhatADeadProcessLeftIsRemovedAndWhatALivingOneWritesIsNot) {
  std::array<char, 65> machine = {};
  ASSERT_EQ(gethostname(machine.data(), machine.size() - 1), 0);
  const std::string here = machine.data();
  const pid_t dead = fork();
  if (dead == 0) _exit(0);
  waitpid(dead, nullptr, 0);
  const std::string abandoned = fmt::format(".result.json.{}.{}.0", here, dead);
  const std::vector<std::string> others = {
      fmt::format(".result.json.{}.{}.0", here, getpid()), fmt::format(".result.json.elsewhere.{}.0", dead),
      fmt::format("result.json.{}.{}.0", here, dead), ".bashrc", fmt::format(".{}.0", dead)};
  EXPECT_TRUE(is_temporary(abandoned));
  EXPECT_FALSE(is_temporary(others[2]));
  EXPECT_FALSE(is_temporary(others[3]));
  write_file(path(abandoned), "half");
  for (const std::string& other : others) write_file(path(other), "text");
  remove_abandoned(folder_);
  EXPECT_FALSE(fs::exists(path(abandoned)));
  for (const std::string& other : others) EXPECT_TRUE(fs::exists(path(other))) << other;
}

TEST_F(OutputFile, AFileSizeLimitIsAnErrorThatLeavesTheEarlierFile) {
  write_file(path("a"), "earlier");
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {1000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string why = reason(path("a"), std::string(100000, 'x'));
  sigset_t pending;
  sigpending(&pending);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(why, HasSubstr("File too large"));
  EXPECT_EQ(sigismember(&pending, SIGXFSZ), 0);
  EXPECT_EQ(text_of(path("a")), "earlier");
  EXPECT_EQ(files(), 1U);
}

}  // namespace
}  // namespace synfer
