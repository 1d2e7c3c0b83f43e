// Whatever happens to the process or the disk: what was saved is kept, and the run ends in the same files to
// the last bit, or in an error. Faults are made by failing_calls_for_test.cc.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "program.h"
#include "synfer/formats/write.h"

namespace synfer {
namespace {

namespace fs = std::filesystem;

using for_test::Conditions;
using for_test::Ended;
using for_test::Folder;
using for_test::listing;
using for_test::run_program;
using for_test::text_of;
using for_test::Words;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

constexpr int kKilled = 1000 + SIGKILL;

Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

struct Fault {
  std::string call;
  std::string at;            // the n-th call: 3, or from it on: 3+
  std::string error;         // errno, kill or killed
  std::string name = "run";  // part of the file's name
};

// Every file of a run without times.
std::map<std::string, std::string> contents(const std::string& run) {
  static const std::regex kTimes(R"("seconds": [-+.0-9e]+|, [0-9.]+ s; )");
  std::map<std::string, std::string> files;
  for (const std::string& name : listing(run)) {
    if (!fs::is_directory(run + "/" + name))
      files[name] = std::regex_replace(text_of(run + "/" + name), kTimes, "");
  }
  return files;
}

void expect_same(const std::string& run, const std::map<std::string, std::string>& expected) {
  const std::map<std::string, std::string> found = contents(run);
  for (const auto& [name, text] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_TRUE(found.at(name) == text) << name << " is another";
  }
  for (const auto& [name, text] : found) EXPECT_TRUE(expected.contains(name)) << name << " is new";
}

// Runs of one name in folders of their own: a report says the name of its run.
struct Faults : testing::Test {
  Folder data;

  Faults() {
    const Ended ended = run_program(data, {"simulate", "--out", "seen", "data.sessions=2",
                                           "task.trials_per_block=10", "network.inputs=4"});
    EXPECT_EQ(ended.code, 0) << ended.err;
  }

  Words fit(const Words& settings) const {
    return with(
        {"fit", data.path("seen/sessions.csv"), "--out", "run", "network.inputs=4", "network.hidden=0",
         "evaluation.predictive_draws=0", "evaluation.cross_validate=none", "uncertainty.method=none"},
        settings);
  }

  // Whether the fault was met.
  static bool run_with(const Fault& fault, const Folder& place, const Words& words, Ended& ended) {
    const Folder apart;
    Conditions conditions;
    conditions.environment = {"LD_PRELOAD=" SYNFER_FAILING_CALLS, "ASAN_OPTIONS=verify_asan_link_order=0",
                              "FAIL_CALL=" + fault.call,          "FAIL_AT=" + fault.at,
                              "FAIL_ERROR=" + fault.error,        "FAIL_NAME=" + fault.name,
                              "FAIL_TOLD=" + apart.path("told")};
    ended = run_program(place, words, conditions);
    return fs::exists(apart.path("told"));
  }

