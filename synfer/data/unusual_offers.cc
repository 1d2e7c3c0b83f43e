// Offers: their labels, their places, their vectors.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/names_alike.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

constexpr double kNearlyAll = 0.97;

struct Label {
  std::size_t count = 0;
  std::size_t sessions = 0;
  std::string first;                  // the session that has it first
  std::vector<std::size_t> at_place;  // counts
};

std::size_t offers_of(const Session& session) { return static_cast<std::size_t>(session.offers); }

void add_labels(const Session& session, std::map<std::string, Label>& labels) {
  std::set<int> seen;
  for (std::size_t n = 0; n < session.stimulus.size(); ++n) {
    const auto at = static_cast<std::size_t>(session.stimulus[n]);
    if (at >= session.stimuli.size()) continue;
    Label& label = labels[session.stimuli[at]];
    if (label.count++ == 0) label.first = called(session);
    label.sessions += seen.insert(session.stimulus[n]).second ? 1 : 0;
    label.at_place.resize(offers_of(session), 0);
    ++label.at_place[n % offers_of(session)];
  }
}

Lines rare_labels(const Sessions& sessions, const std::map<std::string, Label>& labels) {
  constexpr double kRare = 0.01;
  constexpr double kOften = 20;
  constexpr std::size_t kFewestSessions = 3;
  std::vector<double> counts;
  std::size_t in_most = 0;
  for (const auto& [name, label] : labels) {
    counts.push_back(static_cast<double>(label.count));
    in_most += 5 * label.sessions >= 4 * sessions.size() ? 1 : 0;
  }
  const double half = middle(counts);
  const bool shared = sessions.size() >= kFewestSessions && 2 * in_most >= labels.size() && in_most >= 1;
  Lines found;
  std::vector<std::string> names;
  for (const auto& [name, label] : labels) names.push_back(name);
  found = ask_whether_one(names, "stimuli");
  std::set<std::string> plain;
  for (const auto& [name, label] : labels) {
    if (!plain.insert(plain_name(name)).second) continue;
    const bool rare = half >= kOften && static_cast<double>(label.count) <= std::max(2.0, kRare * half);
    const bool alone = shared && label.sessions == 1;
    if (!rare && !alone) continue;
    found.push_back(fmt::format("stimulus '{}' is offered {} time{} ({}){}: is it misspelt?", name,
                                label.count, label.count == 1 ? "" : "s", label.first,
                                rare ? "" : ", in no other session"));
  }
  return found;
}

// The place where a label nearly always stands; -1 where there is none.
int usual_place(const Label& label) {
  const auto most = std::ranges::max_element(label.at_place);
  const bool usual = static_cast<double>(*most) >= kNearlyAll * static_cast<double>(label.count);
  return usual ? static_cast<int>(most - label.at_place.begin()) : -1;
}

Lines places(const Sessions& sessions, const std::map<std::string, Label>& labels) {
  constexpr std::size_t kOften = 50;
  Lines found;
  for (const auto& [name, label] : labels) {
    if (label.at_place.size() < 2 || label.count < kOften) continue;
    const int place = usual_place(label);
    if (place < 0 || label.at_place[static_cast<std::size_t>(place)] == label.count) continue;
    found.push_back(fmt::format("stimulus '{}' stands at place {} but for {} of {} rows", name, place,
                                label.count - label.at_place[static_cast<std::size_t>(place)], label.count));
  }
  std::map<std::string, std::map<int, std::vector<std::string>>>
      by_place;  // sessions by a label's usual place
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 2) continue;
    std::map<std::string, Label> own;
    add_labels(session, own);
    for (const auto& [name, label] : own) {
      if (label.count >= kOften / 2) by_place[name][usual_place(label)].push_back(called(session));
    }
  }
  std::set<std::string> said;
  for (const auto& [name, of] : by_place) {
    if (of.size() != 2) continue;
    const auto& fewer = of.begin()->second.size() < of.rbegin()->second.size() ? *of.begin() : *of.rbegin();
    const auto& more = &fewer == &*of.begin() ? *of.rbegin() : *of.begin();
    if (fewer.first < 0 || more.first < 0 ||
        4 * fewer.second.size() > fewer.second.size() + more.second.size())
      continue;
    for (const std::string& session : fewer.second) {
      if (said.insert(session).second)
        found.push_back(fmt::format("{}: stimulus '{}' stands at place {}, in the others at {}", session,
                                    name, fewer.first, more.first));
    }
  }
  return found;
}

