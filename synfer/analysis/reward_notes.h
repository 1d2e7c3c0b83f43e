// What rewards as they are mean for the expected reward.
#pragma once

#include <optional>
#include <vector>

#include "synfer/data/session.h"
#include "synfer/settings/configuration.h"

namespace synfer {

struct FarRewards {
  double mean = 0.0;
  double sd = 0.0;
};

/// Where all rewards lie far from 0 on one side, in units of their spread, while the expected reward starts
/// from 0: the first rewards are then surprises many times larger than any that follows. Empty elsewhere.
std::optional<FarRewards> far_rewards(const Configuration& c, const std::vector<Session>& sessions);

}  // namespace synfer
