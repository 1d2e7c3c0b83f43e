#include "synfer/data/reward_values.h"

#include <cmath>
#include <set>
#include <utility>

namespace synfer {

double RewardValues::share(double reward) const {
  if (values.size() < 2) return 0.0;
  return (reward - values.front()) / (values.back() - values.front());
}

bool took_an_offer(const Session& session, std::size_t step) {
  return session.offers == 1 ? session.choice[step] == 1 : session.choice[step] != kNoChoice;
}

RewardValues values_of(std::set<double> paid) {
  if (paid.size() < 2) paid.insert(0.0);
  RewardValues result{{paid.begin(), paid.end()}};
  if (paid.size() <= 2 || result.values.front() == 0.0) result.nothing = result.values.front();
  return result;
}

RewardValues reward_values(const std::vector<Session>& sessions) {
  std::set<double> found;
  for (const Session& session : sessions) {
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (took_an_offer(session, t) && !std::isnan(session.reward[t])) found.insert(session.reward[t]);
    }
  }
  return values_of(std::move(found));
}

}  // namespace synfer
