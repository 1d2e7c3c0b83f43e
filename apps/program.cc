#include "program.h"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <new>

#include "colour.h"
#include "command_line.h"
#include "printable.h"
#include "synfer/base/error.h"

namespace synfer {
namespace {

// Standard output may be a full disk too.
int flushed(int code) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "synfer: standard output cannot be written; is the disk full?\n");
  return kUsage;
}

int guarded_run(int argc, const char* const* argv) {
  const auto say = [](const std::exception& error, int code) {
    const std::string what = printable(error.what());
    fmt::print(stderr, "{}\n", wants_colour(stderr) ? coloured_error(what) : "synfer: " + what);
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
    fmt::print(stderr, "synfer: out of memory; fewer or shorter sessions, or a smaller network, may fit\n");
    return kUsage;
  } catch (const std::exception& error) {
    return say(error, kUsage);
  }
}

}  // namespace

int run_program(int argc, const char* const* argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file-size limit is an error of write(), not the end
  return guarded_run(argc, argv);
}

}  // namespace synfer
