// Sessions of an animal whose weights are carried over from one to the next: their order counts.
#pragma once

#include <vector>

#include "synfer/data/session.h"
#include "synfer/settings/configuration.h"

namespace synfer {

/// With data.carry_weights alone; nothing is asked of others.
/// @throws ConfigurationError where they go back by their names or times.
void check_order_alone(const Configuration& c, const std::vector<Session>& sessions);

/// @throws ConfigurationError also where no animal has several, so that the setting would do nothing.
void check_session_order(const Configuration& c, const std::vector<Session>& sessions);

}  // namespace synfer
