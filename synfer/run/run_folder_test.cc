#include "synfer/run/run_folder.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "synfer/base/error.h"

namespace synfer {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class RunFolderTest : public ::testing::Test {
 protected:
  RunFolderTest() {
    std::string pattern = ::testing::TempDir() + "run_folder_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~RunFolderTest() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] bool empty() const { return fs::is_empty(folder_); }

  void make_run(const std::string& name, const std::string& text) const {
    RunFolder run = RunFolder::create(path(name));
    run.write(kRunFile, R"({"schema_version": 1, "command": "fit"})");
    run.write(kConfigurationFile, text);
    run.keep();
  }

  static std::string reason(const std::string& path, bool overwrite = false) {
    try {
      RunFolder::create(path, overwrite);
    } catch (const OutputError& error) {
      return error.what();
    }
    return "made";
  }

  static std::string opening(const std::string& path, const std::vector<std::string>& needed = {}) {
    try {
      RunFolder::open_existing(path, needed);
    } catch (const ConfigurationError& error) {
      EXPECT_EQ(error.key, path);
      return error.what();
    }
    return "opened";
  }

  std::string folder_;
};

TEST_F(RunFolderTest, WhatIsKeptStays) {
  {
    RunFolder run = RunFolder::create(path("a/b/"));
    run.write("one.csv", "1");
    run.write("sessions/two.csv", "2");
    run.keep();
    run.write("three.csv", "3");
  }
  const RunFolder run = RunFolder::open_existing(path("a/b"), {"one.csv", "sessions/two.csv"});
  EXPECT_EQ(run.path(), path("a/b"));
  EXPECT_EQ(run.read("sessions/two.csv"), "2");
  EXPECT_EQ(run.read("three.csv"), "3");
}

TEST_F(RunFolderTest, WhatIsNotKeptLeavesNoTrace) {
  {
    RunFolder run = RunFolder::create(path("a/b/c"));
    run.write("one.csv", "1");
    run.write("one.csv", "again");
    run.write("sessions/two.csv", "2");
    EXPECT_TRUE(run.has("one.csv"));
  }
  EXPECT_TRUE(empty());
}

TEST_F(RunFolderTest, WhatOthersMadeStays) {
  fs::create_directory(path("mine"));
  {
    RunFolder run = RunFolder::create(path("mine/run"));
    run.write("one.csv", "1");
    std::ofstream(run.path() + "/notes.txt") << "kept";
  }
  EXPECT_TRUE(fs::exists(path("mine/run/notes.txt")));
  EXPECT_FALSE(fs::exists(path("mine/run/one.csv")));
}

TEST_F(RunFolderTest, AMovedFolderIsRemovedOnce) {
  RunFolder first = RunFolder::create(path("a"));
  {
    const RunFolder second = std::move(first);
    EXPECT_TRUE(fs::exists(path("a")));
  }
  EXPECT_TRUE(empty());
}

TEST_F(RunFolderTest, WhateverExistsIsNotOverwritten) {
  fs::create_directory(path("folder"));
  std::ofstream(path("file")) << "text";
  fs::create_symlink(path("nowhere"), path("link"));
  for (const char* name : {"folder", "folder/", "file", "link"}) {
    EXPECT_THAT(reason(path(name)), HasSubstr("exists; choose another --out, remove it, or give --overwrite"))
        << name;
  }
  EXPECT_TRUE(fs::exists(path("folder")));
}

TEST_F(RunFolderTest, PlacesWhereNoFolderCanBeAreErrors) {
  EXPECT_THAT(reason("/dev/full"), HasSubstr("exists"));
  EXPECT_THAT(reason("/dev/full/run"), HasSubstr("Not a directory"));
  EXPECT_THAT(reason("/dev/full/deep/run"), HasSubstr("Not a directory"));
  EXPECT_THAT(reason(path(std::string(300, 'n'))), HasSubstr("File name too long"));
  EXPECT_THAT(reason(""), HasSubstr("empty name"));
  EXPECT_THAT(reason(path("made/") + std::string(300, 'n')), HasSubstr("File name too long"));
  EXPECT_TRUE(empty());
}

TEST_F(RunFolderTest, AFullDiskLeavesNoHalfWrittenRun) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small = {1000, before.rlim_max};
  std::string why;
  try {
    RunFolder run = RunFolder::create(path("a"));
    run.write("small.csv", "1");
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    run.write("large.csv", std::string(100000, 'x'));
    run.keep();
  } catch (const OutputError& error) {
    why = error.what();
  }
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(why, HasSubstr("large.csv"));
  EXPECT_TRUE(empty());
}

TEST_F(RunFolderTest, OverwritingReplacesAnEarlierRunOnceTheNewOneIsKept) {
  make_run("a", "old");
  {
    RunFolder run = RunFolder::create(path("a"), true);
    EXPECT_FALSE(run.has(kConfigurationFile));
    run.write("new.csv", "new");
    run.keep();
  }
  EXPECT_TRUE(fs::exists(path("a/new.csv")));
  EXPECT_FALSE(fs::exists(path("a") + "/" + kConfigurationFile));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(RunFolderTest, AnEarlierRunComesBackWhereItsSuccessorFails) {
  make_run("a", "old");
  {
    RunFolder::create(path("a"), true).write("new.csv", "new");
  }
  EXPECT_EQ(RunFolder::open_existing(path("a")).read(kConfigurationFile), "old");
  EXPECT_FALSE(fs::exists(path("a/new.csv")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(RunFolderTest, OverwritingSparesWhatIsNotARun) {
  const auto is_spared = [&](const std::string& file, const std::string& text) {
    fs::remove_all(path("thesis"));
    fs::create_directories(fs::path(path("thesis/" + file)).parent_path());
    std::ofstream(path("thesis/chapter.tex")) << "years";
    std::ofstream(path("thesis/" + file)) << text;
    EXPECT_THAT(reason(path("thesis"), true), HasSubstr("is not a run")) << file;
    EXPECT_TRUE(fs::exists(path("thesis/chapter.tex"))) << file;
  };
  is_spared("notes.txt", "");
  is_spared(kConfigurationFile, "seed: 1");
  is_spared(kRunFile, "");
  is_spared(kRunFile, "[1]");
  is_spared(kRunFile, R"({"schema_version": 1})");
  is_spared(kRunFile, R"({"command": "fit", "schema_version": "1"})");
  is_spared(kRunFile, R"({"command": "fit", "schema_version": 2})");
}

TEST_F(RunFolderTest, OverwritingSparesARunInWhoseFolderOthersPutSomething) {
  make_run("a", "old");
  for (const char* foreign : {"thesis.tex", ".git", "report.html.bak", "sessions/notes.txt", "sessions"}) {
    fs::create_directories(fs::path(path("a/" + std::string(foreign))).parent_path());
    std::ofstream(path("a/" + std::string(foreign))) << "years";
    EXPECT_THAT(reason(path("a"), true), HasSubstr(std::string("holds ") + foreign));
    fs::remove(path("a/" + std::string(foreign)));
    fs::remove(path("a/sessions"));
  }
  fs::create_directory(path("a/figures"));
  EXPECT_THAT(reason(path("a"), true), HasSubstr("holds figures"));
  fs::remove(path("a/figures"));
  fs::create_symlink(path("elsewhere"), path("a/trace.csv"));
  EXPECT_THAT(reason(path("a"), true), HasSubstr("holds trace.csv"));
  EXPECT_EQ(RunFolder::open_existing(path("a")).read(kConfigurationFile), "old");
}

TEST_F(RunFolderTest, AFolderOfAKilledRunThatHadNotBegunCountsAsNone) {
  fs::create_directory(path("a"));
  std::ofstream(path("a/.run.json.machine.12.0")) << "{";
  EXPECT_THAT(opening(path("a"), {kRunFile}), HasSubstr("had not begun; start it again with --overwrite"));
  EXPECT_THAT(reason(path("a")), HasSubstr("exists"));
  {
    RunFolder run = RunFolder::create(path("a"), true);
    run.write("new.csv", "new");
    run.keep();
  }
  EXPECT_FALSE(fs::exists(path("a/.run.json.machine.12.0")));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(RunFolderTest, WhatWasSavedStaysWhateverComesAndSoDoesTheRunMovedAside) {
  make_run("a", "old");
  {
    RunFolder run = RunFolder::create(path("a"), true);
    run.write("state", "saved");
    run.stay();
    run.write("more", "2");
  }
  EXPECT_EQ(RunFolder::open_existing(path("a")).read("state"), "saved");
  EXPECT_EQ(earlier_run(path("a/")), path("a.before"));
  EXPECT_EQ(RunFolder::open_existing(path("a.before")).read(kConfigurationFile), "old");
  EXPECT_THAT(reason(path("a")), HasSubstr("an earlier run of that name is in " + path("a.before")));
  fs::remove_all(path("a"));
  EXPECT_THAT(opening(path("a")), HasSubstr("an earlier run of that name is in " + path("a.before")));
  EXPECT_EQ(earlier_run(path("a.before")), "");
}

TEST_F(RunFolderTest, NothingIsWrittenOutsideIt) {
  RunFolder run = RunFolder::create(path("a"));
  for (const char* name : {"../x", "/tmp/x", "sessions/../../x", "..", "", "sessions/"}) {
    EXPECT_THROW(run.write(name, "text"), OutputError) << name;
  }
  EXPECT_FALSE(fs::exists(path("x")));
}

TEST_F(RunFolderTest, OpeningSaysWhatIsMissing) {
  make_run("a", "old");
  std::ofstream(path("file")) << "text";
  EXPECT_THAT(opening(path("none")), HasSubstr("no such folder"));
  EXPECT_THAT(opening(path("file")), HasSubstr("not a folder"));
  EXPECT_THAT(opening(path("a"), {kConfigurationFile, "checkpoint.json"}),
              HasSubstr("holds no checkpoint.json"));
  EXPECT_EQ(opening(path("a"), {kConfigurationFile}), "opened");
  EXPECT_THROW((void)RunFolder::open_existing(path("a")).read("checkpoint.json"), ConfigurationError);
}

TEST_F(RunFolderTest, AnOpenedFolderIsNeverRemoved) {
  make_run("a", "old");
  RunFolder::open_existing(path("a")).write("more.csv", "1");
  EXPECT_TRUE(fs::exists(path("a/more.csv")));
}

TEST_F(RunFolderTest, ALinkIsNoFileOfARun) {
  make_run("a", "old");
  std::ofstream(path("secret")) << "private";
  fs::create_symlink(path("secret"), path("a/result.json"));
  const RunFolder run = RunFolder::open_existing(path("a"));
  EXPECT_FALSE(run.has("result.json"));
  EXPECT_THROW((void)run.read("result.json"), ConfigurationError);
  try {
    RunFolder::open_existing(path("a"), {"result.json"});
    ADD_FAILURE() << "the link was followed";
  } catch (const ConfigurationError& error) {
    EXPECT_THAT(error.what(), HasSubstr("found the link result.json, expected a file"));
  }
}

}  // namespace
}  // namespace synfer
