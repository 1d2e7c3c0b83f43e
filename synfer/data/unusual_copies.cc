// What is there twice: sessions, stretches of rows, single rows; and rows that stay the same for longer than
// chance allows.
//
// Rows are compared by what happened in them, not by their labels. How long a stretch may come again by
// chance follows from how much choice and reward vary given the stimulus and the row before: of n rows, two
// stretches of L are alike by chance about n^2 2^(-L H) times, H in bits a row.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <unordered_map>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

using Ids = std::vector<std::size_t>;

// A number for what is put in; two that differ have one number by an accident that never happens.
class Fingerprint {
 public:
  void put(std::uint64_t bits) {
    value_ = (value_ ^ bits) + 0x9e3779b97f4a7c15ULL;  // splitmix64
    value_ = (value_ ^ (value_ >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value_ = (value_ ^ (value_ >> 27)) * 0x94d049bb133111ebULL;
    value_ ^= value_ >> 31;
  }
  void put(int value) { put(static_cast<std::uint64_t>(value)); }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

std::uint64_t offers_at(const Session& session, std::size_t t) {
  Fingerprint print;
  const auto offers = static_cast<std::size_t>(session.offers);
  const std::size_t vectors = offers * static_cast<std::size_t>(session.inputs);
  for (std::size_t k = 0; k < offers && !session.stimulus.empty(); ++k)
    print.put(session.stimulus[t * offers + k]);
  for (std::size_t i = 0; i < vectors && !session.x.empty(); ++i) print.put(session.x[t * vectors + i]);
  return print.value();
}

// Missing values are alike.
double known(double value) { return std::isnan(value) ? -HUGE_VAL : value; }

std::uint64_t outcome_at(const Session& session, std::size_t t) {
  Fingerprint print;
  print.put(session.choice[t]);
  print.put(known(session.reward[t]));
  return print.value();
}

struct Rows {
  std::vector<Ids> rows;     // of each session, a number for what happened in each row
  std::size_t distinct = 0;  // rows
  std::size_t total = 0;
  double bits = 0;  // of choice and reward, given the stimulus and the row before
};

Rows rows_of(const Sessions& sessions) {
  Rows found;
  std::unordered_map<std::uint64_t, std::size_t> number;
  std::map<std::uint64_t, std::map<std::uint64_t, std::size_t>> next;  // given stimulus and row before
  for (const Session& session : sessions) {
    stop_if_asked();
    Ids& own = found.rows.emplace_back();
    std::uint64_t before = 0;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const std::uint64_t offered = offers_at(session, t);
      const std::uint64_t outcome = outcome_at(session, t);
      Fingerprint row;
      row.put(offered);
      row.put(outcome);
      const std::size_t neurons = session.recorded_neurons.size();
      for (std::size_t j = 0; j < neurons; ++j) row.put(known(session.recordings[t * neurons + j]));
      own.push_back(number.try_emplace(row.value(), number.size()).first->second);
      Fingerprint given;
      given.put(offered);
      given.put(before);
      ++next[given.value()][outcome];
      before = outcome;
      ++found.total;
    }
  }
  for (const auto& [given, outcomes] : next) {
    double all = 0;
    for (const auto& [outcome, n] : outcomes) all += static_cast<double>(n);
    for (const auto& [outcome, n] : outcomes)
      found.bits -= static_cast<double>(n) * std::log2(static_cast<double>(n) / all);
  }
  found.distinct = number.size();
  if (found.total > 0) found.bits /= static_cast<double>(found.total);
  return found;
}

constexpr double kDigits = 1e9;  // to which multiples agree

// The first reward that is not 0; 1 where there is none.
double first_paid(const Session& session) {
  for (const double reward : session.reward) {
    if (!std::isnan(reward) && reward != 0.0) return reward;
  }
  return 1.0;
}

// In which something else was chosen than one thing; others can be alike by chance.
bool varies(const Session& session) {
  std::map<int, std::size_t> times;
  for (const int choice : session.choice) ++times[choice];
  std::size_t most = 0;
  for (const auto& [choice, count] : times) most = std::max(most, count);
  return 10 * (session.steps() - most) >= session.steps();
}

Lines sessions_twice(const Sessions& sessions, const Rows& rows,
                     std::set<std::pair<std::size_t, std::size_t>>& pairs) {
  constexpr std::size_t kFewest = 20;
  Lines found;
  std::map<Ids, std::size_t> seen;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (rows.rows[s].size() < kFewest || !varies(sessions[s])) continue;
    const auto [other, is_new] = seen.try_emplace(rows.rows[s], s);
    if (is_new) continue;
    pairs.emplace(other->second, s);
    found.push_back(fmt::format("{} and {} hold the same rows: is one a copy?",
                                called(sessions[other->second]), called(sessions[s])));
  }
  return found;
}

// Sessions of the same offers and choices, where the rewards of one are those of the other times a number.
Lines sessions_scaled(const Sessions& sessions, std::set<std::pair<std::size_t, std::size_t>>& pairs) {
  constexpr std::size_t kFewest = 20;
  Lines found;
  std::map<std::vector<std::uint64_t>, std::size_t> seen;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const Session& session = sessions[s];
    if (session.steps() < kFewest || !varies(session)) continue;
    const double unit = first_paid(session);
    std::vector<std::uint64_t> rows;
    for (std::size_t t = 0; t < session.steps(); ++t) {
      Fingerprint row;
      row.put(offers_at(session, t));
      row.put(session.choice[t]);
      row.put(std::isnan(session.reward[t]) ? -HUGE_VAL : std::round(kDigits * session.reward[t] / unit));
      rows.push_back(row.value());
    }
    const auto [other, is_new] = seen.try_emplace(std::move(rows), s);
    if (is_new || !pairs.emplace(other->second, s).second) continue;
    found.push_back(
        fmt::format("{} and {} hold the same offers and choices, and rewards {} times those: is one a copy "
                    "in another unit?",
                    called(session), called(sessions[other->second]),
                    shortest(unit / first_paid(sessions[other->second]))));
  }
  return found;
}

