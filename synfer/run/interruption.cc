#include "synfer/run/interruption.h"

#include <atomic>

namespace synfer {
namespace {

std::atomic<bool> g_interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

extern "C" void note_interruption(int) { g_interrupted.store(true); }

struct sigaction noting(int flags) {
  struct sigaction action = {};
  action.sa_handler = note_interruption;
  action.sa_flags = flags;
  sigemptyset(&action.sa_mask);
  return action;
}

}  // namespace

bool interrupted() noexcept { return g_interrupted.load(); }

InterruptionGuard::InterruptionGuard() {
  g_interrupted.store(false);
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
