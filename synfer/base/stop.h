// Work that is to end before its time: whoever begins it says what asks for that, and its loops look. They
// leave by an exception, which only whoever began it catches.
#pragma once

#include <functional>

namespace synfer {

/// Thrown by work that is to end. No std::exception, so that nothing takes it for a fault of the work.
struct Stopped {};

using StopAsked = std::function<bool()>;

/// While it lives, work of this thread, and of those that loops of it use (parallel.h), ends once `asked`
/// says so; without a function nothing ends it, whatever a scope around this one says.
class StopScope {
 public:
  explicit StopScope(const StopAsked* asked);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

  /// What asks the work of this thread to end; null where nothing does.
  static const StopAsked* current();

 private:
  const StopAsked* before_;
};

/// Throws Stopped where the work of this thread is to end. For loops whose rounds take less than a second.
void stop_if_asked();

}  // namespace synfer
