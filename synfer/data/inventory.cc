#include "synfer/data/inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/reward_values.h"
#include "synfer/data/session_order.h"
#include "synfer/data/unusual.h"

namespace synfer {
namespace {

bool has_choices(const Session& session) {
  return std::ranges::any_of(session.choice, [](int choice) { return choice != kNoChoice; });
}

class Count {
 public:
  explicit Count(const std::vector<Session>& sessions) : sessions_(sessions), paid_(reward_values(sessions)) {
    for (const Session& session : sessions) found_.places = std::max(found_.places, session.offers);
    if (found_.places == 1) found_.kinds = {"rejected", "accepted"};
    for (int k = 0; found_.places > 1 && k < found_.places; ++k)
      found_.kinds.push_back(fmt::format("place {}", k));
    found_.by_kind = nothing();
    found_.over_time.assign(kTenths, nothing());
  }

  Inventory of_all() {
    for (const Session& session : sessions_) {
      stop_if_asked();
      add(session);
    }
    found_.animals = found_.by_animal.size();
    add_reward_values();
    for (auto& [name, stimulus] : stimuli_) {
      auto& [counts, sum, known] = stimulus;
      counts.name = name;
      if (known > 0) counts.mean_reward = sum / static_cast<double>(known);
      found_.offers[name] = counts.offered;
      found_.stimuli.push_back(std::move(counts));
    }
    for (AnimalCounts& animal : found_.by_animal) {
      const auto& [rewarded, known] = rewarded_[animal.name];
      if (known > 0) animal.rewarded = static_cast<double>(rewarded) / static_cast<double>(known);
    }
    add_what_never_varies();
    return std::move(found_);
  }

 private:
  static constexpr std::size_t kTenths = 10;

  struct Stimulus {
    StimulusCounts counts;
    double sum = 0;
    std::size_t known = 0;  // rewards
  };

  [[nodiscard]] ChoiceCounts nothing() const { return {std::vector<std::size_t>(found_.kinds.size(), 0), 0}; }

  static void add_choice(ChoiceCounts& counts, int choice) {
    if (choice == kNoChoice) {
      ++counts.none;
    } else {
      ++counts.of_kind[static_cast<std::size_t>(choice)];
    }
  }

  AnimalCounts& animal_of(const Session& session) {
    const auto [at, is_new] = animal_.try_emplace(session.animal, found_.by_animal.size());
    if (is_new) found_.by_animal.push_back({.name = session.animal});
    return found_.by_animal[at->second];
  }

  void add(const Session& session) {
    AnimalCounts& animal = animal_of(session);
    const std::size_t trials = count_trials(session);
    const bool behaves = has_choices(session);
    found_.sessions += 1;
    found_.steps += session.steps();
    found_.trials += trials;
    animal.sessions += 1;
    animal.trials += trials;
    std::size_t trial = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const bool begins =
          t > 0 && (session.trial[t] != session.trial[t - 1] || session.block[t] != session.block[t - 1]);
      trial += begins ? 1 : 0;
      if (t > 0)
        found_.missing_trials +=
            static_cast<std::size_t>(std::max(session.trial[t] - session.trial[t - 1] - 1, 0));
      const int choice = session.choice[t];
      if (behaves) {
        add_choice(found_.by_kind, choice);
        add_choice(found_.over_time[trial * kTenths / trials], choice);
        found_.forced += choice != kNoChoice && session.scored_choice(t) == kNoChoice ? 1 : 0;
      }
      animal.choices += choice != kNoChoice ? 1 : 0;
      add_reward(session, t, behaves);
      add_offers(session, t);
      if (!session.time.empty() && !std::isnan(session.time[t])) {
        found_.first_time = std::fmin(found_.first_time, session.time[t]);
        found_.last_time = std::fmax(found_.last_time, session.time[t]);
      }
    }
    add_recordings(session);
    found_.choices = found_.by_kind.none;
    for (const std::size_t n : found_.by_kind.of_kind) found_.choices += n;
    found_.omissions = found_.by_kind.none;
    found_.choices -= found_.omissions;
    found_.accepted = found_.places == 1 ? found_.by_kind.of_kind[1] : 0;
  }

  void add_reward(const Session& session, std::size_t t, bool behaves) {
    const double reward = session.reward[t];
    const int choice = session.choice[t];
    if (std::isnan(reward)) {
      if (behaves && choice != kNoChoice && session.learns[t]) ++found_.unknown_rewards;
      return;
    }
    found_.rewards += paid_.is_reward(reward) ? 1 : 0;
    found_.free_rewards += behaves && choice == kNoChoice ? 1 : 0;
    all_rewards_.push_back(reward);
    if (values_.size() <= Inventory::kMostValues) {
      add_choice(values_.try_emplace(reward, nothing()).first->second, choice);
    }
    if (choice == kNoChoice) return;
    auto& [rewarded, known] = rewarded_[session.animal];
    rewarded += paid_.is_reward(reward) ? 1 : 0;
    ++known;
  }

