// Debian's archives of HDF5 and matio are compiled for programs, whose stdout and stderr have a fixed place;
// in an extension module they do not. The linker's --wrap, which gives these names, sends the archives to two
// that have.
#include <cstdio>

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
extern std::FILE* __real_stdout;
extern std::FILE* __real_stderr;
extern std::FILE* __wrap_stdout __attribute__((visibility("hidden")));
extern std::FILE* __wrap_stderr __attribute__((visibility("hidden")));
std::FILE* __wrap_stdout;
std::FILE* __wrap_stderr;

__attribute__((constructor)) static void take_streams() {
  __wrap_stdout = __real_stdout;
  __wrap_stderr = __real_stderr;
}
}
// NOLINTEND(bugprone-reserved-identifier)
