// What C++ asks and tells Python while it works without the interpreter's lock: has Ctrl-C been pressed, and
// how far it is. The lock is taken at most twenty times a second.
#pragma once

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "module.h"
#include "synfer/analysis/analysis.h"
#include "synfer/analysis/design_check.h"
#include "synfer/base/stop.h"

namespace synfer::python {

class Hooks {
 public:
  /// @param report  called with (phase, done, total, value), or None
  explicit Hooks(nb::object report = nb::none()) : report_(std::move(report)) {}

  /// For the C++ call; this object outlives it.
  AnalysisHooks hooks(const std::string& phase, int starts);
  DesignHooks design_hooks();
  StructureHooks structure_hooks();

  /// What `work` gives, done without the lock. Raises what Python raised meanwhile: KeyboardInterrupt, which
  /// ends the work, or an exception of `report`.
  template <typename Work>
  auto released(const Work& work) {
    const StopAsked asked = [this] { return interrupted(); };
    std::optional<decltype(work())> found;
    {
      const nb::gil_scoped_release without_lock;
      const StopScope scope(&asked);
      try {
        found.emplace(work());
      } catch (const Stopped&) {
      }
    }
    if (raised_) std::rethrow_exception(raised_);
    return std::move(*found);
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool interrupted();
  void tell(const std::string& phase, long done, long total, double value);

  nb::object report_;
  std::thread::id caller_ = std::this_thread::get_id();  // Python hears of Ctrl-C in its main thread alone
  Clock::time_point asked_ = Clock::now();
  Clock::time_point told_ = Clock::now();
  std::atomic<bool> stopped_ = false;
  std::exception_ptr raised_;
};

}  // namespace synfer::python
