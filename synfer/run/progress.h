// One line on a terminal that says how far a fit is; silence where nobody looks.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

namespace synfer {

struct ProgressOptions {
  std::string show = "automatic";  // automatic (on a terminal), always or never
  std::string phase;               // what is counted: "fit, epoch"

  // Standard error unless given.
  std::ostream* stream = nullptr;
  std::optional<bool> is_terminal;
  std::function<double()> clock;  // seconds that never go back
};

/// On a terminal one line is redrawn, at most ten times a second, and erased at the end. Elsewhere,
/// where `always` asks for it, whole lines follow one another at least ten seconds apart, as suits
/// the log of a batch job. To be used from one thread at a time.
class Progress {
 public:
  explicit Progress(ProgressOptions options);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `done` of `total` are over; without a loss where nothing is fitted. The rate counts from the first call,
  /// so that a resumed run starts with the rate of its own.
  void update(long done, long total, std::optional<double> loss = {});

  /// Erases the line. The destructor does so too, before an error message takes its place.
  void finish();

 private:
  ProgressOptions options_;
  bool terminal_;
  bool visible_;
  bool begun_ = false;
  long first_done_ = 0;
  double first_time_ = 0.0;
  double last_drawn_ = 0.0;
  std::size_t width_ = 0;  // of the line that stands on the terminal
};

}  // namespace synfer
