#include "synfer/run/recorded_design.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "synfer/base/error.h"
#include "synfer/data/reward_values.h"
#include "synfer/run/experiment.h"
#include "synfer/simulation/recorded_task.h"

namespace synfer {

std::string in_words(const Baiting& baiting) {
  const char* schedule =
      baiting.stays ? "baits stay until they are collected" : "rewards are drawn anew at each trial";
  const double nats = baiting.stays ? baiting.nats : -baiting.nats;
  const std::string by = fmt::format("by {:.3g} nats", std::abs(nats));
  if (baiting.given) {
    const std::string told = nats == 0.0  ? std::string("do not tell")
                             : nats > 0.0 ? "are likelier so, " + by
                                          : "are likelier otherwise, " + by;
    return fmt::format("{}, as task.baiting says: the recorded payments {}", schedule, told);
  }
  if (nats == 0.0)
    return fmt::format("{}: the recorded payments do not tell; set task.baiting where they do not stay",
                       schedule);
  return fmt::format("{}: the recorded payments are likelier so, {}; set task.baiting to decide it yourself",
                     schedule, by);
}

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
