#include "synfer/data/apart.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>

#include "synfer/base/stop.h"

namespace synfer {
namespace {

// A crash is expected, so nobody is told of it and no core is kept.
void expect_to_crash(unsigned seconds) {
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU}) std::signal(signal, SIG_DFL);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const rlimit time = {seconds, seconds + 1};
  setrlimit(RLIMIT_CPU, &time);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
}

bool send(int to, const std::string& bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t count = write(to, bytes.data() + at, bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += static_cast<std::size_t>(count);
  }
  return true;
}

std::string receive(int from) {
  constexpr int kMoment = 100;  // ms
  std::string bytes;
  std::array<char, 1U << 16U> some{};
  while (true) {
    stop_if_asked();
    pollfd waiting = {from, POLLIN, 0};
    if (poll(&waiting, 1, kMoment) <= 0) continue;
    const ssize_t count = read(from, some.data(), some.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(some.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::optional<std::string> done_apart(const std::function<std::string()>& work, unsigned seconds) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe can be made; too many open files?");
  const pid_t child = fork();
  if (child < 0) {
    close(ends[0]);
    close(ends[1]);
    throw std::runtime_error("no process can be started; are there too many, or is memory short?");
  }
  if (child == 0) {
    close(ends[0]);
    expect_to_crash(seconds);
    const StopScope scope(nullptr);  // whoever waits for it ends it
    try {
      _exit(send(ends[1], work()) ? 0 : 1);
    } catch (...) {
      _exit(1);
    }
  }
  close(ends[1]);
  int status = 0;
  std::string bytes;
  const auto end = [&] {
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  };
  try {
    bytes = receive(ends[0]);
  } catch (...) {
    kill(child, SIGKILL);
    end();
    throw;
  }
  end();
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return bytes;
}

}  // namespace synfer
