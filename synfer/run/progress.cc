#include "synfer/run/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <iostream>

namespace synfer {
namespace {

constexpr double kSecondsOnTerminal = 0.1;
constexpr double kSecondsInLog = 10.0;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::string duration(double seconds) {
  const auto whole = static_cast<long long>(std::ceil(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

Progress::Progress(ProgressOptions options) : options_(std::move(options)) {
  if (!options_.stream) options_.stream = &std::cerr;
  if (!options_.clock) options_.clock = steady_seconds;
  terminal_ = options_.is_terminal ? *options_.is_terminal : isatty(STDERR_FILENO) == 1;
  visible_ = options_.show == "always" || (options_.show == "automatic" && terminal_);
}

Progress::~Progress() { finish(); }

void Progress::update(long done, long total, std::optional<double> loss) {
  if (!visible_) return;
  const double now = options_.clock();
  const double pause = terminal_ ? kSecondsOnTerminal : kSecondsInLog;
  if (begun_ && now - last_drawn_ < pause) return;
  if (!begun_) {
    begun_ = true;
    first_done_ = done;
    first_time_ = now;
  }
  last_drawn_ = now;

  std::string line = fmt::format("{} {}/{}", options_.phase, done, total);
  if (loss) line += fmt::format("  loss {:.6g}", *loss);
  if (done > first_done_ && now > first_time_) {
    const double rate = static_cast<double>(done - first_done_) / (now - first_time_);
    line += fmt::format("  {:.3g}/s  {} left", rate, duration(static_cast<double>(total - done) / rate));
  }
  if (terminal_) {
    const std::size_t width = line.size();
    // Spaces cover what is left of a longer line.
    if (width < width_) line.append(width_ - width, ' ');
    width_ = width;
    *options_.stream << '\r' << line << std::flush;
  } else {
    *options_.stream << line << '\n' << std::flush;
  }
}

void Progress::finish() {
  if (width_ > 0) *options_.stream << '\r' << std::string(width_, ' ') << '\r' << std::flush;
  width_ = 0;
}

}  // namespace synfer
