// Whatever the program is doing, a signal ends it soon: with nothing left, or with a run that can be resumed.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <vector>

#include "program.h"

namespace synfer {
namespace {

using Clock = std::chrono::steady_clock;
using for_test::Conditions;
using for_test::Ended;
using for_test::Folder;
using for_test::run_program;
using for_test::text_of;
using for_test::Words;
using testing::AnyOf;
using testing::HasSubstr;

// A second where nothing else runs.
constexpr std::chrono::seconds kSoon(5);

struct Signals : testing::Test {
  Folder data;
  std::string table = data.write("long.csv", rows(1'000'000));

  static std::string rows(int count) {
    std::string text = "trial,stimulus,choice,reward\n";
    for (int trial = 0; trial < count; ++trial)
      text += fmt::format("{},{},{},{}\n", trial, "AB"[trial % 2], trial % 3 == 0 ? 0 : 1,
                          trial % 3 == 0   ? ""
                          : trial % 5 == 0 ? "1"
                                           : "0");
    return text;
  }

  static void expect_to_end(const Folder& place, const Words& words, std::chrono::milliseconds moment,
                            int signal) {
    const auto has_run = [&] { return std::filesystem::exists(place.path("run/run.json")); };
    bool had_run = false;
    Clock::time_point sent;
    const Clock::time_point began = Clock::now();
    Conditions conditions;
    conditions.signal = signal;
    conditions.interrupt_when = [&] {
      sent = Clock::now();
      had_run = words.front() != "simulate" && has_run();
      return sent - began > moment;
    };
    const Ended ended = run_program(place, words, conditions);
    EXPECT_LT(Clock::now() - sent, kSoon);
    if (ended.code == 1000 + signal) return;  // before it listened
    EXPECT_EQ(ended.code, 130) << ended.out << ended.err;
    EXPECT_THAT(ended.out + ended.err, HasSubstr("interrupted"));
    EXPECT_TRUE(has_run() || !had_run) << "what has begun stays";
  }
};

TEST_F(Signals, EndAnyPhaseOfAnyCommand) {
  const Words fit = {"fit", table, "--out", "run", "rule.terms=[x*r, w]", "evaluation.cross_validate=none"};
  Words quick = fit;
  quick.emplace_back("--quick");
  struct Command {
    Words words;
    std::vector<int> moments;  // ms
  };
  const std::vector<Command> commands = {
      {{"simulate", "--out", "run", "data.sessions=100000", "task.trials_per_block=3000"}, {100, 700, 2500}},
      {{"simulate", "--out", "run", "data.sessions=1", "task.trials_per_block=100000000"}, {100, 2500}},
      {{"recover", "--out", "run", "data.sessions=3000", "task.trials_per_block=3000"}, {100, 700, 2500}},
      {{"check", table}, {20, 100, 300}},
      {fit, {20, 300, 1500, 4000}},
      {quick, {300, 1500, 3000}}};
  for (const auto& [words, moments] : commands) {
    for (std::size_t n = 0; n < moments.size(); ++n) {
      SCOPED_TRACE(fmt::format("{} after {} ms", fmt::join(words, " "), moments[n]));
      const Folder place;
      expect_to_end(place, words, std::chrono::milliseconds(moments[n]), n % 2 == 0 ? SIGTERM : SIGINT);
      EXPECT_TRUE(!std::filesystem::exists(place.path("run")) ||
                  std::filesystem::exists(place.path("run/run.json")));
    }
  }
}

// What was saved is whole: the run goes on to the same numbers.
TEST_F(Signals, AFitThatWasStoppedGoesOnToTheSameFiles) {
  const std::string some = data.write("some.csv", rows(6'000));
  const Words words = {"fit",
                       some,
                       "--out",
                       "run",
                       "--quick",
                       "rule.terms=[x*r, w]",
                       "evaluation.cross_validate=none",
                       "evaluation.predictive_draws=0"};
  const Folder whole;
  const int undisturbed = run_program(whole, words).code;
  ASSERT_THAT(undisturbed, AnyOf(0, 4));
  int halted = 0;
  for (const int moment : {200, 500, 1200}) {
    SCOPED_TRACE(fmt::format("after {} ms", moment));
    const Folder place;
    const Clock::time_point began = Clock::now();
    Conditions conditions;
    conditions.signal = SIGTERM;
    conditions.interrupt_when = [&] { return Clock::now() - began > std::chrono::milliseconds(moment); };
    const int code = run_program(place, words, conditions).code;
    if (code == undisturbed || code == 1000 + SIGTERM) continue;
    ASSERT_EQ(code, 130);
    if (!std::filesystem::exists(place.path("run"))) continue;
    ++halted;
    const Ended resumed = run_program(place, {"resume", "run"});
    EXPECT_EQ(resumed.code, undisturbed) << resumed.err;
    EXPECT_EQ(text_of(place.path("run/trace.csv")), text_of(whole.path("run/trace.csv")));
    EXPECT_EQ(text_of(place.path("run/trajectories.csv")), text_of(whole.path("run/trajectories.csv")));
  }
  EXPECT_GT(halted, 0);
}

}  // namespace
}  // namespace synfer
