#include "synfer/files/apart.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <stdexcept>

#include "synfer/base/stop.h"
#include "synfer/files/closed_door_private.h"

namespace synfer {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kResultPipe = 3;  // the one descriptor that the process keeps beside the standard ones
constexpr int kNoMemory = 2;
constexpr std::uint64_t kStackBytes = std::uint64_t{8} << 20U;

using Resource = decltype(RLIMIT_AS);

// Never more than the limit that there is. At `most` the process is told, at `last` it ends.
void limit(Resource resource, rlim_t most, rlim_t last) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return;
  now = {std::min(most, now.rlim_cur), std::min(last, now.rlim_max)};
  setrlimit(resource, &now);
}

void limit(Resource resource, rlim_t most) { limit(resource, most, most); }

std::uint64_t address_space_in_use() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

// A crash is expected, so nobody is told of it and no core is kept.
void expect_to_crash() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGXFSZ, SIGSYS})
    std::signal(signal, SIG_DFL);
  limit(RLIMIT_CORE, 0);
  const int nowhere = open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nowhere, stream);
}

// What the program had open is not for the process.
bool keep_only(int result) {
  if (dup2(result, kResultPipe) < 0) return false;
  return close_range(kResultPipe + 1, ~0U, 0) == 0 || errno == ENOSYS;
}

void limit_resources(const ApartLimits& limits) {
  limit(RLIMIT_AS, address_space_in_use() + limits.bytes);
  limit(RLIMIT_STACK, kStackBytes);
  limit(RLIMIT_CPU, limits.processor_seconds, limits.processor_seconds + 1);
  limit(RLIMIT_FSIZE, 0);
}

bool send(const std::string& bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t count = write(kResultPipe, bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

// The length goes first: a result that was cut off is none.
bool send_result(const std::string& bytes) {
  const std::uint64_t length = bytes.size();
  return send({reinterpret_cast<const char*>(&length), sizeof length}) && send(bytes);
}

[[noreturn]] void work_apart(pid_t program, int result, const std::function<void()>& open,
                             const std::function<std::string()>& work, const ApartLimits& limits) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != program || !keep_only(result)) _exit(1);  // the program may have died before
  const StopScope scope(nullptr);                            // whoever waits for it ends it
  try {
    expect_to_crash();
    limit_resources(limits);
    open();
    if (!kAsksThroughAPipe) limit(RLIMIT_NOFILE, 0);
    close_door(kResultPipe);
    _exit(send_result(work()) ? 0 : 1);
  } catch (const std::bad_alloc&) {
    _exit(kNoMemory);
  } catch (...) {
    _exit(1);
  }
}

enum class Received { kAll, kTooLate, kTooMuch };

// Until the process closes its end.
Received receive(int from, Clock::time_point deadline, std::uint64_t most, std::string& bytes) {
  constexpr std::int64_t kMoment = 100;  // ms
  std::array<char, 1U << 16U> some{};
  while (bytes.size() <= most) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return Received::kTooLate;
    stop_if_asked();
    pollfd waiting = {from, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left, kMoment))) <= 0) continue;
    const ssize_t count = read(from, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Received::kAll;
    bytes.append(some.data(), static_cast<std::size_t>(count));
  }
  return Received::kTooMuch;
}

bool take_length(std::string& bytes) {
  std::uint64_t length = 0;
  if (bytes.size() < sizeof length) return false;
  std::memcpy(&length, bytes.data(), sizeof length);
  bytes.erase(0, sizeof length);
  return bytes.size() == length;
}

ApartEnd end_of(Received received, int status) {
  const bool is_late = received == Received::kTooLate || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
  if (is_late) return ApartEnd::kOutOfTime;
  const bool has_no_memory =
      received == Received::kTooMuch || (WIFEXITED(status) && WEXITSTATUS(status) == kNoMemory);
  return has_no_memory ? ApartEnd::kOutOfMemory : ApartEnd::kCrashed;
}

}  // namespace

ApartResult done_apart(const std::function<void()>& open, const std::function<std::string()>& work,
                       const ApartLimits& limits) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe can be made; too many open files?");
  const pid_t program = getpid();
  const pid_t process = fork();
  if (process < 0) {
    close(ends[0]);
    close(ends[1]);
    throw std::runtime_error("no process can be started; are there too many, or is memory short?");
  }
  if (process == 0) work_apart(program, ends[1], open, work, limits);
  close(ends[1]);
  std::string bytes;
  int status = 0;
  const auto end = [&] {
    close(ends[0]);
    kill(process, SIGKILL);  // it may have closed its end and gone on
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
  };
  Received received = Received::kTooLate;
  try {
    received = receive(ends[0], Clock::now() + std::chrono::seconds(limits.seconds), limits.bytes, bytes);
  } catch (const Stopped&) {
    end();
    throw;
  }
  end();
  if (received == Received::kAll && take_length(bytes)) return {ApartEnd::kDone, std::move(bytes)};
  return {end_of(received, status), ""};
}

}  // namespace synfer
