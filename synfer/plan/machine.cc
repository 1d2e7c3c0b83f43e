#include "synfer/plan/machine.h"

#include <fmt/format.h>
#include <hwy/targets.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "synfer/base/error.h"
#include "synfer/base/stop.h"
#include "synfer/base/text.h"

namespace synfer {

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(set));
  return names;
}

namespace {

// What the runs of this process that are under way use.
struct InUse {
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t runs = 0;
  std::optional<std::string> set;
};

InUse& in_use() {
  static InUse one;
  return one;
}

void use(const std::string& name) {
  for (const std::int64_t set : hwy::SupportedAndGeneratedTargets()) {
    if (hwy::TargetName(set) != name) continue;
    // Not DisableTargets, which lasts only until the next question for what there is.
    hwy::SetSupportedTargetsForTest(set);
    return;
  }
  throw ConfigurationError("run.instruction_set", fmt::format("found {}, this machine has {}", name,
                                                              join(instruction_sets(), ", ")));
}

}  // namespace

InstructionSetLimit::InstructionSetLimit(const std::optional<std::string>& name) {
  constexpr std::chrono::milliseconds kMoment(50);
  InUse& now = in_use();
  std::unique_lock lock(now.mutex);
  while (now.runs > 0 && now.set != name) {
    stop_if_asked();
    now.ended.wait_for(lock, kMoment);
  }
  if (now.runs == 0 && name) use(*name);
  now.set = name;
  ++now.runs;
}

InstructionSetLimit::~InstructionSetLimit() {
  InUse& now = in_use();
  const std::lock_guard lock(now.mutex);
  if (--now.runs > 0) return;
  if (now.set) hwy::SetSupportedTargetsForTest(0);
  now.ended.notify_all();
}

MachineLimits::MachineLimits(const Configuration& c)
    : threads(c.run.threads ? std::optional(static_cast<std::size_t>(*c.run.threads)) : std::nullopt),
      instruction_set(c.run.instruction_set) {}

}  // namespace synfer
