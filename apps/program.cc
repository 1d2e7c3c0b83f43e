#include "program.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <new>
#include <string>

#include "colour.h"
#include "command_line.h"
#include "printable.h"
#include "synfer/base/error.h"

namespace synfer {
namespace {

// Standard error may be closed, or a full disk: what cannot be told there changes no exit code.
void tell(const std::string& text) { std::fputs((text + "\n").c_str(), stderr); }

// Where a stream is closed, the next file that is opened would take its place, and what is printed would go
// into that file. Here printing fails instead.
void occupy_closed_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (fcntl(stream, F_GETFD) == -1) open("/dev/null", O_RDONLY);  // takes the lowest number that is free
  }
}

// Standard output may be a full disk too.
int flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  tell("synfer: standard output cannot be written; is the disk full?");
  return kUsage;
}

int guarded_run(int argc, const char* const* argv) {
  const auto say = [](const std::exception& error, int code) {
    const std::string what = printable(error.what());
    tell(wants_colour(stderr) ? coloured_error(what) : "synfer: " + what);
    return code;
  };
  try {
    return flushed(CommandLine().run(argc, argv));
  } catch (const DataError& error) {
    return say(error, kData);
  } catch (const NonFiniteError& error) {
    return say(error, kNotConverged);
  } catch (const Error& error) {
    return say(error, kUsage);
  } catch (const std::bad_alloc&) {
    tell("synfer: out of memory; fewer or shorter sessions, or a smaller network, may fit");
    return kUsage;
  } catch (const std::exception& error) {
    return say(error, kUsage);
  }
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  occupy_closed_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of write(), not the end
  return guarded_run(argc, argv);
}

}  // namespace synfer
