#include "synfer/run/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "synfer/base/error.h"

namespace synfer {
namespace {

// A write beyond the file-size limit raises SIGXFSZ, which kills. Held back in this thread and then
// taken away, it leaves the error EFBIG alone, whatever the rest of the program does with signals.
class FileSizeSignalHeldBack {
 public:
  FileSizeSignalHeldBack() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~FileSizeSignalHeldBack() {
    if (sigismember(&before_, SIGXFSZ) == 0) {
      const timespec at_once = {};
      sigtimedwait(&signals_, nullptr, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  FileSizeSignalHeldBack(const FileSizeSignalHeldBack&) = delete;
  FileSizeSignalHeldBack& operator=(const FileSizeSignalHeldBack&) = delete;

 private:
  sigset_t signals_;
  sigset_t before_;
};

// What a signal cut off is done again.
template <typename Call>
auto repeated(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

// Some file systems and pipes have nothing to flush to and say so.
bool flushed(int descriptor) {
  return repeated([&] { return fsync(descriptor); }) == 0 || errno == EINVAL || errno == ENOTSUP;
}

// A file system may be shared with other machines, whose processes are not to be known from here.
std::string this_machine() {
  std::array<char, 65> name = {};
  if (gethostname(name.data(), name.size() - 1) != 0) return "machine";
  return name.data();
}

// A name without the whole number after its last dot; nothing where there is none.
struct Numbered {
  std::string name;
  long number = 0;
};
std::optional<Numbered> numbered(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot + 1 == name.size()) return std::nullopt;
  const char* const end = name.data() + name.size();
  Numbered found{name.substr(0, dot)};
  const auto [rest, error] = std::from_chars(name.data() + dot + 1, end, found.number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return found;
}

// Of a name .FILE.MACHINE.PROCESS.COUNT: the first two, and the process.
std::optional<Numbered> temporary_named(const std::string& name) {
  if (!name.starts_with('.')) return std::nullopt;
  const std::optional<Numbered> counted = numbered(name);
  return counted ? numbered(counted->name) : std::nullopt;
}

// A temporary file, removed unless it took the destination's name.
class Temporary {
 public:
  explicit Temporary(const std::string& destination) : destination_(destination) {
    static std::atomic<unsigned> count = 0;
    const std::filesystem::path path(destination);
    do {  // a process that was killed may have left a file of the same name
      const std::string name =
          fmt::format(".{}.{}.{}.{}", path.filename().string(), this_machine(), getpid(), count++);
      temporary_ = (path.parent_path() / name).string();
      descriptor_ =
          repeated([&] { return open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666); });
    } while (descriptor_ < 0 && errno == EEXIST);
    if (descriptor_ < 0) fail();
  }
  ~Temporary() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  void write_all(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = repeated([&] { return write(descriptor_, text.data(), text.size()); });
      if (written < 0) fail();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void take_place() {
    if (!flushed(descriptor_)) fail();
    // Some file systems report a failed write only here. A close that a signal cut off has closed (Linux).
    const bool closed = close(descriptor_) == 0 || errno == EINTR;
    descriptor_ = -1;
    if (!closed) fail();
    if (repeated([&] { return std::rename(temporary_.c_str(), destination_.c_str()); }) != 0) fail();
    temporary_.clear();
  }

 private:
  [[noreturn]] void fail() const {
    throw OutputError(destination_, fmt::format("cannot be written: {}; make room or choose another place",
                                                std::generic_category().message(errno)));
  }

  std::string destination_;
  std::string temporary_;
  int descriptor_ = -1;
};

}  // namespace

void write_file(const std::string& path, std::string_view text) {
  const FileSizeSignalHeldBack held_back;
  Temporary file(path);
  file.write_all(text);
  file.take_place();
}

bool is_temporary(const std::string& name) { return temporary_named(name).has_value(); }

void remove_abandoned(const std::string& folder) {
  const std::string here = fmt::format(".{}", this_machine());
  std::error_code ignored;  // what cannot be removed is in nobody's way
  std::vector<std::filesystem::path> abandoned;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const auto temporary = temporary_named(entry.path().filename().string());
    if (!temporary || !temporary->name.ends_with(here) || temporary->number <= 0) continue;
    if (kill(static_cast<pid_t>(temporary->number), 0) != 0 && errno == ESRCH)
      abandoned.push_back(entry.path());
  }
  for (const std::filesystem::path& one : abandoned) std::filesystem::remove(one, ignored);
}

}  // namespace synfer
