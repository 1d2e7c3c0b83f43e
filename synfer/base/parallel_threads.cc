// Threads of the standard library, started for each loop: slow, and plain to ThreadSanitizer.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "synfer/base/parallel.h"
#include "synfer/base/parallel_private.h"

namespace synfer {
namespace {

std::mutex guard;
std::vector<std::size_t> limits;  // of all that live
std::size_t helpers = 0;          // threads beside those that began a loop

// As many of `wanted` as are free; given back by returned().
std::size_t taken(std::size_t wanted) {
  const std::scoped_lock lock(guard);
  const std::size_t most =
      limits.empty() ? std::max(2U, std::thread::hardware_concurrency()) : *std::ranges::min_element(limits);
  const std::size_t free = most > helpers + 1 ? most - 1 - helpers : 0;
  const std::size_t count = std::min(wanted, free);
  helpers += count;
  return count;
}

void returned(std::size_t count) {
  const std::scoped_lock lock(guard);
  helpers -= count;
}

}  // namespace

void over_threads(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 0) return;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t n = next++; n < count; n = next++) body(n);
  };
  const std::size_t others = taken(count - 1);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < others; ++t) threads.emplace_back(work);
    work();
  }
  returned(others);
}

struct ThreadLimit::Held {
  std::size_t limit;
  explicit Held(std::size_t most) : limit(most) {
    const std::scoped_lock lock(guard);
    limits.push_back(limit);
  }
  ~Held() {
    const std::scoped_lock lock(guard);
    limits.erase(std::ranges::find(limits, limit));
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
};

ThreadLimit::ThreadLimit(std::optional<std::size_t> threads)
    : held_(new Held(threads.value_or(std::max(2U, std::thread::hardware_concurrency())))) {}
ThreadLimit::~ThreadLimit() = default;
ThreadLimit::ThreadLimit(ThreadLimit&&) noexcept = default;
ThreadLimit& ThreadLimit::operator=(ThreadLimit&&) noexcept = default;

}  // namespace synfer
