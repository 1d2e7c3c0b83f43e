#include "synfer/base/parallel.h"

#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include <atomic>
#include <exception>
#include <vector>

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
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t n) {
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

struct ThreadLimit::Held {
  tbb::global_control control;
};

ThreadLimit::ThreadLimit(std::optional<std::size_t> threads)
    : held_(new Held{{tbb::global_control::max_allowed_parallelism,
                      threads.value_or(static_cast<std::size_t>(tbb::info::default_concurrency()))}}) {}
ThreadLimit::~ThreadLimit() = default;
ThreadLimit::ThreadLimit(ThreadLimit&&) noexcept = default;
ThreadLimit& ThreadLimit::operator=(ThreadLimit&&) noexcept = default;

}  // namespace synfer
