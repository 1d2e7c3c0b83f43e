// A library to be loaded before others (LD_PRELOAD): lets the n-th call of a function fail, or kills the
// process there. Counted are calls on the files that synfer writes: those opened anew, and those renamed or
// removed.
//
//   FAIL_CALL=write     open, write, fsync, close, rename or mkdir
//   FAIL_AT=3           the third call and no other; 3+ from the third on
//   FAIL_ERROR=28       the errno; kill: the process is killed before the call, killed: after it
//   FAIL_NAME=point     only calls on files with this in their name; all where it is not set
//   FAIL_TOLD=file      is made when a call has failed
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Function>
Function real(const char* name) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how dlsym gives functions
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? "" : value;
}

constexpr int kDescriptors = 1024;
std::array<std::atomic<bool>, kDescriptors> g_counted;  // opened by a call that is counted

bool is_counted(int descriptor) {
  return descriptor >= 0 && descriptor < kDescriptors && g_counted[static_cast<std::size_t>(descriptor)];
}

bool is_named(const char* path) {
  const std::string part = variable("FAIL_NAME");
  return part.empty() || std::strstr(path, part.c_str()) != nullptr;
}

// Whether this call is to fail.
bool fails(const char* call) {
  static std::atomic<int> calls = 0;
  if (variable("FAIL_CALL") != call) return false;
  const std::string at = variable("FAIL_AT");
  const int first = std::atoi(at.c_str());
  const int now = ++calls;
  if (now != first && !(at.ends_with('+') && now > first)) return false;
  const std::string told = variable("FAIL_TOLD");
  if (!told.empty()) {
    const int file = real<int (*)(const char*, int, ...)>("open")(told.c_str(), O_WRONLY | O_CREAT, 0666);
    if (file >= 0) real<int (*)(int)>("close")(file);
  }
  return true;
}

template <typename Call>
auto failing(const char* call, Call really) -> decltype(really()) {
  if (!fails(call)) return really();
  const std::string error = variable("FAIL_ERROR");
  if (error == "kill") kill(getpid(), SIGKILL);
  if (error == "killed") {
    really();
    kill(getpid(), SIGKILL);
  }
  errno = std::atoi(error.c_str());
  return -1;
}

int opened(const char* name, const char* path, int flags, mode_t mode) {
  const auto open_file = [&] { return real<int (*)(const char*, int, ...)>(name)(path, flags, mode); };
  if ((flags & O_CREAT) == 0 || !is_named(path)) return open_file();
  const int descriptor = failing("open", open_file);
  if (descriptor >= 0 && descriptor < kDescriptors) g_counted[static_cast<std::size_t>(descriptor)] = true;
  return descriptor;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return opened("open64", path, flags, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  const auto really = [&] {
    return real<ssize_t (*)(int, const void*, size_t)>("write")(descriptor, bytes, count);
  };
  return is_counted(descriptor) ? failing("write", really) : really();
}

int fsync(int descriptor) {
  const auto really = [&] { return real<int (*)(int)>("fsync")(descriptor); };
  return is_counted(descriptor) ? failing("fsync", really) : really();
}

int close(int descriptor) {
  const auto really = [&] { return real<int (*)(int)>("close")(descriptor); };
  if (!is_counted(descriptor)) return really();
  g_counted[static_cast<std::size_t>(descriptor)] = false;
  // Linux closes the file whatever it reports.
  const int closed = failing("close", really);
  if (closed != 0) really();
  return closed;
}

int rename(const char* from, const char* to) noexcept {
  const auto really = [&] { return real<int (*)(const char*, const char*)>("rename")(from, to); };
  return is_named(to) ? failing("rename", really) : really();
}

int mkdir(const char* path, mode_t mode) noexcept {
  const auto really = [&] { return real<int (*)(const char*, mode_t)>("mkdir")(path, mode); };
  return is_named(path) ? failing("mkdir", really) : really();
}

}  // extern "C"