  void add_offers(const Session& session, std::size_t t) {
    if (session.stimulus.empty()) return;
    const auto offers = static_cast<std::size_t>(session.offers);
    for (std::size_t k = 0; k < offers; ++k) {
      const auto at = static_cast<std::size_t>(session.stimulus[t * offers + k]);
      if (at >= session.stimuli.size()) continue;
      Stimulus& stimulus = stimuli_[session.stimuli[at]];
      ++stimulus.counts.offered;
      stimulus.counts.at_place.resize(offers, 0);
      ++stimulus.counts.at_place[k];
      const bool chosen = offers == 1 ? session.choice[t] == 1 : session.choice[t] == static_cast<int>(k);
      if (!chosen) continue;
      ++stimulus.counts.chosen;
      if (std::isnan(session.reward[t])) continue;
      stimulus.sum += session.reward[t];
      ++stimulus.known;
    }
  }

  void add_recordings(const Session& session) {
    for (const double value : session.recordings) ++(std::isnan(value) ? found_.gaps : found_.recorded);
  }

  void add_reward_values() {
    if (values_.size() <= Inventory::kMostValues) {
      for (const auto& [value, choices] : values_) found_.reward_values.push_back({value, choices});
      return;
    }
    std::ranges::sort(all_rewards_);
    for (const double p : Inventory::kQuantiles) {
      found_.reward_quantiles.push_back(all_rewards_[static_cast<std::size_t>(
          std::lround(p * static_cast<double>(all_rewards_.size() - 1)))]);
    }
  }

  void add_what_never_varies() {
    const auto say = [&](std::string what) { found_.never_varies.push_back(std::move(what)); };
    for (std::size_t k = 0; k < found_.kinds.size() && found_.choices > 0; ++k) {
      if (found_.by_kind.of_kind[k] == found_.choices)
        say(fmt::format("choice (always {})", found_.kinds[k]));
    }
    if (found_.reward_values.size() == 1) {
      say(fmt::format("reward (always {})", shortest(found_.reward_values.front().value)));
    }
    if (found_.places == 1 && found_.stimuli.size() == 1)
      say(fmt::format("stimulus (always {})", found_.stimuli.front().name));
    for (int k = 0; found_.places > 1 && k < found_.places; ++k) {
      for (const StimulusCounts& stimulus : found_.stimuli) {
        if (stimulus.at_place[static_cast<std::size_t>(k)] == found_.steps)
          say(fmt::format("what is offered at place {} (always {})", k, stimulus.name));
      }
    }
    if (sessions_.empty() || sessions_.front().inputs == 0) return;
    const auto inputs = static_cast<std::size_t>(sessions_.front().offers) *
                        static_cast<std::size_t>(sessions_.front().inputs);
    for (std::size_t i = 0; i < inputs; ++i) {
      if (const auto value = only_value(i, inputs)) {
        const auto n = static_cast<std::size_t>(sessions_.front().inputs);
        say(fmt::format("input {} (always {})",
                        found_.places == 1 ? fmt::format("x{}", i) : fmt::format("x{}_{}", i / n, i % n),
                        shortest(*value)));
      }
    }
  }

  [[nodiscard]] const double* only_value(std::size_t i, std::size_t inputs) const {
    const double* value = nullptr;
    for (const Session& session : sessions_) {
      for (std::size_t at = i; at < session.x.size(); at += inputs) {
        if (!value) value = &session.x[at];
        if (session.x[at] != *value) return nullptr;
      }
    }
    return value;
  }

  const std::vector<Session>& sessions_;
  RewardValues paid_;
  Inventory found_;
  std::map<std::string, std::size_t> animal_;
  std::map<std::string, Stimulus> stimuli_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> rewarded_;  // of each animal; and known rewards
  std::map<double, ChoiceCounts> values_;
  std::vector<double> all_rewards_;
};

}  // namespace

Inventory take_inventory(const std::vector<Session>& sessions) { return Count(sessions).of_all(); }

Inventory inspect(const std::vector<Session>& sessions, const std::vector<std::string>& how) {
  Inventory found = take_inventory(sessions);
  found.how.push_back(order_of_sessions(sessions).how);
  found.unusual = find_unusual(sessions);
  add_how(found, how);
  return found;
}

void add_how(Inventory& inventory, const std::vector<std::string>& how) {
  Inventory said;
  for (const std::string& sentence : how) {
    (sentence.ends_with('?') ? said.unusual : said.how).push_back(sentence);
  }
  inventory.how.insert(inventory.how.begin(), said.how.begin(), said.how.end());
  inventory.unusual.insert(inventory.unusual.begin(), said.unusual.begin(), said.unusual.end());
}

}  // namespace synfer
