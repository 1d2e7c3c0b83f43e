// The program among the tools of a shell: completion, manual page, colours, the width of a terminal.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <sstream>

#include "program.h"

namespace synfer {
namespace {

using for_test::Ended;
using for_test::Folder;
using for_test::run_program;
using for_test::text_of;
using for_test::Words;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

struct Shell : testing::Test {
  Folder folder;

  std::string out_of(const Words& words) const {
    const Ended ended = run_program(folder, words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What a command of the system says, its errors included.
std::string said_by(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  std::string said;
  std::array<char, 4096> bytes;
  for (std::size_t n = 0; (n = fread(bytes.data(), 1, bytes.size(), pipe)) > 0;) said.append(bytes.data(), n);
  pclose(pipe);
  return said;
}

bool has(const char* program) { return !said_by(std::string("command -v ") + program).empty(); }

// What bash offers at the end of these words; as bash does, = is a word of its own.
std::vector<std::string> offered_by_bash(const Folder& folder, const std::string& words) {
  folder.write("ask.sh",
               "source " + folder.path("completion") + "\ncompopt() { :; }\nCOMP_WORDS=(" + words +
                   ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_synfer\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
  std::vector<std::string> offered = lines_of(said_by("bash --norc " + folder.path("ask.sh")));
  if (offered == std::vector<std::string>{""}) offered.clear();
  return offered;
}

TEST_F(Shell, BashCompletesCommandsOptionsSettingsAndTheirValues) {
  folder.write("completion", out_of({"completion", "bash"}));
  EXPECT_THAT(offered_by_bash(folder, "synfer fi"), ElementsAre("fit"));
  EXPECT_THAT(offered_by_bash(folder, "synfer ''"), IsSupersetOf({"simulate", "fit", "settings", "manual"}));
  EXPECT_THAT(offered_by_bash(folder, "synfer fit --o"), ElementsAre("--out", "--overwrite"));
  EXPECT_THAT(offered_by_bash(folder, "synfer fit a.mat fit.m"),
              ElementsAre("fit.method=", "fit.max_iterations="));
  EXPECT_THAT(offered_by_bash(folder, "synfer fit fit.method = ''"),
              ElementsAre("fisher", "evidence", "adam", "lbfgs"));
  EXPECT_THAT(offered_by_bash(folder, "synfer recover fit.method = a"), ElementsAre("adam"));
  EXPECT_THAT(offered_by_bash(folder, "synfer recover task.baiting = t"), ElementsAre("true"));
  EXPECT_THAT(offered_by_bash(folder, "synfer fit --format f"), ElementsAre("flies2022", "foraging-nwb"));
  EXPECT_THAT(offered_by_bash(folder, "synfer export run --to p"), ElementsAre("python"));
  EXPECT_THAT(offered_by_bash(folder, "synfer completion f"), ElementsAre("fish"));
  EXPECT_THAT(offered_by_bash(folder, "synfer compare fit.m"), ElementsAre());  // takes no settings
}

TEST_F(Shell, ZshParsesItsScript) {
  folder.write("_synfer", out_of({"completion", "zsh"}));
  if (!has("zsh")) GTEST_SKIP() << "without zsh";
  EXPECT_EQ(said_by("zsh -n " + folder.path("_synfer")), "");
}

TEST_F(Shell, FishCompletesByItsScript) {
  folder.write("synfer.fish", out_of({"completion", "fish"}));
  if (!has("fish")) GTEST_SKIP() << "without fish";
  const auto fish = [&](const std::string& line) {
    return said_by("fish --no-config -c 'source " + folder.path("synfer.fish") + "; complete -C \"" + line +
                   "\"'");
  };
  EXPECT_EQ(fish("synfer fi"), "fit\tFit a rule to recorded sessions\n");
  EXPECT_THAT(fish("synfer fit fit.me"), HasSubstr("fit.method=\tOptimiser"));
  EXPECT_THAT(lines_of(fish("synfer fit fit.method=")),
              IsSupersetOf({"fit.method=adam", "fit.method=fisher"}));
}

TEST_F(Shell, TheManualPageIsWellFormedAndHasEveryCommandAndSetting) {
  folder.write("synfer.1", out_of({"manual"}));
  if (!has("groff")) GTEST_SKIP() << "without groff";
  EXPECT_EQ(said_by("groff -man -ww -z " + folder.path("synfer.1")), "");
  const std::string page = said_by("groff -man -Tascii -P-cbuo " + folder.path("synfer.1"));
  for (const std::string& line : lines_of(out_of({"settings"}))) {
    if (line.starts_with(' ')) continue;
    const std::string key = line.substr(0, line.find(' '));
    EXPECT_TRUE(page.find(key) != std::string::npos) << key;
  }
  for (const std::string& line : lines_of(out_of({"--help"}))) {
    std::istringstream words(line);
    std::string command;
    if (!line.starts_with("  ") || line[2] == '-' || !(words >> command)) continue;
    EXPECT_TRUE(page.find("synfer " + command) != std::string::npos) << command;
  }
}

TEST_F(Shell, TheVersionSaysWhatItWasBuiltOf) {
  const std::string version = out_of({"--version"});
  EXPECT_THAT(version, testing::StartsWith("synfer " SYNFER_VERSION "\n"));
  for (const char* part : {"built by", "instruction set", "HDF5 1.", "Highway 1."}) {
    EXPECT_THAT(version, HasSubstr(part));
  }
}

TEST_F(Shell, AMistypedCommandOrOptionIsAnsweredByOneThatExists) {
  const auto refused = [&](const Words& words) {
    const Ended ended = run_program(folder, words);
    EXPECT_EQ(ended.code, 2);
    return ended.err;
  };
  EXPECT_THAT(refused({"fitt"}), HasSubstr("did you mean fit?"));
  EXPECT_THAT(refused({"similate", "--out", "run"}), HasSubstr("did you mean simulate?"));
  EXPECT_THAT(refused({"fit", "--ouput", "run"}), HasSubstr("did you mean --out?"));
  EXPECT_THAT(refused({"fit", "--confg=c.yaml"}), HasSubstr("did you mean --config?"));
  EXPECT_THAT(refused({"completion", "bsh"}), HasSubstr("did you mean bash?"));
  EXPECT_EQ(refused({"fit", "a.mat"}), "synfer: synfer fit: --out is required; see synfer fit --help\n");
}

// What the program says to a terminal.
std::string said_to_terminal(const Folder& folder, const Words& words, const char* forbidden) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    if (forbidden != nullptr) setenv("NO_COLOR", forbidden, 1);
    if (forbidden == nullptr) unsetenv("NO_COLOR");
    std::vector<char*> arguments = {const_cast<char*>(for_test::kProgram.c_str())};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (chdir(folder.path().c_str()) != 0) _exit(126);
    execv(for_test::kProgram.c_str(), arguments.data());
    _exit(127);
  }
  std::string said;
  std::array<char, 4096> bytes;
  for (ssize_t n = 0; (n = read(terminal, bytes.data(), bytes.size())) > 0;)
    said.append(bytes.data(), static_cast<std::size_t>(n));
  waitpid(child, nullptr, 0);
  close(terminal);
  return said;
}

TEST_F(Shell, ColoursAreForTerminalsThatDoNotForbidThem) {
  constexpr const char* kEscape = "\x1b[";
  const Words recover = {"recover",
                         "--out",
                         "run",
                         "--overwrite",
                         "data.sessions=2",
                         "data.evaluation_sessions=1",
                         "rule.terms=[x*r]",
                         "run.progress=never"};
  for (const Words& words : {recover, Words{"fitt"}, Words{"--help"}, Words{"fit", "--help"}}) {
    SCOPED_TRACE(words.front());
    EXPECT_THAT(said_to_terminal(folder, words, nullptr), HasSubstr(kEscape));
    EXPECT_THAT(said_to_terminal(folder, words, ""), HasSubstr(kEscape));
    EXPECT_THAT(said_to_terminal(folder, words, "1"), Not(HasSubstr(kEscape)));
    const Ended piped = run_program(folder, words);
    EXPECT_THAT(piped.out + piped.err, Not(HasSubstr(kEscape)));
  }
}

TEST_F(Shell, WhatIsPrintedFitsATerminal) {
  const Words settings = {"rule.terms=[1, w, x, r, x*r, x^2*r]", "evaluation.assumptions=true",
                          "history.session_bias=true", "evaluation.shuffles=1"};
  const auto with_settings = [&](Words words) {
    words.insert(words.end(), settings.begin(), settings.end());
    return words;
  };
  const std::vector<Words> commands = {
      {"--help"},
      {"--version"},
      {"settings"},
      {"simulate", "--out", "seen", "data.sessions=3", "task.trials_per_block=20"},
      {"recover", "--out", "recovery", "data.sessions=3", "data.evaluation_sessions=2"},
      {"recover", "--out", "mlp", "rule.kind=mlp", "data.sessions=2", "data.evaluation_sessions=1"},
      {"recover", "--out", "adam", "fit.method=adam", "data.sessions=2", "fit.epochs=3"},
      {"check", "seen/sessions.csv"},
      with_settings({"fit", "seen/sessions.csv", "--out", "one"}),
      {"fit", "seen/sessions.csv", "--out", "two", "rule.terms=[w]"},
      {"evaluate", "one", "seen/sessions.csv", "--out", "again"},
      {"compare", "one", "two"},
      {"recover", "--like", "seen/sessions.csv", "--out", "power", "truth.rule=x*r",
       "rule.terms=[x^2*r, x*r]", "design.replicates=2"},
  };
  for (const Words& words : commands) {
    const Ended ended = run_program(folder, words);
    EXPECT_THAT(ended.code, testing::AnyOf(0, 4)) << ended.err;  // a fit that did not converge prints too
    EXPECT_FALSE(ended.out.empty());
    for (const std::string& line : lines_of(ended.out)) {
      EXPECT_LE(line.size(), 80U) << words.front() << ": " << line;
    }
  }
}

// A name may hold what moves a cursor, or rings.
TEST_F(Shell, NamesDoNotSpeakToTheTerminal) {
  std::string rows = "animal,session,stimulus,choice,reward\n";
  for (int t = 0; t < 40; ++t)
    rows += fmt::format("fly\x1b,day,\x1b]0;title\x07 a\x7f\xc2\x9b,{},{}\n", t % 2, t % 4 == 1 ? 1 : 0);
  folder.write("names.csv", rows);
  for (const Words& words :
       {Words{"check", "names.csv"}, Words{"fit", "names.csv", "--out", "run", "--quick"},
        Words{"fit", "\x1b[31m.csv", "--out", "none"}}) {
    const Ended ended = run_program(folder, words);
    if (words.front() == "check") {
      EXPECT_THAT(ended.out, HasSubstr("?]0;title? a??"));
    }
    EXPECT_FALSE((ended.out + ended.err).empty());
    for (const char* control : {"\x1b", "\x07", "\x7f", "\xc2\x9b"})
      EXPECT_THAT(ended.out + ended.err, Not(HasSubstr(control))) << words.front();
  }
}

TEST_F(Shell, ExitCodesAreTheSameWhereNobodyHears) {
  folder.write("steps.csv", "trial,stimulus,choice,reward\n1,a,1,1\n2,b,1,0\n3,a,1,1\n4,b,1,0\n");
  const auto code_of = [&](const std::string& words) {
    const std::string line = "cd " + folder.path() + " && " + for_test::kProgram + " " + words + " >out";
    return WEXITSTATUS(std::system(line.c_str()));  // NOLINT(concurrency-mt-unsafe): one thread
  };
  const std::string fit =
      "fit steps.csv --quick --overwrite --out run rule.terms=[x*r] run.checkpoint_seconds=1e-9";
  for (const auto& [words, code] : {std::pair<std::string, int>{"fitt", 2},
                                    {"check nowhere.csv", 3},
                                    {"resume nowhere", 2},
                                    {fit, code_of(fit + " 2>/dev/null")}}) {
    for (const char* closed : {" 2>&-", " 2>/dev/full", " <&- 2>&-"})
      EXPECT_EQ(code_of(words + closed), code) << words << closed;
  }
  EXPECT_THAT(text_of(folder.path("run/run.json")), testing::StartsWith("{\n"));
}

// Of the processor's time, the least of ten: others use the machine too.
TEST_F(Shell, HelpTakesNoMoreThan20Milliseconds) {
#if defined(__SANITIZE_ADDRESS__) || !defined(NDEBUG)
  GTEST_SKIP() << "what is not optimised starts slowly";
#endif
  const auto used = [] {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  };
  double least = INFINITY;
  for (int n = 0; n < 10; ++n) {
    const double before = used();
    run_program(folder, {"--help"});
    least = std::min(least, used() - before);
  }
  EXPECT_LT(least, 0.020);
}

}  // namespace
}  // namespace synfer
