#include "synfer/plan/recorded_design.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/data/reward_values.h"
#include "synfer/plan/experiment.h"
#include "synfer/simulation/recorded_task.h"

namespace synfer {

RecordedDesign recorded_design(const Configuration& c, const std::vector<Session>& sessions) {
  if (c.data.carry_weights) {
    throw ConfigurationError("data.carry_weights",
                             "found true, but sessions are simulated one by one, each from new weights");
  }
  if (c.fit.observe != "behavior") {
    throw ConfigurationError("fit.observe",
                             fmt::format("found {}, but it is choices that are simulated", c.fit.observe));
  }
  const RewardValues values = reward_values(sessions);
  RecordedDesign design;
  Baiting& baiting = design.baiting;
  baiting.given = c.task.baiting.has_value();
  baiting.stays = c.task.baiting.value_or(true);
  for (const Session& session : sessions) {
    design.tasks.push_back(
        recorded_task(session, encode(session, c.network.inputs, c.stimulus.mean, expected_reward_of(c)),
                      values, {c.task.trials_per_block, baiting.stays, c.task.max_offers}));
    baiting.nats += design.tasks.back().payments.nats_for_baiting;
  }
  if (baiting.given || baiting.nats >= 0.0) return design;
  baiting.stays = false;
  for (RecordedTask& task : design.tasks) task = with_baiting(std::move(task), values, false);
  return design;
}

}  // namespace synfer
