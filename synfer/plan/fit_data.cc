#include "synfer/plan/fit_data.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "synfer/plan/experiment.h"

namespace synfer {
namespace {

// The expected reward goes on where weights do: from each session of an animal to its next.
class Encoder {
 public:
  explicit Encoder(const Configuration& c) : c_(c) {}

  EncodedSession operator()(const Session& session) {
    const RewardBaseline anew(expected_reward_of(c_));
    RewardBaseline& baseline = of_animal_.try_emplace(session.animal, anew).first->second;
    if (!c_.data.carry_weights) baseline = anew;
    return encode(session, c_.network.inputs, c_.stimulus.mean, baseline);
  }

 private:
  const Configuration& c_;
  std::map<std::string, RewardBaseline> of_animal_;
};

ReplayData with_weights(const Configuration& c, DataOrigin origin, std::vector<EncodedSession> sessions) {
  ReplayData data{std::move(sessions), {}};
  for (const EncodedSession& session : data.sessions) {
    data.initial.push_back(assumed_initial_weights(c, origin, session.animal, session.name));
  }
  return data;
}

}  // namespace

std::vector<EncodedSession> replayed_sessions(const Configuration& c, const std::vector<Session>& sessions) {
  std::vector<EncodedSession> all;
  Encoder encoded(c);
  for (const Session& session : sessions) all.push_back(encoded(session));
  return c.data.carry_weights ? joined_by_animal(all) : all;
}

std::vector<Matrix> assumed_weights(const Configuration& c, const std::vector<EncodedSession>& sessions) {
  return with_weights(c, DataOrigin::recorded, sessions).initial;
}

std::vector<ReplayPlace> replay_places(const Configuration& c, const std::vector<Session>& sessions) {
  std::vector<ReplayPlace> places;
  std::map<std::string, std::size_t> of_animal;
  std::vector<std::size_t> steps;  // of each replayed session so far
  for (const Session& session : sessions) {
    const auto [at, is_new] = of_animal.try_emplace(session.animal, steps.size());
    if (is_new || !c.data.carry_weights) {
      at->second = steps.size();
      steps.push_back(0);
    }
    places.push_back({at->second, steps[at->second]});
    steps[at->second] += session.steps();
  }
  return places;
}

std::vector<std::vector<std::size_t>> trial_starts(const Configuration& c,
                                                   const std::vector<Session>& sessions) {
  std::vector<std::vector<std::size_t>> starts;
  const std::vector<ReplayPlace> places = replay_places(c, sessions);
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    starts.resize(std::max(starts.size(), places[s].session + 1));
    const Session& session = sessions[s];
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const bool new_trial =
          t == 0 || session.trial[t] != session.trial[t - 1] || session.block[t] != session.block[t - 1];
      if (new_trial) starts[places[s].session].push_back(places[s].offset + t);
    }
  }
  return starts;
}

ReplayData as_in_fit(const Configuration& c, const std::vector<SimulatedSession>& simulated) {
  const bool true_draws = stimulus_in_fit(c, DataOrigin::simulated) == "true";
  std::vector<EncodedSession> sessions;
  Encoder encoded(c);
  for (const SimulatedSession& one : simulated) {
    sessions.push_back(encoded(one.session));
    if (true_draws) sessions.back().x = one.x;
  }
  ReplayData data = with_weights(c, DataOrigin::simulated, std::move(sessions));
  for (std::size_t s = 0; knows_simulated_weights(c) && s < simulated.size(); ++s) {
    data.initial[s] = simulated[s].initial_weights;
  }
  return data;
}

ReplayData as_simulated(const Configuration& c, const std::vector<SimulatedSession>& simulated) {
  ReplayData data;
  Encoder encoded(c);
  for (const SimulatedSession& one : simulated) {
    data.sessions.push_back(encoded(one.session));
    data.sessions.back().x = one.x;
    data.initial.push_back(one.initial_weights);
  }
  return data;
}

RecordedData split_recorded(const Configuration& c, const std::vector<Session>& sessions) {
  const std::vector<std::vector<std::size_t>> starts = trial_starts(c, sessions);
  std::vector<EncodedSession> whole = replayed_sessions(c, sessions);
  std::vector<EncodedSession> heads;
  bool any_held_out = false;
  for (std::size_t s = 0; s < whole.size(); ++s) {
    const auto held_out =
        static_cast<std::size_t>(std::floor(c.data.held_out * static_cast<double>(starts[s].size())));
    const std::size_t tail = held_out == 0 ? whole[s].steps() : starts[s][starts[s].size() - held_out];
    any_held_out = any_held_out || held_out > 0;
    heads.push_back(truncated(whole[s], tail));
    whole[s].scored_from = tail;
  }
  RecordedData data;
  data.training = with_weights(c, DataOrigin::recorded, std::move(heads));
  if (any_held_out) data.held_out = with_weights(c, DataOrigin::recorded, std::move(whole));
  return data;
}

ReplayData unseen(const Configuration& c, const std::vector<Session>& sessions) {
  return with_weights(c, DataOrigin::recorded, replayed_sessions(c, sessions));
}

}  // namespace synfer
