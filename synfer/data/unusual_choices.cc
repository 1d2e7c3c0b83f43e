// Choices by session.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "synfer/base/stop.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

std::string name_of(const Session& session, int choice) {
  if (session.offers == 1) return choice == 1 ? "accepted" : "rejected";
  return fmt::format("place {}", choice);
}

Lines that_hardly_vary(const Sessions& sessions) {
  constexpr std::size_t kFewest = 20;
  constexpr std::size_t kMany = 100;
  constexpr double kHardly = 0.01;
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    std::vector<std::size_t> counts(static_cast<std::size_t>(std::max(session.offers, 2)), 0);
    std::size_t choices = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const int choice = session.scored_choice(t);
      if (choice == kNoChoice) continue;
      ++counts[static_cast<std::size_t>(choice)];
      ++choices;
    }
    if (choices < kFewest) continue;
    const auto most = std::ranges::max_element(counts);
    const std::size_t others = choices - *most;
    const auto name = name_of(session, static_cast<int>(most - counts.begin()));
    if (others == 0) {
      found.push_back(fmt::format("{}: all {} choices are {}", called(session), choices, name));
    } else if (choices >= kMany && static_cast<double>(others) < kHardly * static_cast<double>(choices)) {
      found.push_back(fmt::format("{}: {} of {} choices are {}", called(session), *most, choices, name));
    }
  }
  return found;
}

// Places change and what is chosen does not.
Lines of_one_stimulus(const Sessions& sessions) {
  constexpr std::size_t kFewest = 20;
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 2 || session.stimulus.empty()) continue;
    std::set<int> stimuli;
    std::set<int> places;
    std::size_t choices = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const int choice = session.scored_choice(t);
      if (choice == kNoChoice) continue;
      ++choices;
      places.insert(choice);
      const auto offers = static_cast<std::size_t>(session.offers);
      stimuli.insert(session.stimulus[t * offers + static_cast<std::size_t>(choice)]);
    }
    if (choices < kFewest || places.size() < 2 || stimuli.size() != 1) continue;
    const auto only = static_cast<std::size_t>(*stimuli.begin());
    found.push_back(fmt::format("{}: all {} choices are of stimulus '{}'", called(session), choices,
                                session.stimuli[only]));
  }
  return found;
}

Lines without_choices(const Sessions& sessions) {
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (std::ranges::all_of(session.choice, [](int choice) { return choice == kNoChoice; })) {
      found.push_back(fmt::format("{}: has no choice, unlike the others", called(session)));
    }
  }
  return found.size() < sessions.size() ? found : Lines{};
}

// An offer that is not accepted is rejected: steps without a choice are rare, or a task's own.
Lines neither_accepted_nor_rejected(const Sessions& sessions) {
  constexpr double kRare = 0.01;
  Lines found;
  std::size_t none = 0;
  std::size_t steps = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers != 1) continue;
    const auto own = static_cast<std::size_t>(std::ranges::count(session.choice, kNoChoice));
    if (own == session.steps()) continue;
    steps += session.steps();
    none += own;
    if (own > 0)
      found.push_back(
          fmt::format("{}: {} neither accepted nor rejected", called(session), counted(own, "offer")));
  }
  return static_cast<double>(none) <= kRare * static_cast<double>(steps) ? found : Lines{};
}

// Places that a file counts from 1, read as counted from 0.
Lines first_place_never_chosen(const Sessions& sessions) {
  constexpr std::size_t kFewest = 50;
  std::vector<std::size_t> counts;
  std::size_t choices = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 3) return {};
    counts.resize(std::max(counts.size(), static_cast<std::size_t>(session.offers)), 0);
    for (const int choice : session.choice) {
      if (choice == kNoChoice) continue;
      ++counts[static_cast<std::size_t>(choice)];
      ++choices;
    }
  }
  if (choices < kFewest || counts.front() > 0 || counts.back() == 0) return {};
  return {fmt::format("place 0 is never chosen, and the last, {}, is: are places counted from 1?",
                      counts.size() - 1)};
}

// Forced choices are few; a column of something else leaves most choices out.
Lines few_scored(const Sessions& sessions) {
  std::size_t choices = 0;
  std::size_t scored = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.choice[t] == kNoChoice) continue;
      ++choices;
      scored += session.scored_choice(t) != kNoChoice ? 1 : 0;
    }
  }
  if (2 * scored >= choices) return {};
  return {fmt::format("only {:.0f} % of choices are scored: does the column say which ones count?",
                      100.0 * static_cast<double>(scored) / static_cast<double>(choices))};
}

}  // namespace

Lines of_choices(const Sessions& sessions) {
  Lines lines = few_scored(sessions);
  add_some(lines, without_choices(sessions));
  add_some(lines, that_hardly_vary(sessions));
  add_some(lines, first_place_never_chosen(sessions));
  add_some(lines, of_one_stimulus(sessions));
  add_some(lines, neither_accepted_nor_rejected(sessions));
  return lines;
}

}  // namespace synfer::unusual
