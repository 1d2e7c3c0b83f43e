// What a data set holds, for a person to judge before anything is fitted: counts, values, what never varies,
// how it was read, and what is unusual.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "synfer/data/session.h"

namespace synfer {

/// Counts of choices over all sessions: of each kind of Inventory::kinds, and steps without a choice.
struct ChoiceCounts {
  std::vector<std::size_t> of_kind;
  std::size_t none = 0;
};

struct RewardCounts {
  double value = 0.0;
  ChoiceCounts choices;  // steps with this reward
};

struct StimulusCounts {
  std::string name;
  std::size_t offered = 0;
  std::size_t chosen = 0;
  double mean_reward = NAN;           // known rewards where it was chosen; NaN of none
  std::vector<std::size_t> at_place;  // offers, K >= 2
};

struct AnimalCounts {
  std::string name;
  std::size_t sessions = 0;
  std::size_t trials = 0;
  std::size_t choices = 0;
  double rewarded = NAN;  // share of known rewards of its choices that are rewards (reward_values.h)
};

/// What a data set holds: counts over all sessions.
struct Inventory {
  static constexpr std::size_t kMostValues = 12;
  static constexpr std::array<double, 7> kQuantiles = {0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0};

  std::size_t animals = 0;
  std::size_t sessions = 0;
  std::size_t steps = 0;
  std::size_t trials = 0;
  std::size_t choices = 0;    // steps with a choice (accepted or rejected, or an offer chosen)
  std::size_t accepted = 0;   // K = 1: accepted offers
  std::size_t omissions = 0;  // steps without a choice, in sessions that have choices
  std::size_t rewards = 0;    // that are more than is paid for none (reward_values.h)
  std::size_t recorded = 0;   // recorded values
  std::size_t gaps = 0;       // recorded values that are missing
  std::map<std::string, std::size_t> offers = {};  // of each stimulus that has a name

  int places = 0;                   // K, of all sessions
  std::vector<std::string> kinds;   // of choices: rejected and accepted, or place 0, place 1, ...
  std::size_t forced = 0;           // choices that are taught and not scored
  std::size_t unknown_rewards = 0;  // missing on steps that earn one
  std::size_t free_rewards = 0;     // without a choice
  std::size_t missing_trials = 0;   // numbers left out within sessions
  double first_time = NAN;
  double last_time = NAN;
  ChoiceCounts by_kind;
  std::vector<ChoiceCounts> over_time;      // tenths of each session's trials
  std::vector<RewardCounts> reward_values;  // rising; empty where there are more than kMostValues
  std::vector<double> reward_quantiles;     // at kQuantiles, where there are more
  std::vector<StimulusCounts> stimuli;
  std::vector<AnimalCounts> by_animal;
  std::vector<std::string> never_varies;  // "choice (always place 0)"

  std::vector<std::string> how;      // in words, how what files leave open was understood
  std::vector<std::string> unusual;  // what a person should look at
};

/// The counts alone.
Inventory take_inventory(const std::vector<Session>& sessions);

/// The same with `how` (what a reader says, and the order of an animal's sessions) and `unusual`.
Inventory inspect(const std::vector<Session>& sessions, const std::vector<std::string>& how = {});

/// Adds a reader's sentences; those that ask are unusual.
void add_how(Inventory& inventory, const std::vector<std::string>& how);

}  // namespace synfer
