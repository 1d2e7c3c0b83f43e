// The state of a run, saved in its folder from time to time. A state that cannot be saved is no reason to
// end: it is told, each reason once, and the run goes on.
#pragma once

#include <chrono>
#include <functional>
#include <set>
#include <string>

#include "synfer/run/checkpoint.h"
#include "synfer/run/run_folder.h"

namespace synfer {

class StateSaver {
 public:
  /// @param seconds  between saved states
  /// @param run      digest of what the run was asked for
  /// @param warn     told why a state cannot be saved
  StateSaver(double seconds, std::string run, std::function<void(const std::string&)> warn)
      : seconds_(seconds), run_(std::move(run)), warn_(std::move(warn)) {}

  /// Whether it is time.
  [[nodiscard]] bool is_due() const;

  /// What has been saved stays, and its folder with it.
  void save(RunFolder& folder, const RunProgress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  double seconds_;
  std::string run_;
  std::function<void(const std::string&)> warn_;
  Clock::time_point saved_ = Clock::now();
  std::set<std::string> told_;
};

}  // namespace synfer
