// Ctrl-C, a scheduler's SIGTERM, and SIGHUP of a terminal that is gone (unless nohup has it ignored), as a
// flag that long loops look at, so that they end in a saved state. A second Ctrl-C ends the program at once.
//
// For programs, not for a library inside someone else's process: signals belong to the process.
#pragma once

#include <signal.h>

namespace synfer {

/// Whether a signal has come since the last InterruptionGuard was made.
bool interrupted() noexcept;

/// Whether one came nearly a second ago: who looks between steps has ended by then, and the rest is left as
/// it is (base/stop.h).
bool interruption_is_overdue() noexcept;

/// Catches SIGINT, SIGTERM and SIGHUP while it lives; afterwards they do what they did before.
class InterruptionGuard {
 public:
  InterruptionGuard();
  ~InterruptionGuard();
  InterruptionGuard(const InterruptionGuard&) = delete;
  InterruptionGuard& operator=(const InterruptionGuard&) = delete;

 private:
  struct sigaction interrupt_before_;
  struct sigaction terminate_before_;
  struct sigaction hang_up_before_;
};

}  // namespace synfer
