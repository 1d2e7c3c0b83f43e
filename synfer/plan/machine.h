// What of the machine a run uses: run.threads and run.instruction_set, as limits that last while they live.
#pragma once

#include <string>
#include <vector>

#include "synfer/base/parallel.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// The instruction sets that kernels are compiled for and this machine has, best first; the first is in use.
std::vector<std::string> instruction_sets();

/// Kernels of the whole process run on one instruction set while it lives. Sets differ by rounding alone.
///
/// Runs on the same set go side by side; one on another set waits until they are done, since what it asks for
/// would change them.
class InstructionSetLimit {
 public:
  /// @throws ConfigurationError (run.instruction_set) where the machine has no such set.
  explicit InstructionSetLimit(const std::optional<std::string>& name);
  ~InstructionSetLimit();
  InstructionSetLimit(const InstructionSetLimit&) = delete;
  InstructionSetLimit& operator=(const InstructionSetLimit&) = delete;
};

struct MachineLimits {
  explicit MachineLimits(const Configuration& c);

  ThreadLimit threads;
  InstructionSetLimit instruction_set;
};

}  // namespace synfer
