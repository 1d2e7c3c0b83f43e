#include "synfer/base/parallel.h"

#include <exception>
#include <vector>

#include "synfer/base/parallel_private.h"

namespace synfer {

void for_each_index(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 1) return body(0);
  std::vector<std::exception_ptr> failures(count);
  // An exception that left the loop would cancel the loops within it, which then return with rounds undone
  // and no sign of it.
  over_threads(count, [&](std::size_t n) {
    try {
      body(n);
    } catch (...) {
      failures[n] = std::current_exception();
    }
  });
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

}  // namespace synfer
