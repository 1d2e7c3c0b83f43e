#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>

#include "synfer/base/parallel.h"
#include "synfer/base/parallel_private.h"

namespace synfer {

void over_threads(std::size_t count, const std::function<void(std::size_t)>& body) {
  tbb::parallel_for(std::size_t{0}, count, body);
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
