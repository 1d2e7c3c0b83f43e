#include "synfer/run/interruption.h"

#include <atomic>
#include <cstdint>
#include <ctime>

namespace synfer {
namespace {

using Nanoseconds = std::int64_t;
constexpr Nanoseconds kSecond = 1'000'000'000;
constexpr Nanoseconds kPatience = 8 * kSecond / 10;

std::atomic<Nanoseconds> g_interrupted = 0;  // when; 0: not
static_assert(std::atomic<Nanoseconds>::is_always_lock_free, "a signal handler may touch nothing else");

Nanoseconds now() noexcept {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);  // which a signal handler may call
  return time.tv_sec * kSecond + time.tv_nsec;
}

extern "C" void note_interruption(int) {
  if (g_interrupted.load() == 0) g_interrupted.store(now());
}

struct sigaction noting(int flags) {
  struct sigaction action = {};
  action.sa_handler = note_interruption;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  return action;
}

}  // namespace

bool interrupted() noexcept { return g_interrupted.load() != 0; }

bool interruption_is_overdue() noexcept {
  const Nanoseconds since = g_interrupted.load();
  return since != 0 && now() - since > kPatience;
}

InterruptionGuard::InterruptionGuard() {
  g_interrupted.store(0);
  // SA_RESETHAND: the first SIGINT brings back the default, so the second one kills. SIGTERM may
  // come several times, as schedulers send it to a whole process group.
  const struct sigaction interrupt = noting(SA_RESTART | static_cast<int>(SA_RESETHAND));
  const struct sigaction terminate = noting(SA_RESTART);
  sigaction(SIGINT, &interrupt, &interrupt_before_);
  sigaction(SIGTERM, &terminate, &terminate_before_);
  sigaction(SIGHUP, nullptr, &hang_up_before_);
  if (hang_up_before_.sa_handler != SIG_IGN) sigaction(SIGHUP, &terminate, nullptr);
}

InterruptionGuard::~InterruptionGuard() {
  sigaction(SIGINT, &interrupt_before_, nullptr);
  sigaction(SIGTERM, &terminate_before_, nullptr);
  sigaction(SIGHUP, &hang_up_before_, nullptr);
}

}  // namespace synfer
