#include "synfer/analysis/predictive_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "synfer/analysis/animal_model.h"
#include "synfer/base/error.h"
#include "synfer/base/parallel.h"
#include "synfer/base/quantiles.h"
#include "synfer/evaluation/behaviour.h"
#include "synfer/plan/recorded_design.h"
#include "synfer/results/result.h"

namespace synfer {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// What a session, or a simulation of it, looks like; nothing where weights overflowed.
using Looks = std::optional<Behaviour>;

std::vector<Statistic> all_statistics(const Behaviour& of) {
  std::vector<Statistic> all = of.statistics;
  for (Statistic& s : matching_of(of.matching)) all.push_back(std::move(s));
  return all;
}

// The same over sessions: means, and the matching law over all blocks.
Behaviour over_sessions(const std::vector<const Behaviour*>& sessions) {
  Behaviour mean;
  std::map<std::string, std::size_t> place;
  std::vector<double> counted;
  for (const Behaviour* one : sessions) {
    for (const auto& [name, value] : one->statistics) {
      const auto [at, is_new] = place.try_emplace(name, mean.statistics.size());
      if (is_new) {
        mean.statistics.push_back({name, 0.0});
        counted.push_back(0.0);
      }
      if (std::isnan(value)) continue;
      mean.statistics[at->second].value += value;
      ++counted[at->second];
    }
    mean.matching.insert(mean.matching.end(), one->matching.begin(), one->matching.end());
  }
  for (std::size_t n = 0; n < counted.size(); ++n)
    mean.statistics[n].value = counted[n] == 0.0 ? kNone : mean.statistics[n].value / counted[n];
  return mean;
}

std::optional<Band> band_of(double observed, std::vector<double> simulated, double level) {
  const std::size_t all = simulated.size();
  std::erase_if(simulated, [](double v) { return std::isnan(v); });
  if (std::isnan(observed) || 2 * simulated.size() <= all) return std::nullopt;
  std::ranges::sort(simulated);
  double mean = 0.0;
  for (const double v : simulated) mean += v / static_cast<double>(simulated.size());
  return Band{observed, mean, percentile(simulated, (1.0 - level) / 2),
              percentile(simulated, (1.0 + level) / 2)};
}

// Bands of every statistic, in the order of the observed ones. A statistic that a simulation lacks is NaN.
std::vector<std::pair<std::string, std::optional<Band>>> bands_of(const Behaviour& observed,
                                                                  const std::vector<Behaviour>& simulated,
                                                                  double level) {
  std::map<std::string, std::vector<double>> values;
  for (const Behaviour& one : simulated) {
    for (const auto& [name, value] : all_statistics(one)) values[name].push_back(value);
  }
  std::vector<std::pair<std::string, std::optional<Band>>> bands;
  for (const auto& [name, value] : all_statistics(observed)) {
    std::vector<double>& of_name = values[name];
    of_name.resize(simulated.size(), kNone);
    bands.emplace_back(name, band_of(value, std::move(of_name), level));
  }
  return bands;
}

Looks simulated_looks(const AnimalModel& animal, const RecordedTask& task, const Session& session,
                      const RewardValues& values, std::size_t place, std::size_t sessions, std::size_t draw) {
  SimulationOptions options = animal.options;
  options.task = task;
  if (animal.session_biases.size() == sessions) options.bias = animal.session_biases[place];
  const std::size_t weights = animal.initial_weights.size();
  if (weights > 0) options.given_weights = animal.initial_weights[weights == sessions ? place : 0];
  try {
    const SimulatedSession simulated =
        simulate_session(options, animal.model, animal.theta,
                         fmt::format("{} predicted {}", session.animal, draw + 1), session.name);
    return behaviour_of(simulated.session, simulated.session.trial, task.block, values);
  } catch (const NonFiniteError&) {
    return std::nullopt;
  }
}

// Whether the session names one block alone, and its task several.
bool is_in_pieces(const Session& session, const RecordedTask& task) {
  const auto changes = std::ranges::adjacent_find(session.block, std::ranges::not_equal_to());
  return changes == session.block.end() && !task.block.empty() && task.block.back() != task.block.front();
}

}  // namespace

PredictiveCheck predictive_check(const Configuration& c, const RunResult& result,
                                 const std::vector<Session>& sessions, int draws,
                                 const std::function<bool()>& interrupted) {
  const AnimalModel animal = fitted_animal(c, DataOrigin::recorded, result, sessions.front().offers);
  const RecordedDesign design = recorded_design(c, sessions);
  const std::vector<RecordedTask>& tasks = design.tasks;
  const RewardValues values = reward_values(sessions);
  PredictiveCheck check;
  check.draws = static_cast<std::size_t>(draws);
  check.level = c.uncertainty.level;
  check.sessions = sessions.size();
  check.baiting = design.baiting;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (is_in_pieces(sessions[s], tasks[s])) check.piece = c.task.trials_per_block;
  }

  std::vector<Behaviour> observed;
  for (std::size_t s = 0; s < sessions.size(); ++s)
    observed.push_back(behaviour_of(sessions[s], tasks[s].trial, tasks[s].block, values));
  std::vector<std::vector<Looks>> looks(sessions.size(), std::vector<Looks>(check.draws));
  for_each_index(sessions.size() * check.draws, [&](std::size_t n) {
    const std::size_t s = n / check.draws;
    if (interrupted()) return;
    looks[s][n % check.draws] =
        simulated_looks(animal, tasks[s], sessions[s], values, s, sessions.size(), n % check.draws);
  });

  std::vector<const Behaviour*> of_animals;
  for (const Behaviour& one : observed) of_animals.push_back(&one);
  std::vector<Behaviour> over_all;  // draws in which no session's weights overflow
  for (std::size_t n = 0; n < check.draws; ++n) {
    std::vector<const Behaviour*> of_draw;
    for (const std::vector<Looks>& session : looks) {
      if (const Looks& one = session[n]) of_draw.push_back(&*one);
    }
    check.overflown += sessions.size() - of_draw.size();
    if (of_draw.size() == sessions.size()) over_all.push_back(over_sessions(of_draw));
  }
  std::map<std::string, std::size_t> place;
  for (const auto& [name, band] : bands_of(over_sessions(of_animals), over_all, check.level)) {
    if (!band) continue;
    place[name] = check.statistics.size();
    check.statistics.push_back({name, *band, {}});
  }
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    std::vector<Behaviour> simulated;
    for (Looks& one : looks[s]) {
      if (one) simulated.push_back(std::move(*one));
    }
    for (const auto& [name, band] : bands_of(observed[s], simulated, check.level)) {
      const auto at = place.find(name);
      if (!band || at == place.end()) continue;
      check.statistics[at->second].sessions.push_back({sessions[s].animal, sessions[s].name, *band});
    }
  }
  return check;
}

}  // namespace synfer
