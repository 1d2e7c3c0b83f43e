#include "synfer/base/parallel.h"

#include <atomic>
#include <exception>
#include <vector>

#include "synfer/base/parallel_private.h"
#include "synfer/base/stop.h"

namespace synfer {

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& body) {
  stop_if_asked();
  if (count == 1) return body(0);
  const StopAsked* asked = StopScope::current();
  std::vector<std::exception_ptr> failures(count);
  // An exception that left the loop would cancel the loops within it, which then return with rounds undone
  // and no sign of it.
  std::atomic<bool> stopped = false;  // nothing more is begun
  over_threads(count, [&](std::size_t n) {
    if (stopped) return;
    const StopScope scope(asked);
    try {
      stop_if_asked();
      body(n);
    } catch (const Stopped&) {
      stopped = true;
      failures[n] = std::current_exception();
    } catch (...) {
      failures[n] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace synfer
