// What a process may still ask of the kernel once it has opened its file: memory, its own open files, the
// time, and to end. seccomp refuses the rest.
#pragma once

namespace synfer {

/// From here on this thread reads what is open and writes to `result`; all else fails with EPERM, or is as
/// before where the kernel has no seccomp.
void close_door(int result);

}  // namespace synfer