// Stretches so long that none comes again by chance. An animal that has settled repeats one row: a stretch in
// which little changes says nothing.
Lines stretches_twice(const Sessions& sessions, const Rows& rows,
                      std::set<std::pair<std::size_t, std::size_t>> pairs) {
  constexpr double kSure = 30;  // bits
  constexpr double kLeast = 0.2;
  constexpr std::size_t kChanges = 4;  // one in so many rows
  if (rows.bits < kLeast) return {};
  const auto length = static_cast<std::size_t>(
      std::ceil((2 * std::log2(static_cast<double>(rows.total)) + kSure) / rows.bits));
  struct Place {
    std::size_t session, step;
  };
  std::unordered_map<std::uint64_t, Place> seen;
  Lines found;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const Ids& own = rows.rows[s];
    for (std::size_t t = 0; t + length <= own.size(); ++t) {
      std::size_t changes = 0;
      for (std::size_t n = t + 1; n < t + length; ++n) changes += own[n] != own[n - 1] ? 1 : 0;
      if (kChanges * changes < length) continue;
      std::uint64_t hash = 1469598103934665603ULL;  // FNV-1a; equality is checked
      for (std::size_t n = t; n < t + length; ++n) hash = (hash ^ own[n]) * 1099511628211ULL;
      const auto [at, is_new] = seen.try_emplace(hash, Place{s, t});
      const Place& other = at->second;
      if (is_new || (other.session == s && other.step + length > t)) continue;
      const auto begin = rows.rows[other.session].begin() + static_cast<std::ptrdiff_t>(other.step);
      if (!std::equal(begin, begin + static_cast<std::ptrdiff_t>(length),
                      own.begin() + static_cast<std::ptrdiff_t>(t)))
        continue;
      if (!pairs.emplace(other.session, s).second) continue;
      found.push_back(
          fmt::format("{}: the rows from trial {} on are those from trial {} on of {}: were they copied?",
                      called(sessions[s]), sessions[s].trial[t], sessions[other.session].trial[other.step],
                      other.session == s ? "the same session" : called(sessions[other.session])));
    }
  }
  return found;
}

// Where hardly a row comes twice, two in a row that are alike.
Lines rows_twice(const Sessions& sessions, const Rows& rows) {
  constexpr double kNearlyAll = 0.95;
  if (static_cast<double>(rows.distinct) < kNearlyAll * static_cast<double>(rows.total)) return {};
  Lines found;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    for (std::size_t t = 1; t < rows.rows[s].size(); ++t) {
      if (rows.rows[s][t] != rows.rows[s][t - 1]) continue;
      found.push_back(fmt::format("{}: the row of trial {} is that before it again", called(sessions[s]),
                                  sessions[s].trial[t]));
    }
  }
  return found;
}

// A run of one row, where it follows itself less often elsewhere, and no other run is nearly as long.
Lines long_runs(const Sessions& sessions, const Rows& rows) {
  constexpr std::size_t kFewest = 20;
  constexpr std::size_t kTimes = 3;
  constexpr double kSure = 1e-9;
  std::map<std::size_t, std::pair<double, double>> follows;  // itself; any
  struct Run {
    std::size_t length = 0, session = 0, step = 0;
  };
  Run longest;
  std::size_t second = 0;
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    const Ids& own = rows.rows[s];
    for (std::size_t t = 0, end = 0; t < own.size(); t = end) {
      while (end < own.size() && own[end] == own[t]) ++end;
      auto& [itself, any] = follows[own[t]];
      itself += static_cast<double>(end - t - 1);
      any += static_cast<double>(end - t);
      second = std::max(second, std::min(longest.length, end - t));
      if (end - t > longest.length) longest = {end - t, s, t};
    }
  }
  if (longest.length < kFewest || longest.length < kTimes * second) return {};
  const auto [itself, any] = follows[rows.rows[longest.session][longest.step]];
  const double inside = static_cast<double>(longest.length - 1);
  const double stays = (itself - inside + 1) / (any - inside + 2);
  if (static_cast<double>(rows.total) * std::pow(stays, inside) > kSure) return {};
  const Session& session = sessions[longest.session];
  return {fmt::format("{}: {} rows from trial {} on are alike, longer than chance allows", called(session),
                      longest.length, session.trial[longest.step])};
}

}  // namespace

Lines of_copies(const Sessions& sessions) {
  const Rows rows = rows_of(sessions);
  std::set<std::pair<std::size_t, std::size_t>> pairs;
  Lines lines;
  add_some(lines, sessions_twice(sessions, rows, pairs));
  add_some(lines, sessions_scaled(sessions, pairs));
  add_some(lines, stretches_twice(sessions, rows, pairs));
  add_some(lines, rows_twice(sessions, rows));
  add_some(lines, long_runs(sessions, rows));
  return lines;
}

}  // namespace synfer::unusual
