// Pieces of work that take long and give a few numbers each, counted in the order in which they are asked
// for. What is done is kept as plain numbers, so that work that was cut off does only the rest.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace synfer {

/// The numbers of each piece that is done, by its place.
using WorkRecord = std::map<std::size_t, std::vector<double>>;

inline constexpr const char* kCheckpointFile = "checkpoint.json";

/// What was saved does not fit the run that it is to go on with. Throws ConfigurationError.
[[noreturn]] void refuse_saved(const std::string& key, const std::string& found_and_expected);

class RecordedWork {
 public:
  using Numbers = std::vector<double>;
  using After = std::function<void(const WorkRecord&)>;

  /// @param done   by an earlier process
  /// @param after  told after every piece, and where the work is to end (stop.h); one call at a time, from
  /// any thread
  explicit RecordedWork(
      WorkRecord done = {}, After after = [](const WorkRecord&) {})
      : done_(std::move(done)), after_(std::move(after)) {}

  /// The next `count` pieces: those that are recorded, and the others done in parallel. A piece that throws
  /// is not recorded.
  /// @param fits  whether a piece can have such numbers: those of another run are refused
  std::vector<Numbers> next(std::size_t count, const std::function<Numbers(std::size_t)>& piece,
                            const std::function<bool(std::size_t, const Numbers&)>& fits);

  [[nodiscard]] const WorkRecord& done() const { return done_; }

 private:
  WorkRecord done_;
  After after_;
  std::size_t asked_ = 0;  // pieces so far
  std::mutex one_at_a_time_;
};

}  // namespace synfer
