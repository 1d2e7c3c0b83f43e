#include "synfer/plan/carried_sessions.h"

#include <fmt/format.h>

#include "synfer/base/error.h"
#include "synfer/base/text.h"
#include "synfer/data/session_order.h"

namespace synfer {

void check_order_alone(const Configuration& c, const std::vector<Session>& sessions) {
  if (!c.data.carry_weights) return;
  const SessionOrder order = order_of_sessions(sessions);
  if (order.reversed.empty()) return;
  throw ConfigurationError(
      "data.carry_weights",
      fmt::format(
          "{}; expected an animal's sessions in the order in which they were: sort the rows by session, or "
          "give the files in order",
          join(order.reversed, "; ")));
}

void check_session_order(const Configuration& c, const std::vector<Session>& sessions) {
  if (!c.data.carry_weights) return;
  if (!order_of_sessions(sessions).several) {
    throw ConfigurationError(
        "data.carry_weights",
        "found true, but no animal has more than one session, so that nothing says which sessions are one "
        "animal's; expected a column that does: data.columns.animal=NAME, or leave the setting out");
  }
  check_order_alone(c, sessions);
}

}  // namespace synfer
