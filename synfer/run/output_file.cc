#include "synfer/run/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

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

// A temporary file, removed unless it took the destination's name.
class Temporary {
 public:
  explicit Temporary(const std::string& destination) : destination_(destination) {
    static std::atomic<unsigned> count = 0;
    const std::filesystem::path path(destination);
    do {  // a process that was killed may have left a file of the same name
      const std::string name = fmt::format(".{}.{}.{}", path.filename().string(), getpid(), count++);
      temporary_ = (path.parent_path() / name).string();
      descriptor_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
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
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail();
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void take_place() {
    if (fsync(descriptor_) != 0) fail();
    // Some file systems report a failed write only here.
    const int closed = close(descriptor_);
    descriptor_ = -1;
    if (closed != 0) fail();
    if (std::rename(temporary_.c_str(), destination_.c_str()) != 0) fail();
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

}  // namespace synfer
