#include "synfer/data/reward_values.h"

#include <cmath>
#include <set>

namespace synfer {

double RewardValues::share(double reward) const {
  if (values.size() < 2) return 0.0;
  return (reward - values.front()) / (values.back() - values.front());
}

bool took_an_offer(const Session& session, std::size_t step) {
  return session.offers == 1 ? session.choice[step] == 1 : session.choice[step] != kNoChoice;
}

RewardValues reward_values(const std::vector<Session>& sessions) {
  std::set<double> found;
  for (const Session& session : sessions) {
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (took_an_offer(session, t) && !std::isnan(session.reward[t])) found.insert(session.reward[t]);
    }
  }
  if (found.size() < 2) found.insert(0.0);
  RewardValues result{{found.begin(), found.end()}};
  if (found.size() <= 2 || result.values.front() == 0.0) result.nothing = result.values.front();
  return result;
}

}  // namespace synfer
