// Numbers of trials, how trials end, blocks and times.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

bool begins_trial(const Session& session, std::size_t t) {
  return t == 0 || session.trial[t] != session.trial[t - 1] || session.block[t] != session.block[t - 1];
}

bool has_choices(const Session& session) {
  return std::ranges::any_of(session.choice, [](int choice) { return choice != kNoChoice; });
}

std::string holes_of(const Session& session) {
  std::string named;
  std::size_t missing = 0;
  std::size_t holes = 0;
  for (std::size_t t = 1; t < session.steps(); ++t) {
    const int before = session.trial[t - 1];
    const int gap = session.trial[t] - before - 1;
    if (gap <= 0) continue;
    missing += static_cast<std::size_t>(gap);
    if (++holes > 3) continue;
    named += (named.empty() ? "" : ", ") + std::to_string(before + 1) +
             (gap > 1 ? fmt::format(" to {}", session.trial[t] - 1) : "");
  }
  if (missing == 0) return {};
  return fmt::format("{}: {} missing from the numbering ({}{})", called(session), counted(missing, "trial"),
                     named, holes > 3 ? ", ..." : "");
}

// Numbers begin anew in each session, and in each block where they do; a session may also count on from the
// one before it.
Lines beginnings(const Sessions& sessions) {
  struct Beginning {
    const Session* session;
    int first;
    bool of_block;
  };
  std::vector<Beginning> all;
  std::map<int, std::size_t> count;
  const Session* before = nullptr;
  for (const Session& session : sessions) {
    stop_if_asked();
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const bool anew = t == 0 || session.trial[t] < session.trial[t - 1];
      if (!anew) continue;
      const bool counts_on = t == 0 && before != nullptr && session.trial[t] == before->trial.back() + 1;
      if (counts_on) continue;
      all.push_back({&session, session.trial[t], t > 0});
      ++count[session.trial[t]];
    }
    if (session.steps() > 0) before = &session;
  }
  if (count.empty()) return {};
  const auto usual = std::ranges::max_element(count, {}, [](const auto& one) { return one.second; });
  Lines found;
  const bool none_is_usual = usual->second < 2 && all.size() > 1;
  for (const Beginning& one : all) {
    const bool as_counted = one.first == 0 || one.first == 1;
    if (one.first == usual->first ? (as_counted || all.size() > 1) : (none_is_usual && as_counted)) continue;
    found.push_back(fmt::format("{}: the numbers of trials begin at {}{}{}", called(*one.session), one.first,
                                one.of_block ? " in a block" : "",
                                one.first == usual->first || none_is_usual
                                    ? ""
                                    : fmt::format(", in the others at {}", usual->first)));
  }
  return found;
}

// With one offer a step a trial ends with an acceptance, if nearly all do; a session may end within its last.
Lines ends_without_acceptance(const Sessions& sessions) {
  constexpr double kUsual = 0.97;
  std::size_t ended = 0;
  std::size_t trials = 0;
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers != 1 || !has_choices(session)) continue;
    for (std::size_t t = 0; t + 1 < session.steps(); ++t) {
      if (!begins_trial(session, t + 1)) continue;
      ++trials;
      const bool accepts = session.choice[t] == 1;
      ended += accepts ? 1 : 0;
      if (!accepts)
        found.push_back(fmt::format("{}: trial {} ends without an acceptance, unlike the others",
                                    called(session), session.trial[t]));
    }
  }
  const bool usual = static_cast<double>(ended) >= kUsual * static_cast<double>(trials);
  return usual ? found : Lines{};
}

// A trial's only step is there again, with the same number.
Lines steps_again(const Sessions& sessions) {
  constexpr double kRare = 0.02;
  Lines found;
  std::size_t steps = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.offers < 2) continue;
    steps += session.steps();
    for (std::size_t t = 1; t < session.steps(); ++t) {
      if (begins_trial(session, t)) continue;
      found.push_back(fmt::format("{}: trial {} stands in two rows, unlike the others", called(session),
                                  session.trial[t]));
    }
  }
  return static_cast<double>(found.size()) <= kRare * static_cast<double>(steps) ? found : Lines{};
}

Lines blocks_of_trials(const Sessions& sessions) {
  constexpr std::size_t kFewest = 20;  // trials
  Lines found;
  for (const Session& session : sessions) {
    stop_if_asked();
    const std::size_t trials = count_trials(session);
    if (trials < kFewest) continue;
    std::size_t changes = 0;
    for (std::size_t t = 1; t < session.steps(); ++t)
      changes += session.block[t] != session.block[t - 1] ? 1 : 0;
    if (4 * changes > trials) {
      found.push_back(fmt::format("{}: the block changes {} times in {}: is it another column?",
                                  called(session), changes, counted(trials, "trial")));
    }
  }
  return found;
}

// The unit of time, from the pace of the steps.
Lines paces(const Sessions& sessions) {
  constexpr double kOtherUnit = 20;
  std::vector<double> pace;
  std::vector<const Session*> of;
  for (const Session& session : sessions) {
    stop_if_asked();
    std::vector<double> gaps;
    for (std::size_t t = 1; t < session.time.size(); ++t) {
      const double gap = session.time[t] - session.time[t - 1];
      if (gap > 0) gaps.push_back(gap);
    }
    if (gaps.empty()) continue;
    pace.push_back(middle(std::move(gaps)));
    of.push_back(&session);
  }
  Lines found;
  if (pace.size() < 2) return found;
  const double usual = middle(pace);
  for (std::size_t s = 0; s < pace.size(); ++s) {
    if (pace[s] < kOtherUnit * usual && pace[s] * kOtherUnit > usual) continue;
    found.push_back(fmt::format("{}: steps are {:.3g} apart in time, in the others {:.3g}: another unit?",
                                called(*of[s]), pace[s], usual));
  }
  return found;
}

}  // namespace

Lines of_trials(const Sessions& sessions) {
  Lines lines;
  Lines holes;
  for (const Session& session : sessions) {
    stop_if_asked();
    std::string line = holes_of(session);
    if (!line.empty()) holes.push_back(std::move(line));
  }
  add_some(lines, std::move(holes));
  add_some(lines, beginnings(sessions));
  add_some(lines, ends_without_acceptance(sessions));
  add_some(lines, steps_again(sessions));
  add_some(lines, blocks_of_trials(sessions));
  add_some(lines, paces(sessions));
  return lines;
}

}  // namespace synfer::unusual
