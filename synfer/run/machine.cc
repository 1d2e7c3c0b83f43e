#include "synfer/run/machine.h"

#include <fmt/format.h>
#include <hwy/targets.h>

#include "synfer/base/error.h"
#include "synfer/base/text.h"

namespace synfer {

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(set));
  return names;
}

InstructionSetLimit::InstructionSetLimit(const std::optional<std::string>& name) {
  if (!name) return;
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    if (hwy::TargetName(set) != *name) continue;
    // Not DisableTargets, which lasts only until the next question for what there is.
    hwy::SetSupportedTargetsForTest(set);
    limited_ = true;
    return;
  }
  throw ConfigurationError("run.instruction_set", fmt::format("found {}, this machine has {}", *name,
                                                              join(instruction_sets(), ", ")));
}

InstructionSetLimit::~InstructionSetLimit() {
  if (limited_) hwy::SetSupportedTargetsForTest(0);
}

MachineLimits::MachineLimits(const Configuration& c)
    : threads(c.run.threads ? std::optional(static_cast<std::size_t>(*c.run.threads)) : std::nullopt),
      instruction_set(c.run.instruction_set) {}

}  // namespace synfer
