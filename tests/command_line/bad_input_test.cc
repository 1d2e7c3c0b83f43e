// Bad input ends in one sentence and an exit code (3 for data, 2 for usage, settings and output),
// and leaves the folder as it was.
#include <gtest/gtest.h>
#include <matio.h>

#include <cmath>

#include "program.h"

namespace synfer {
namespace {

using for_test::Conditions;
using for_test::Ended;
using for_test::Folder;
using for_test::listing;
using for_test::run_program;
using for_test::text_of;
using for_test::Words;
using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kHeader = "session,trial,stimulus,choice,reward\n";
constexpr const char* kGood = "session,trial,stimulus,choice,reward\nmon,1,a,0,\nmon,1,b,1,1\nmon,2,a,1,0\n";

void put(mat_t* mat, const char* name, std::size_t columns, std::vector<double> values) {
  std::size_t dims[2] = {values.size() / columns, columns};
  matvar_t* made = Mat_VarCreate(name, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, values.data(), 0);
  ASSERT_EQ(Mat_VarWrite(mat, made, MAT_COMPRESSION_ZLIB), 0);
  Mat_VarFree(made);
}

// X (column after column), Y, R of a fly.
void write_fly(const std::string& path, const std::vector<double>& x, const std::vector<double>& y,
               const std::vector<double>& r) {
  mat_t* mat = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
  ASSERT_NE(mat, nullptr);
  put(mat, "X", 2, x);
  put(mat, "Y", 1, y);
  put(mat, "R", 1, r);
  Mat_Close(mat);
}

struct ExitCodes : testing::Test {
  Folder folder;

  // Runs, and expects that nothing came and nothing went.
  Ended expect_refusal(const Words& words, int code, const std::string& says,
                       const Conditions& conditions = {}) const {
    const std::vector<std::string> before = listing(folder.path());
    const Ended ended = run_program(folder, words, conditions);
    EXPECT_EQ(ended.code, code) << ended.err;
    EXPECT_THAT(ended.err, testing::StartsWith("synfer: "));
    EXPECT_THAT(ended.err, HasSubstr(says));
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    EXPECT_EQ(listing(folder.path()), before);
    return ended;
  }
};

TEST_F(ExitCodes, DataThatCannotBeRightEndWith3) {
  const struct {
    const char* name;
    std::string bytes;
    const char* says;
  } cases[] = {
      {"a missing column", "session,trial,stimulus,reward\nmon,1,a,1\n",
       "column choice: there is no such column"},
      {"text for a number", kHeader + std::string("mon,1,a,yes,1\n"), "row 2, column choice: found 'yes'"},
      {"NaN as every reward", kHeader + std::string("mon,1,a,1,nan\n"), "column reward: no reward is known"},
      {"NaN as an input", "session,trial,x0,choice,reward\nmon,1,nan,1,1\n",
       "row 2, column x0: the value is missing"},
      {"infinity as a reward", kHeader + std::string("mon,1,a,1,inf\n"), "row 2, column reward: found 'inf'"},
      {"a reward on a rejected offer", kHeader + std::string("mon,1,a,0,1\nmon,1,b,1,\n"),
       "row 2, column reward"},
      {"an empty file", "", "the file is empty"},
      {"a header alone", kHeader, "data.csv"},
      {"a short row", kHeader + std::string("mon,1,a\n"), "row 2"},
      {"thousands, or decimals", "session;trial;stimulus;choice;reward\nmon;1;a;1;1,250\nmon;2;a;1;800\n",
       "row 2, column reward: found '1,250'"},
      {"no text at all", std::string("\0\1\2\3\xff\xfe", 6), "data.csv"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.name);
    folder.write("data.csv", bad.bytes);
    expect_refusal({"check", "data.csv"}, 3, bad.says);
    expect_refusal({"fit", "data.csv", "--out", "runs/one"}, 3, bad.says);
  }
}

TEST_F(ExitCodes, FliesThatCannotBeRightEndWith3) {
  const std::vector<double> x = {1, 0, 0, 1, 1, 0, 1, 1, 0, 0};
  const std::vector<double> y = {0, 1, 1, 0, 1};
  const std::vector<double> r = {1, 0, 1};
  std::vector<double> two_ones = x;
  two_ones[5] = 1;
  std::vector<double> missing = x;
  missing[2] = std::nan("");
  const struct {
    const char* name;
    std::vector<double> x, y, r;
    const char* says;
  } cases[] = {
      {"an odour row with two ones", two_ones, y, r, "row 1, column X: found two ones"},
      {"an odour that is no number", missing, y, r, "row 3, column X: found nan"},
      {"a reward too few", x, y, {1, 0}, "column R: found 2 rewards, expected 3"},
      {"a reward too many", x, y, {1, 0, 1, 1}, "column R: found 4 rewards, expected 3"},
      {"a choice of 2", x, {0, 2, 1, 0, 1}, r, "row 2, column Y: found 2"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.name);
    write_fly(folder.path("Fly.mat"), bad.x, bad.y, bad.r);
    expect_refusal({"check", "Fly.mat"}, 3, bad.says);
    expect_refusal({"fit", "Fly.mat", "--out", "runs/one"}, 3, bad.says);
  }
  write_fly(folder.path("Fly.mat"), x, y, r);
  EXPECT_EQ(run_program(folder, {"check", "Fly.mat"}).code, 0);  // what the cases spoil is good
}

TEST_F(ExitCodes, ATruncatedFlyEndsWith3) {
  const std::string fly = for_test::shared_data("flies/Fly1.mat");
  SYNFER_SKIP_WITHOUT(fly);
  const std::string whole = text_of(fly);
  folder.write("Fly1.mat", whole);
  ASSERT_EQ(run_program(folder, {"check", "Fly1.mat"}).code, 0);
  for (const double part : {0.01, 0.3, 0.5, 0.9, 0.999}) {
    SCOPED_TRACE(part);
    folder.write("Fly1.mat",
                 whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size()))));
    expect_refusal({"check", "Fly1.mat"}, 3, "Fly1.mat");
    expect_refusal({"fit", "Fly1.mat", "--out", "runs/one"}, 3, "Fly1.mat");
  }
}

