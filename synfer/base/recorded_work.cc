#include "synfer/base/recorded_work.h"

#include <fmt/format.h>

#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/stop.h"

namespace synfer {

void refuse_saved(const std::string& key, const std::string& found_and_expected) {
  throw ConfigurationError(kCheckpointFile,
                           fmt::format("{}: {}; the saved state is not of this run, start the run again", key,
                                       found_and_expected));
}

std::vector<RecordedWork::Numbers> RecordedWork::next(
    std::size_t count, const std::function<Numbers(std::size_t)>& piece,
    const std::function<bool(std::size_t, const Numbers&)>& fits) {
  const std::size_t first = asked_;
  asked_ += count;
  std::vector<Numbers> all(count);
  std::vector<std::size_t> left;
  for (std::size_t n = 0; n < count; ++n) {
    const auto known = done_.find(first + n);
    if (known == done_.end()) {
      left.push_back(n);
      continue;
    }
    if (!fits(n, known->second)) {
      refuse_saved(fmt::format("work/{}", first + n),
                   fmt::format("found {} numbers that this piece of work cannot give", known->second.size()));
    }
    all[n] = known->second;
  }
  try {
    for_each_index(left.size(), [&](std::size_t place) {
      const std::size_t n = left[place];
      all[n] = piece(n);
      const std::lock_guard lock(one_at_a_time_);
      done_[first + n] = all[n];
      after_(done_);
    });
  } catch (const Stopped&) {
    after_(done_);
    throw;
  }
  return all;
}

}  // namespace synfer
