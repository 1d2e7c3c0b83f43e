// Sessions by their names, order and lengths.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "synfer/base/text.h"
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
  std::map<std::string, std::string> by_lower_case;
  for (const std::string& animal : animals) {
    const auto [other, is_new] = by_lower_case.emplace(lower_case(animal), animal);
    if (!is_new)
      found.push_back(fmt::format("animals '{}' and '{}' differ in capital letters alone: are they one?",
                                  other->second, animal));
  }
  // Names that differ in their last letter are often meant: mouseA, mouseB.
  for (auto a = animals.begin(); a != animals.end(); ++a) {
    for (auto b = std::next(a); b != animals.end(); ++b) {
      const bool letter_for_letter = a->size() == b->size() && one_slip_apart(*a, *b);
      const bool last_differs =
          letter_for_letter && a->substr(0, a->size() - 1) == b->substr(0, b->size() - 1);
      if (last_differs || !one_slip_apart(*a, *b)) continue;
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

}  // namespace

Lines of_sessions(const Sessions& sessions) {
  Lines lines;
  add_some(lines, order_of_sessions(sessions).reversed);
  add_some(lines, names_alike(sessions));
  add_some(lines, lengths(sessions));
  return lines;
}

}  // namespace synfer::unusual