TEST_F(ExitCodes, LineEndsOfOtherSystemsAndAByteOrderMarkAreRead) {
  folder.write("plain.csv", kGood);
  const Ended plain = run_program(folder, {"check", "plain.csv"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  std::string foreign = "\xef\xbb\xbf";
  for (const char c : std::string(kGood)) foreign += c == '\n' ? std::string("\r\n") : std::string(1, c);
  folder.write("foreign.csv", foreign);
  const Ended read = run_program(folder, {"check", "foreign.csv"});
  EXPECT_EQ(read.code, 0) << read.err;
  EXPECT_EQ(read.out, plain.out);
}

TEST_F(ExitCodes, SettingsUsageAndOutputEndWith2) {
  folder.write("data.csv", kGood);
  folder.write("broken.yaml", "fit: {epochs: [1\n");
  folder.write("unknown.yaml", "fit:\n  learning_rat: 0.1\n");
  folder.write("notes/mine.txt", "mine");
  const struct {
    const char* name;
    Words words;
    const char* says;
  } cases[] = {
      {"an unknown key", {"recover", "--out", "run", "fit.epoch=3"}, "did you mean fit.epochs?"},
      {"one in a file",
       {"recover", "--out", "run", "--config", "unknown.yaml"},
       "did you mean fit.learning_rate?"},
      {"a file that is no YAML", {"recover", "--out", "run", "--config", "broken.yaml"}, "broken.yaml"},
      {"no such file", {"recover", "--out", "run", "--config", "none.yaml"}, "none.yaml"},
      {"a probability of 1.2",
       {"simulate", "--out", "run", "task.reward_probabilities=[[1.2, 0.8]]"},
       "task.reward_probabilities: found [[1.2, 0.8]]"},
      {"zero sessions", {"simulate", "--out", "run", "data.sessions=0"}, "data.sessions: found 0"},
      {"a code of choices where none are read",
       {"simulate", "--out", "run", "data.choice_values=[l, r]"},
       "data.choice_values: says how data are read"},
      {"names of columns where none are read",
       {"recover", "--out", "run", "data.columns.choice=side"},
       "data.columns.choice: says how data are read"},
      {"a format where nothing is read or written",
       {"recover", "--out", "run", "--format", "matlab"},
       "data.format: says how data are read and written"},
      {"a rule that is none", {"simulate", "--out", "run", "truth.rule=x*q"}, "truth.rule"},
      {"coefficients of terms to fit",
       {"recover", "--out", "run", "rule.terms=x*r - 0.05*w"},
       "rule.terms: found x*r - 0.05*w, but coefficients of terms are fitted"},
      {"settings of nothing", {"settings", "epochs", "nonsense"}, "no setting speaks of this"},
      {"two rules to simulate",
       {"recover", "--like", "data.csv", "--rule", "earlier", "--out", "run", "truth.rule=x*r"},
       "--rule: names the run whose rule is simulated"},
      {"an initial weight file that is absent",
       {"fit", "data.csv", "--out", "run", "network.initial_weights.kind=given",
        "network.initial_weights.file=no.csv"},
       "no.csv"},
      {"the number of recorded sessions",
       {"fit", "data.csv", "--out", "run", "data.sessions=3"},
       "data.sessions"},
      {"true stimuli of recorded data",
       {"fit", "data.csv", "--out", "run", "stimulus.in_fit=true"},
       "stimulus.in_fit"},
      {"a folder that exists",
       {"recover", "--out", "notes", "fit.epochs=1", "data.sessions=1"},
       "notes: exists"},
      {"one that is no run",
       {"recover", "--out", "notes", "--overwrite", "fit.epochs=1", "data.sessions=1"},
       "is not a run"},
      {"a folder below a file", {"simulate", "--out", "data.csv/run", "data.sessions=1"}, "cannot be made"},
      {"no run to go on with", {"resume", "notes"}, "notes: holds no"},
      {"no run to evaluate", {"evaluate", "absent", "data.csv", "--out", "run"}, "no such folder"},
      {"no data", {"fit", "--out", "run"}, "found nothing, expected data files or folders"},
  };
  for (const auto& bad : cases) {
    SCOPED_TRACE(bad.name);
    expect_refusal(bad.words, 2, bad.says);
  }
  EXPECT_EQ(text_of(folder.path("notes/mine.txt")), "mine");
}

TEST_F(ExitCodes, AnUnknownCommandOrAMissingOutEndsWith2) {
  for (const Words& words :
       {Words{}, Words{"guess"}, Words{"simulate"}, Words{"simulate", "--outt", "run"},
        Words{"settings", "fit.epochs=3"}, Words{"resume", "run", "--config", "none.yaml"}}) {
    const Ended ended = run_program(folder, words);
    EXPECT_EQ(ended.code, 2);
    EXPECT_NE(ended.err, "");
  }
  EXPECT_TRUE(listing(folder.path()).empty());
}

// 500 bytes are too few for the settings, 8000 for the result, at the end of the fit.
TEST_F(ExitCodes, ADiskThatFillsUpEndsWith2AndLeavesNoHalfARun) {
  for (const rlim_t bytes : {500, 8000}) {
    SCOPED_TRACE(bytes);
    Conditions full;
    full.file_size = bytes;
    expect_refusal({"recover", "--out", "runs/one", "data.sessions=1", "fit.epochs=2"}, 2,
                   "cannot be written", full);
    expect_refusal({"simulate", "--out", "runs/one", "data.sessions=2"}, 2, "cannot be written", full);
  }
}

TEST_F(ExitCodes, StandardOutputOnAFullDiskEndsWith2) {
  folder.write("data.csv", kGood);
  Conditions full;
  full.out = "/dev/full";
  for (const Words& words : {Words{"settings"}, Words{"check", "data.csv"}, Words{"simulate", "--help"},
                             Words{"simulate", "--out", "run", "data.sessions=1"}}) {
    const Ended ended = run_program(folder, words, full);
    EXPECT_EQ(ended.code, 2) << words.front();
    EXPECT_THAT(ended.err, ContainsRegex("disk|space")) << words.front();
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path("run/truth.json")));  // the run itself is whole
}

}  // namespace
}  // namespace synfer