  static std::map<std::string, std::string> undisturbed(const Words& words, int* code = nullptr) {
    const Folder place;
    const Ended ended = run_program(place, words);
    EXPECT_THAT(ended.code, AnyOf(0, 4)) << ended.err;
    if (code != nullptr) *code = ended.code;
    return contents(place.path("run"));
  }
};

const Words kAdam = {"fit.method=adam", "rule.terms=[x*r, w]", "fit.epochs=6", "run.checkpoint_seconds=1e-9"};
constexpr int kFirstSaved =
    5;  // run.json, configuration.yaml as given and as resolved, a state; then another

TEST_F(Faults, AnErrorOfTheSystemEndsInTheSameFilesOrLeavesWhatWasSaved) {
  const auto expected = undisturbed(fit(kAdam));
  int faults = 0;
  for (const int error : {ENOSPC, EIO, EINTR, EINVAL}) {
    for (const std::string call : {"open", "write", "fsync", "close", "rename", "mkdir"}) {
      for (const std::string at : {"1", "2", "4", "5", "8", "11", "13", "5+"}) {
        if (error == EINTR && at.ends_with('+')) continue;  // for ever
        SCOPED_TRACE(fmt::format("{} number {} fails: {}", call, at, std::generic_category().message(error)));
        const Folder place;
        Ended ended;
        if (!run_with({call, at, std::to_string(error)}, place, fit(kAdam), ended)) break;
        ++faults;
        const bool is_nothing = error == EINTR || (error == EINVAL && call == "fsync");
        ASSERT_THAT(ended.code, is_nothing ? AnyOf(0, 0) : AnyOf(0, 2)) << ended.err;
        if (ended.code == 0) {
          expect_same(place.path("run"), expected);
          continue;
        }
        EXPECT_THAT(ended.err, HasSubstr("run"));
        if (!fs::exists(place.path("run"))) {
          EXPECT_LT(std::stoi(at), kFirstSaved);
          EXPECT_TRUE(listing(place.path()).empty());
          continue;
        }
        const Ended resumed = run_program(place, {"resume", "run"});
        ASSERT_EQ(resumed.code, 0) << resumed.err;
        expect_same(place.path("run"), expected);
      }
    }
  }
  EXPECT_GT(faults, 80);
}

TEST_F(Faults, AStateThatCannotBeSavedIsToldOnceAndTheFitGoesOn) {
  const auto expected = undisturbed(fit(kAdam));
  const Folder place;
  Ended ended;
  ASSERT_TRUE(run_with({"write", "1+", std::to_string(ENOSPC), "checkpoint.json"}, place, fit(kAdam), ended));
  EXPECT_EQ(ended.code, 0);
  EXPECT_THAT(ended.err,
              HasSubstr("warning: run/checkpoint.json: cannot be written: No space left on device"));
  EXPECT_EQ(ended.err.find("warning"), ended.err.rfind("warning"));
  expect_same(place.path("run"), expected);
}

// The earlier run of that name stays as it was: what is written is whole, or it is not there.
TEST_F(Faults, SimulatedDataOfAnyFormatAreWholeOrTheEarlierRunStays) {
  for (const std::string& format : written_format_names()) {
    const Words words = {"simulate",
                         "--out",
                         "run",
                         "--overwrite",
                         "data.sessions=2",
                         "task.trials_per_block=500",
                         "network.inputs=4",
                         "data.format=" + format};
    const auto expected = undisturbed(words);
    const Folder place;
    ASSERT_EQ(run_program(place, with(words, {"seed=5"})).code, 0);
    const auto before = contents(place.path("run"));
    const auto expect_nothing_new = [&](const Ended& ended) {
      EXPECT_EQ(ended.code, 2) << ended.err;
      EXPECT_THAT(ended.err, AllOf(HasSubstr("run/sessions"), HasSubstr("cannot be written")));
      expect_same(place.path("run"), before);
      EXPECT_EQ(fs::exists(place.path("run.before")), false);
    };
    int faults = 0;
    for (const int error : {ENOSPC, EIO, EDQUOT}) {
      for (const std::string call : {"open", "write", "fsync", "close", "rename"}) {
        SCOPED_TRACE(fmt::format("{}, {} fails: {}", format, call, std::generic_category().message(error)));
        Ended ended;
        if (!run_with({call, "1+", std::to_string(error), "sessions"}, place, words, ended)) continue;
        ++faults;
        expect_nothing_new(ended);
      }
    }
    EXPECT_EQ(faults, 15) << format;
    const auto is_data = [](const auto& file) { return file.first.starts_with("sessions"); };
    const std::size_t whole = std::ranges::find_if(expected, is_data)->second.size();
    for (const std::size_t bytes : {whole / 2, whole - 1}) {
      SCOPED_TRACE(fmt::format("{}, no file beyond {} bytes", format, bytes));
      Conditions limited;
      limited.file_size = bytes;
      expect_nothing_new(run_program(place, words, limited));
    }
    EXPECT_EQ(run_program(place, words).code, 0);
    expect_same(place.path("run"), expected);
  }
}

// What `synfer settings` lists.
Words optimisers() {
  const Folder any;
  std::istringstream lines(run_program(any, {"settings", "--markdown"}).out);
  std::string line;
  while (std::getline(lines, line) && !line.starts_with("| `fit.method`")) {
  }
  Words found;
  std::istringstream cells(line);
  for (int n = 0; n < 4; ++n) std::getline(cells, line, '|');
  const std::regex word("[a-z]+");
  for (std::sregex_iterator at(line.begin(), line.end(), word), end; at != end; ++at) {
    if (at->str() != "or") found.push_back(at->str());
  }
  return found;
}

TEST_F(Faults, ARunKilledOnceItsStateIsSavedGoesOnToTheSameFiles) {
  const Words methods = optimisers();
  ASSERT_GE(methods.size(), 4U);
  std::map<std::string, Words> runs = {
      {"selection", {"rule.degree=1", "selection.most_terms=2"}},
      {"structures", {"structures.search=always", "rule.terms=[x*r, w]"}},
      {"mlp", {"rule.kind=mlp", "rule.hidden=[2]", "fit.starts=2", "fit.max_iterations=6"}},
      {"cross-validation", {"rule.terms=[x*r, w]", "evaluation.cross_validate=forward"}}};
  for (const std::string& method : methods)
    runs[method] = {"fit.method=" + method, "rule.terms=[x*r, w]", "fit.epochs=6", "fit.max_iterations=9"};
  for (const auto& [name, settings] : runs) {
    SCOPED_TRACE(name);
    const Words words = with(fit(settings), {"run.checkpoint_seconds=1e-9"});
    int code = -1;
    const auto expected = undisturbed(words, &code);
    int states = 0;
    for (int at = 1; at < 10'000; at *= 2) {
      const Folder place;
      Ended ended;
      if (!run_with({"rename", std::to_string(at), "killed", "checkpoint.json"}, place, words, ended)) break;
      ASSERT_EQ(ended.code, kKilled);
      ++states;
      SCOPED_TRACE(fmt::format("killed after state {}", at));
      const Ended resumed = run_program(place, {"resume", "run"});
      ASSERT_EQ(resumed.code, code) << resumed.err;
      expect_same(place.path("run"), expected);
    }
    EXPECT_GE(states, 2);
  }
}

TEST_F(Faults, ARunKilledAtAnyCallThatWritesIsCompleted) {
  const Words words = fit({"rule.terms=[x*r, w]"});
  const auto expected = undisturbed(words);
  int kills = 0;
  for (const std::string call : {"open", "write", "rename", "mkdir"}) {
    for (int at = 1; at < 100; ++at) {
      SCOPED_TRACE(fmt::format("killed at {} number {}", call, at));
      const Folder place;
      Ended ended;
      if (!run_with({call, std::to_string(at), "kill"}, place, words, ended)) break;
      ++kills;
      ASSERT_EQ(ended.code, kKilled);
      Ended completed = run_program(place, {"resume", "run"});
      if (completed.code == 2) {  // nothing had begun
        EXPECT_THAT(completed.err, AnyOf(HasSubstr("no such folder"), HasSubstr("had not begun")));
        completed = run_program(place, with(words, {"--overwrite"}));
      }
      ASSERT_EQ(completed.code, 0) << completed.err;
      expect_same(place.path("run"), expected);
      EXPECT_THAT(run_program(place, {"resume", "run"}).err, HasSubstr("has ended"));
    }
  }
  EXPECT_GT(kills, 20);
}

TEST_F(Faults, AnEarlierRunOutlivesASuccessorThatIsKilledAndIsSpokenOf) {
  const Folder place;
  ASSERT_EQ(run_program(place, fit({"rule.terms=[x*r]"})).code, 0);
  const auto before = contents(place.path("run"));
  Ended ended;
  ASSERT_TRUE(run_with({"rename", "2", "killed", "checkpoint.json"}, place, with(fit(kAdam), {"--overwrite"}),
                       ended));
  expect_same(place.path("run.before"), before);
  const Ended resumed = run_program(place, {"resume", "run"});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("the earlier run of that name is kept in run.before"));
  expect_same(place.path("run.before"), before);
}

// A run that was cut off, for what somebody does to its files.
struct CutRun : Faults {
  Folder place;