// The label of one place goes by stretches, as a block does, beside others that never change.
Lines labels_like_blocks(const Sessions& sessions) {
  constexpr double kRare = 0.05;
  const std::size_t offers = offers_of(sessions.front());
  if (offers < 2) return {};
  std::size_t changes = 0;
  std::size_t steps = 0;
  std::vector<std::set<std::string>> labels(offers);
  std::vector<std::size_t> changing;
  for (std::size_t k = 0; k < offers; ++k) {
    for (const Session& session : sessions) {
      stop_if_asked();
      if (session.stimulus.empty()) return {};
      for (std::size_t t = 0; t < session.steps(); ++t) {
        const std::size_t at = t * offers + k;
        labels[k].insert(session.stimuli[static_cast<std::size_t>(session.stimulus[at])]);
        changes += t > 0 && session.stimulus[at] != session.stimulus[at - offers] ? 1 : 0;
        steps += k == 0 ? 1 : 0;
      }
    }
    if (labels[k].size() > 1) changing.push_back(k);
  }
  const bool by_stretches = changes > 0 && static_cast<double>(changes) <= kRare * static_cast<double>(steps);
  if (changing.size() != 1 || !by_stretches) return {};
  const std::vector<std::string> names(labels[changing[0]].begin(), labels[changing[0]].end());
  return {fmt::format(
      "what is offered at place {} ({}) changes {} times in {} rows, beside offers that never change: "
      "is it another column?",
      changing[0], join(names, ", "), changes, steps)};
}

// Two offers of a step that nothing tells apart: by session where that is rare, in one line where it is not.
Lines offers_alike(const Sessions& sessions) {
  constexpr double kRare = 0.05;
  Lines found;
  std::size_t alike = 0;
  std::size_t steps = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    const std::size_t offers = offers_of(session);
    const auto inputs = static_cast<std::size_t>(session.inputs);
    std::size_t own = 0;
    int first = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      bool same = false;
      for (std::size_t a = 0; a < offers; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
          const auto x = [&](std::size_t k) {
            return session.x.begin() + static_cast<std::ptrdiff_t>((t * offers + k) * inputs);
          };
          const bool labels = session.stimulus.empty() ||
                              session.stimulus[t * offers + a] == session.stimulus[t * offers + b];
          const bool vectors = session.x.empty() || std::equal(x(a), x(a) + session.inputs, x(b));
          same = same || (labels && vectors);
        }
      }
      if (same && own++ == 0) first = session.trial[t];
    }
    steps += session.steps();
    alike += own;
    if (own > 0)
      found.push_back(fmt::format("{}: offers are alike in {}, first in trial {}", called(session),
                                  counted(own, "row"), first));
  }
  if (static_cast<double>(alike) <= kRare * static_cast<double>(steps)) return found;
  const double percent = 100.0 * static_cast<double>(alike) / static_cast<double>(steps);
  return {
      fmt::format("offers are alike in {} of {} rows ({:.0f} %): such a choice is no choice between stimuli",
                  alike, steps, percent)};
}

}  // namespace

Lines of_offers(const Sessions& sessions) {
  std::map<std::string, Label> labels;
  for (const Session& session : sessions) add_labels(session, labels);
  Lines lines;
  add_some(lines, offers_alike(sessions));
  if (labels.empty()) return lines;
  add_some(lines, rare_labels(sessions, labels));
  add_some(lines, places(sessions, labels));
  add_some(lines, labels_like_blocks(sessions));
  return lines;
}

Lines of_inputs(const Sessions& sessions) {
  constexpr std::size_t kMany = 12;
  constexpr std::size_t kMostCells = 1'000'000;
  if (sessions.empty() || sessions.front().inputs == 0) return {};
  const auto offers = offers_of(sessions.front());
  const auto inputs = static_cast<std::size_t>(sessions.front().inputs);
  Lines lines;
  Lines found;
  Lines of_few_values;
  std::size_t of_many_values = 0;
  std::set<double> rewards;
  for (const Session& session : sessions) {
    stop_if_asked();
    for (const double reward : session.reward) {
      if (rewards.size() <= kMany && reward == reward) rewards.insert(reward);
    }
  }
  // Of many columns the first are looked at, so that it never takes long.
  std::size_t steps = 0;
  for (const Session& session : sessions) steps += session.steps();
  const std::size_t columns =
      std::min(offers * inputs, std::max<std::size_t>(kMostCells / std::max<std::size_t>(steps, 1), 8));
  for (std::size_t i = 0; i < columns; ++i) {
    Column column{fmt::format("inputs x{}", offers == 1 ? fmt::format("{}", i)
                                                        : fmt::format("{}_{}", i / inputs, i % inputs)),
                  {}};
    std::set<double> values;
    for (const Session& session : sessions) {
      stop_if_asked();
      std::vector<double>& own = column.of_session.emplace_back();
      for (std::size_t at = i; at < session.x.size(); at += offers * inputs) {
        own.push_back(session.x[at]);
        if (values.size() <= kMany) values.insert(session.x[at]);
      }
    }
    of_many_values += values.size() > kMany ? 1 : 0;
    if (values.size() == 2 || values.size() == 3) {
      of_few_values.push_back(
          fmt::format("{} have {} values, the other inputs and the rewards many: is it another column?",
                      column.name, values.size()));
    }
    const Lines own = of_column(sessions, column);
    found.insert(found.end(), own.begin(), own.end());
  }
  add_some(lines, std::move(found));
  if (rewards.size() > kMany && 3 * of_many_values >= 2 * columns) add_some(lines, std::move(of_few_values));
  return lines;
}

}  // namespace synfer::unusual
