#include "synfer/data/session_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "synfer/base/text.h"
#include "synfer/data/moment.h"
#include "synfer/data/name_order.h"

namespace synfer {
namespace {

enum class Kind { kStarts, kDates, kNumbers, kOpenDates, kFiles };

using Ofs = std::vector<const Session*>;

// Which kind of name one is: digits and letters stand for all others.
std::string shape_of(const std::string& name) {
  std::string shape;
  for (const char c : name) {
    const bool is_digit = c >= '0' && c <= '9';
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const char kind = is_digit ? '0' : is_letter ? 'a' : c;
    if (shape.empty() || shape.back() != kind || kind == c) shape += kind;
  }
  return shape;
}

// Names of one shape have their dates in one order, in whichever animal.
class OrdersOfDates {
 public:
  explicit OrdersOfDates(const std::vector<Session>& sessions) {
    for (const Session& session : sessions) names_[shape_of(session.name)].insert(session.name);
  }

  const std::vector<DateOrder>& of(const std::string& name) {
    const std::string shape = shape_of(name);
    const auto [at, is_new] = orders_.try_emplace(shape);
    if (is_new) at->second = orders_of_dates({names_[shape].begin(), names_[shape].end()});
    return at->second;
  }

 private:
  std::map<std::string, std::set<std::string>> names_;  // by shape
  std::map<std::string, std::vector<DateOrder>> orders_;
};

std::optional<std::pair<double, double>> times_of(const Session& session) {
  std::optional<std::pair<double, double>> span;
  for (const double time : session.time) {
    if (std::isnan(time)) continue;
    if (!span) span = {time, time};
    span = {std::min(span->first, time), std::max(span->second, time)};
  }
  return span;
}

// Clocks that start anew in each session overlap; one clock for all does not, and then it must rise.
std::string clock_that_goes_back(const std::string& animal, const Ofs& sessions) {
  std::vector<std::pair<double, double>> spans;
  for (const Session* session : sessions) {
    const auto span = times_of(*session);
    if (!span) return {};
    spans.push_back(*span);
  }
  std::vector<std::pair<double, double>> sorted = spans;
  std::ranges::sort(sorted);
  for (std::size_t n = 1; n < sorted.size(); ++n) {
    if (sorted[n].first <= sorted[n - 1].second) return {};
  }
  for (std::size_t n = 1; n < spans.size(); ++n) {
    if (spans[n].first > spans[n - 1].first) continue;
    return fmt::format("sessions of animal '{}' go back in time: '{}' begins at {}, '{}' before it at {}",
                       animal, sessions[n]->name, shortest(spans[n].first), sessions[n - 1]->name,
                       shortest(spans[n - 1].first));
  }
  return {};
}

// Whether starts are known, and not all the same.
bool have_starts(const Ofs& sessions) {
  return std::ranges::all_of(sessions, [](const Session* one) { return one->start.has_value(); }) &&
         std::ranges::any_of(sessions,
                             [&](const Session* one) { return one->start != sessions.front()->start; });
}

std::string start_that_goes_back(const std::string& animal, const Ofs& sessions) {
  for (std::size_t n = 1; n < sessions.size(); ++n) {
    if (!(sessions[n]->start < sessions[n - 1]->start)) continue;
    return fmt::format("sessions of animal '{}' go back in time: '{}' started at {}, '{}' before it at {}",
                       animal, sessions[n]->name, said_moment(sessions[n]->start.value_or(0.0)),
                       sessions[n - 1]->name, said_moment(sessions[n - 1]->start.value_or(0.0)));
  }
  return {};
}

struct OfAnimal {
  Kind kind = Kind::kFiles;
  std::string reversed;  // a sentence
};

OfAnimal order_of(const std::string& animal, const Ofs& sessions, OrdersOfDates& dates) {
  if (have_starts(sessions)) return {Kind::kStarts, start_that_goes_back(animal, sessions)};
  std::vector<std::string> names;
  for (const Session* session : sessions) names.push_back(session->name);
  const NameOrder order = order_of_names(names, dates.of(names.front()));
  if (order.goes_back) {
    const std::size_t n = *order.goes_back;
    const bool are_dates = order.kind == NameOrder::Kind::kDates;
    return {are_dates ? Kind::kDates : Kind::kNumbers,
            fmt::format("sessions of animal '{}' go back: '{}' stands after '{}', and their names are {}",
                        animal, names[n], names[n - 1], are_dates ? "dates" : "numbers")};
  }
  if (order.kind == NameOrder::Kind::kDates) return {Kind::kDates, {}};
  if (order.kind == NameOrder::Kind::kNumbers) return {Kind::kNumbers, {}};
  return {order.kind == NameOrder::Kind::kOpenDates ? Kind::kOpenDates : Kind::kFiles,
          clock_that_goes_back(animal, sessions)};
}

std::string said(Kind kind) {
  switch (kind) {
    case Kind::kStarts:
      return "by the times at which they started";
    case Kind::kDates:
      return "by the dates in their names";
    case Kind::kNumbers:
      return "by the numbers in their names";
    case Kind::kOpenDates:
      return "as in the files: of the dates in their names it is open which number is the day, the month or "
             "the year";
    case Kind::kFiles:
      break;
  }
  return "as in the files, since their names say no sure order";
}

// The sessions of each animal, in the order of the files, and whether those of others stand between them.
struct Animals {
  std::vector<std::pair<std::string, std::vector<std::size_t>>> all;
  bool apart = false;
};

Animals animals_of(const std::vector<Session>& sessions) {
  Animals animals;
  std::map<std::string, std::size_t> number;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const auto [at, is_new] = number.try_emplace(sessions[s].animal, animals.all.size());
    if (is_new) animals.all.push_back({sessions[s].animal, {}});
    animals.all[at->second].second.push_back(s);
    animals.apart = animals.apart || (!is_new && sessions[s - 1].animal != sessions[s].animal);
  }
  return animals;
}

Ofs some_of(const std::vector<Session>& sessions, const std::vector<std::size_t>& places) {
  Ofs some;
  for (const std::size_t s : places) some.push_back(&sessions[s]);
  return some;
}

}  // namespace