  CutRun() {
    Ended ended;
    EXPECT_TRUE(run_with({"rename", "3", "killed", "checkpoint.json"}, place, fit(kAdam), ended));
  }

  [[nodiscard]] std::string file(const std::string& name) const { return place.path("run/" + name); }

  void replace(const std::string& name, const std::string& part, const std::string& other) const {
    std::string text = text_of(file(name));
    const std::size_t at = text.find(part);
    ASSERT_NE(at, std::string::npos) << name;
    place.write("run/" + name, text.replace(at, part.size(), other));
  }

  void expect_refused(const std::string& why) const {
    const auto before = contents(place.path("run"));
    const Ended ended = run_program(place, {"resume", "run"});
    EXPECT_EQ(ended.code, 2) << ended.out;
    EXPECT_THAT(ended.err, HasSubstr(why));
    expect_same(place.path("run"), before);
  }
};

TEST_F(CutRun, WithASettingChangedIsRefused) {
  replace("configuration.yaml", "degree: 2", "degree: 1");
  expect_refused("configuration.yaml: rule.degree: found 1, expected 2");
}

TEST_F(CutRun, WithWhatItWasAskedForChangedIsRefused) {
  replace("run.json", "epochs: 6", "epochs: 7");
  expect_refused("checkpoint.json: run: the state is of another run");
}

TEST_F(CutRun, WithAStateChangedIsRefused) {
  replace("checkpoint.json", "\"damping\":0.0", "\"damping\":0.5");
  expect_refused("checkpoint.json: sha256");
}

TEST_F(CutRun, WithHalfAStateIsRefused) {
  place.write("run/checkpoint.json", text_of(file("checkpoint.json")).substr(0, 100));
  expect_refused("checkpoint.json: is not JSON");
}

TEST_F(CutRun, WithBrokenFilesOfItsOriginIsRefused) {
  place.write("run/run.json", "{\"schema_version\": 1, \"command\": 3}");
  expect_refused("run.json: command: found number, expected text");
}

TEST_F(CutRun, ThatWasMovedGoesOnWhereItIs) {
  fs::create_directory(place.path("elsewhere"));
  fs::rename(place.path("run"), place.path("elsewhere/run"));
  const std::string run = "elsewhere/run";
  ASSERT_EQ(run_program(place, {"resume", run}).code, 0);
  expect_same(place.path(run), undisturbed(fit(kAdam)));
  fs::rename(place.path(run), place.path("moved again"));
  EXPECT_EQ(run_program(place, {"report", "moved again"}).code, 0);
  EXPECT_EQ(
      run_program(place, {"evaluate", "moved again", data.path("seen/sessions.csv"), "--out", "scores"}).code,
      0);
  EXPECT_EQ(run_program(place, {"export", "moved again", "--to", "python"}).code, 0);
}

TEST_F(CutRun, IsNotLedOutOfItsFolderByLinks) {
  const std::string secret = data.write("secret", "root:x:0:0");
  for (const char* name : {"run.json", "checkpoint.json", "configuration.yaml"}) {
    SCOPED_TRACE(name);
    const std::string kept = data.path(std::string("kept ") + name);
    fs::copy(file(name), kept);
    fs::remove(file(name));
    fs::create_symlink(secret, file(name));
    const Ended ended = run_program(place, {"resume", "run"});
    EXPECT_EQ(ended.err.find("root:x"), std::string::npos);
    EXPECT_EQ(text_of(secret), "root:x:0:0");
    EXPECT_TRUE(ended.code == 2 || name != std::string("run.json"));
    fs::remove_all(file(name));
    fs::copy(kept, file(name));
  }
}

}  // namespace
}  // namespace synfer
