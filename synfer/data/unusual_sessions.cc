// Sessions by their names, order and lengths.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "synfer/base/stop.h"
#include "synfer/data/names_alike.h"
#include "synfer/data/session_order.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Whether one letter too many, too few, changed or two exchanged make one name of the other. Digits count, so
// that fly1 and fly2 are two.
bool one_slip_apart(const std::string& a, const std::string& b) {
  if (a.size() > b.size()) return one_slip_apart(b, a);
  if (b.size() - a.size() > 1 || a.size() < 4) return false;
  std::size_t head = 0;
  while (head < a.size() && a[head] == b[head]) ++head;
  std::size_t tail = 0;
  while (tail < a.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const std::string in_a = a.substr(head, a.size() - tail - head);
  const std::string in_b = b.substr(head, b.size() - tail - head);
  if (std::ranges::any_of(in_a + in_b, is_digit)) return false;
  const bool exchanged = in_a.size() == 2 && in_b.size() == 2 && in_a[0] == in_b[1] && in_a[1] == in_b[0];
  return (in_a.size() <= 1 && in_b.size() <= 1) || exchanged;
}

Lines names_alike(const Sessions& sessions) {
  constexpr std::size_t kMost = 2000;  // pairs of more are too many to look at
  std::set<std::string> animals;
  for (const Session& session : sessions) animals.insert(session.animal);
  Lines found;
  if (animals.size() > kMost) return found;
  found = ask_whether_one({animals.begin(), animals.end()}, "animals");
  std::map<std::string, std::vector<std::string>> own;  // sessions of each animal
  for (const Session& session : sessions) own[session.animal].push_back(session.name);
  for (const auto& [animal, names] : own) {
    for (std::string& question : ask_whether_one(names, fmt::format("of animal '{}', sessions", animal)))
      found.push_back(std::move(question));
  }
  // Names that differ in their last letter are often meant: mouseA, mouseB.
  for (auto a = animals.begin(); a != animals.end(); ++a) {
    for (auto b = std::next(a); b != animals.end(); ++b) {
      const bool letter_for_letter = a->size() == b->size() && one_slip_apart(*a, *b);
      const bool last_differs =
          letter_for_letter && a->substr(0, a->size() - 1) == b->substr(0, b->size() - 1);
      if (last_differs || !one_slip_apart(*a, *b) || plain_name(*a) == plain_name(*b)) continue;
      found.push_back(fmt::format("animals '{}' and '{}' differ in one letter: are they one?", *a, *b));
    }
  }
  return found;
}

// Where nearly all are of one length, those that are not; else those far shorter than the rest.
Lines lengths(const Sessions& sessions) {
  constexpr std::size_t kFewest = 4;
  constexpr double kShort = 0.2;
  if (sessions.size() < kFewest) return {};
  std::map<std::size_t, std::size_t> of_length;
  std::vector<double> trials;
  for (const Session& session : sessions) {
    stop_if_asked();
    trials.push_back(static_cast<double>(count_trials(session)));
    ++of_length[count_trials(session)];
  }
  const auto usual = std::ranges::max_element(of_length, {}, [](const auto& one) { return one.second; });
  const bool alike = 4 * usual->second >= 3 * sessions.size();
  const double half = middle(trials);
  Lines found;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const auto own = static_cast<std::size_t>(trials[s]);
    if (alike && own != usual->first) {
      found.push_back(
          fmt::format("{} has {}, the others {}", called(sessions[s]), counted(own, "trial"), usual->first));
    } else if (!alike && trials[s] < kShort * half) {
      found.push_back(fmt::format("{} has {}, the others about {:.0f}", called(sessions[s]),
                                  counted(own, "trial"), half));
    }
  }
  return found;
}

// Of so few steps nothing can be learnt; where all sessions are like that, the column may not be of sessions.
Lines of_few_steps(const Sessions& sessions, const Lines& told) {
  constexpr std::size_t kFew = 5;
  Lines found;
  std::size_t least = kFew;
  std::size_t most = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    if (session.steps() > kFew) continue;
    least = std::min(least, session.steps());
    most = std::max(most, session.steps());
    const std::string line = fmt::format("{} has {}", called(session), counted(session.steps(), "row"));
    const auto is_of_it = [start = called(session) + " has "](const std::string& other) {
      return other.starts_with(start);
    };
    if (std::ranges::none_of(told, is_of_it)) found.push_back(line);
  }
  if (found.size() < sessions.size() || found.size() < 2) return found;
  return {fmt::format("all {} sessions have {}{}: does the column name sessions?", sessions.size(),
                      least == most ? "" : fmt::format("{} to ", least), counted(most, "row"))};
}

}  // namespace

Lines of_sessions(const Sessions& sessions) {
  Lines lines;
  add_some(lines, order_of_sessions(sessions).reversed);
  add_some(lines, names_alike(sessions));
  const Lines long_and_short = lengths(sessions);
  add_some(lines, long_and_short);
  add_some(lines, of_few_steps(sessions, long_and_short));
  return lines;
}

}  // namespace synfer::unusual
