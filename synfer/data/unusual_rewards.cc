// Rewards: their values, and what they depend on.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

// A reward that is the number of the side that paid: every place has values of its own.
Lines values_of_a_place(const Sessions& sessions) {
  constexpr std::size_t kMostValues = 12;
  constexpr std::size_t kFewest = 5;
  std::map<double, std::map<int, std::size_t>> places;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 2) return {};
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const double reward = session.reward[t];
      if (session.choice[t] != kNoChoice && reward != 0.0 && !std::isnan(reward))
        ++places[reward][session.choice[t]];
    }
  }
  if (places.size() < 2 || places.size() > kMostValues) return {};
  std::set<int> paying;
  Lines said;
  for (const auto& [reward, of] : places) {
    if (of.size() > 1 || of.begin()->second < kFewest) return {};
    paying.insert(of.begin()->first);
    said.push_back(fmt::format("{} at place {}", shortest(reward), of.begin()->first));
  }
  if (paying.size() < 2) return {};
  return {fmt::format("rewards depend on the place alone ({}): is a reward the number of the side that paid?",
                      join(said, ", "))};
}

// Whether choices are a column's values, step by step, in nearly all steps of a session.
Lines choices_that_are(const Sessions& sessions, const char* what,
                       double (*value)(const Session&, std::size_t)) {
  constexpr std::size_t kFewest = 30;
  constexpr double kNearlyAll = 0.99;
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 2) continue;
    std::size_t compared = 0;
    std::size_t same = 0;
    std::set<int> chosen;
    for (std::size_t t = 1; t < session.steps(); ++t) {
      const double other = value(session, t);
      if (session.choice[t] == kNoChoice || std::isnan(other)) continue;
      ++compared;
      same += other == session.choice[t] ? 1 : 0;
      chosen.insert(session.choice[t]);
    }
    if (compared < kFewest || chosen.size() < 2) continue;
    if (static_cast<double>(same) < kNearlyAll * static_cast<double>(compared)) continue;
    found.push_back(
        fmt::format("{}: the choice is {} in {} of {} rows", called(session), what, same, compared));
  }
  return found;
}

// A count of points so far stands where the reward of a step should.
Lines sums_so_far(const Sessions& sessions) {
  constexpr std::size_t kFewest = 20;
  constexpr std::size_t kFewestValues = 5;
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    std::vector<double> known;
    std::ranges::copy_if(session.reward, std::back_inserter(known), [](double r) { return !std::isnan(r); });
    const std::set<double> values(known.begin(), known.end());
    if (known.size() < kFewest || values.size() < kFewestValues || !std::ranges::is_sorted(known)) continue;
    found.push_back(fmt::format("{}: rewards never fall, from {} to {}: are they a sum so far?",
                                called(session), shortest(known.front()), shortest(known.back())));
  }
  return found;
}

double own_reward(const Session& session, std::size_t t) { return session.reward[t]; }
double reward_before(const Session& session, std::size_t t) { return session.reward[t - 1]; }
double other_than_before(const Session& session, std::size_t t) {
  const int before = session.choice[t - 1];
  return session.offers == 2 && before != kNoChoice ? 1.0 - before : std::nan("");
}

}  // namespace

Lines of_rewards(const Sessions& sessions) {
  Column rewards{"rewards", {}};
  for (const Session& session : sessions) {
    stop_if_asked();
    std::vector<double>& own = rewards.of_session.emplace_back();
    std::ranges::copy_if(session.reward, std::back_inserter(own),
                         [](double reward) { return !std::isnan(reward); });
  }
  Lines lines = of_column(sessions, rewards);
  const Lines codes = of_codes(sessions, lines);
  lines.insert(lines.end(), codes.begin(), codes.end());
  add_some(lines, values_of_a_place(sessions));
  add_some(lines, sums_so_far(sessions));
  add_some(lines, choices_that_are(sessions, "the number that the reward is", own_reward));
  add_some(lines, choices_that_are(sessions, "the reward of the row before", reward_before));
  add_some(lines, choices_that_are(sessions, "the other one than in the row before", other_than_before));
  return lines;
}

}  // namespace synfer::unusual