SessionOrder order_of_sessions(const std::vector<Session>& sessions) {
  const Animals animals = animals_of(sessions);
  OrdersOfDates dates(sessions);
  SessionOrder order;
  std::set<Kind> kinds;
  for (const auto& [animal, places] : animals.all) {
    if (places.size() < 2) continue;
    order.several = true;
    OfAnimal own = order_of(animal, some_of(sessions, places), dates);
    kinds.insert(own.kind);
    if (!own.reversed.empty()) order.reversed.push_back(std::move(own.reversed));
  }
  if (!order.several) {
    order.how = animals.all.size() == 1 ? "there is one session" : "each animal has one session";
    return order;
  }
  std::vector<std::string> ways;
  for (const Kind kind : kinds) ways.push_back((kinds.size() > 1 ? "some " : "") + said(kind));
  order.how = "sessions of an animal follow one another " +
              (order.reversed.empty() ? join(ways, ", ") : "as in the files, against their names or times");
  if (animals.apart) order.how += "; those of other animals stand between them";
  return order;
}

bool put_in_order_of_start(std::vector<Session>& sessions) {
  bool moved = false;
  for (const auto& [animal, places] : animals_of(sessions).all) {
    if (places.size() < 2 || !have_starts(some_of(sessions, places))) continue;
    std::vector<std::size_t> order = places;
    std::ranges::sort(order, {}, [&](std::size_t s) { return std::pair(sessions[s].start, s); });
    if (order == places) continue;
    moved = true;
    std::vector<Session> sorted;
    for (const std::size_t s : order) sorted.push_back(std::move(sessions[s]));
    for (std::size_t n = 0; n < places.size(); ++n) sessions[places[n]] = std::move(sorted[n]);
  }
  return moved;
}

}  // namespace synfer
