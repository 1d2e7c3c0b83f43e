// Work done in a closed process of its own, for outside libraries that a damaged or hostile file can crash,
// hold up or lead elsewhere: what goes wrong there is an error here, and not the end of the program.
//
// HDF5 1.10 needs this: of 3000 copies of a small NWB file with one flipped bit each, six crashed it and one
// kept it in a loop. Once the file is open the process can open nothing else, neither write nor connect nor
// start anything (seccomp, where the kernel has it; resource limits everywhere), and it dies with the
// program. Not for work that needs other threads, or that is to change anything but its result.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace synfer {

struct ApartLimits {
  unsigned processor_seconds = 5;
  unsigned seconds = 60;                          // by the clock, with waiting for a disk
  std::uint64_t bytes = std::uint64_t{1} << 30U;  // of memory, beyond what the program has; of the result
};

enum class ApartEnd { kDone, kCrashed, kOutOfTime, kOutOfMemory };

struct ApartResult {
  ApartEnd end = ApartEnd::kCrashed;
  std::string bytes;  // what `work` gives; nothing unless it is done
};

/// `open` opens what `work` reads; both run in the process. std::runtime_error where none can be started.
ApartResult done_apart(const std::function<void()>& open, const std::function<std::string()>& work,
                       const ApartLimits& limits);

}  // namespace synfer
