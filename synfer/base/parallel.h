// Loops whose rounds do not depend on one another, over the threads the program may use. They may be nested.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace synfer {

/// Calls `body` with 0, 1, ..., count - 1, in any order and at the same time. Every call is made and ends,
/// also after one has thrown and where the loop stands in a loop that has: what a loop fills in is whole or
/// thrown away. Of several exceptions the lowest index's is thrown, whichever thread came first. Where the
/// work is to end (stop.h), what has not begun throws Stopped.
void for_each_index(std::size_t count, const std::function<void(std::size_t)>& body);

/// While it lives, loops of the whole program use at most so many threads; one per core where none is given.
class ThreadLimit {
 public:
  explicit ThreadLimit(std::optional<std::size_t> threads);
  ~ThreadLimit();
  ThreadLimit(ThreadLimit&&) noexcept;
  ThreadLimit& operator=(ThreadLimit&&) noexcept;

 private:
  struct Held;
  std::unique_ptr<Held> held_;
};

}  // namespace synfer
