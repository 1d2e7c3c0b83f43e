#include "synfer/run/interruption.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace synfer {
namespace {

TEST(Interruption, EachSignalIsNoted) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const InterruptionGuard guard;
    EXPECT_FALSE(interrupted());
    raise(number);
    EXPECT_TRUE(interrupted());
  }
}

TEST(Interruption, ANewGuardForgetsTheLastInterruption) {
  {
    const InterruptionGuard guard;
    raise(SIGTERM);
  }
  EXPECT_TRUE(interrupted());
  const InterruptionGuard guard;
  EXPECT_FALSE(interrupted());
}

TEST(Interruption, UnderNohupALostTerminalIsNone) {
  const auto before = signal(SIGHUP, SIG_IGN);
  {
    const InterruptionGuard guard;
    raise(SIGHUP);
    EXPECT_FALSE(interrupted());
  }
  signal(SIGHUP, before);
}

int g_own_handler_calls = 0;

TEST(Interruption, HandlersComeBackAfterwards) {
  const auto before = signal(SIGINT, [](int) { ++g_own_handler_calls; });
  {
    const InterruptionGuard guard;
    raise(SIGINT);
  }
  EXPECT_EQ(g_own_handler_calls, 0);
  raise(SIGINT);
  EXPECT_EQ(g_own_handler_calls, 1);
  signal(SIGINT, before);
}

TEST(InterruptionDeathTest, ASecondCtrlCKills) {
  EXPECT_EXIT(
      {
        const InterruptionGuard guard;
        raise(SIGINT);
        raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

TEST(InterruptionDeathTest, ASecondTerminationDoesNot) {
  EXPECT_EXIT(
      {
        const InterruptionGuard guard;
        raise(SIGTERM);
        raise(SIGTERM);
        _exit(interrupted() ? 7 : 8);
      },
      ::testing::ExitedWithCode(7), "");
}

TEST(Interruption, WhoDoesNotLookInTimeIsStopped) {
  const InterruptionGuard guard;
  EXPECT_FALSE(interruption_is_overdue());
  raise(SIGTERM);
  EXPECT_FALSE(interruption_is_overdue());
  usleep(900'000);
  EXPECT_TRUE(interruption_is_overdue());
  const InterruptionGuard another;
  EXPECT_FALSE(interruption_is_overdue());
}

}  // namespace
}  // namespace synfer
