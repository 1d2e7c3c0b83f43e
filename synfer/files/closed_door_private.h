// What a process may still ask of the kernel once it has opened its file: memory, its own open files, the
// time, and to end. seccomp refuses the rest.
#pragma once

// Clang's sanitizers ask through a pipe whether memory can be read, and take a no for a fault of the program.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SYNFER_ASKS_THROUGH_A_PIPE true
#endif
#endif
#ifndef SYNFER_ASKS_THROUGH_A_PIPE
#define SYNFER_ASKS_THROUGH_A_PIPE false
#endif

namespace synfer {

constexpr bool kAsksThroughAPipe = SYNFER_ASKS_THROUGH_A_PIPE;

/// From here on this thread reads what is open and writes to `result`; all else fails with EPERM, or is as
/// before where the kernel has no seccomp.
void close_door(int result);

}  // namespace synfer
