// How much memory the values of one file may take. A packed file of some megabytes can claim to hold any
// number of them, and a number of one byte takes eight once it is read.
#pragma once

#include <cstdint>
#include <string>

namespace synfer {

/// The memory that this process may use: the machine's, or less where its control group (as Slurm and
/// containers set) or `ulimit -v` says so.
std::uint64_t memory_of_process();

/// What the values of one file may take unless said otherwise: a quarter of that.
std::uint64_t most_bytes_of_a_file();

class MemoryBudget {
 public:
  explicit MemoryBudget(std::string file, std::uint64_t bytes = most_bytes_of_a_file())
      : file_(std::move(file)), bytes_(bytes), left_(bytes) {}

  /// Takes the memory of `count` values before it is asked for. DataError where no more is left.
  void take(std::uint64_t count, std::uint64_t bytes_each = 1);

  [[nodiscard]] std::uint64_t left() const { return left_; }

  [[noreturn]] void reject() const;

 private:
  std::string file_;
  std::uint64_t bytes_;
  std::uint64_t left_;
};

}  // namespace synfer
