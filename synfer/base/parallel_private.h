// What carries the rounds of a loop out over threads: oneTBB, or where ThreadSanitizer looks on threads of
// our own, since it does not see how an uninstrumented oneTBB hands work over.
#pragma once

#include <cstddef>
#include <functional>

namespace synfer {

/// Calls `body`, which does not throw, with 0, 1, ..., count - 1.
void over_threads(std::size_t count, const std::function<void(std::size_t)>& body);

}  // namespace synfer
