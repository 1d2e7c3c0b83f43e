// Rewards that look like codes for what is missing, and rewards that are missing where they may mean 0.
//
// A number far outside the others is judged by how such codes look (9, 99, 999, -99, ...) and by how far it
// lies, in steps and in the span of the others. -1 beside 0 and 1 may as well punish: it is said only where
// it stands on rows without a choice alone, or is one exact value among graded ones that are all positive.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "synfer/base/stop.h"
#include "synfer/base/text.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

struct Count {
  std::size_t with_choice = 0;
  std::size_t without = 0;
  std::string first;  // the session that has it first
  [[nodiscard]] std::size_t rows() const { return with_choice + without; }
};

using Counts = std::map<double, Count>;

struct Rewards {
  Counts counts;
  std::size_t rows = 0;         // with a reward
  std::size_t with_choice = 0;  // of these
};

Rewards rewards_in(const Sessions& sessions) {
  Rewards found;
  for (const Session& session : sessions) {
    stop_if_asked();
    for (std::size_t t = 0; t < session.steps(); ++t) {
      const double reward = session.reward[t];
      if (std::isnan(reward)) continue;
      Count& count = found.counts[reward];
      const bool chose = session.choice[t] != kNoChoice;
      ++(chose ? count.with_choice : count.without);
      if (count.first.empty()) count.first = called(session);
      ++found.rows;
      found.with_choice += chose ? 1 : 0;
    }
  }
  return found;
}

// 9, 99, 999, ..., also 77 and 88, 98, of either sign.
bool is_a_code(double value) {
  const double size = std::abs(value);
  if (size == 98.0 || size == 998.0) return true;
  for (const long digit : {7, 8, 9}) {
    for (long number = digit; number < 10'000'000; number = 10 * number + digit) {
      if (size == static_cast<double>(number) && (digit == 9 || number > 9)) return true;
    }
  }
  return false;
}

// The other values of a column.
struct Others {
  double low = HUGE_VAL;
  double high = -HUGE_VAL;
  double step = 0;  // the largest between neighbours
  std::size_t values = 0;
  std::size_t most = 0;  // rows of one value

  Others(const Counts& counts, double but) {
    std::optional<double> before;
    for (const auto& [value, count] : counts) {
      if (value == but) continue;
      if (before) step = std::max(step, value - *before);
      before = value;
      low = std::min(low, value);
      high = std::max(high, value);
      most = std::max(most, count.rows());
      ++values;
    }
  }

  [[nodiscard]] double span() const { return high - low; }
  [[nodiscard]] double gap_to(double value) const { return std::max(low - value, value - high); }
};

bool looks_like_a_code(double value, std::size_t rows, const Others& others, std::size_t all) {
  constexpr std::size_t kFewValues = 12;
  constexpr std::size_t kRepeats = 5;
  const double share = static_cast<double>(rows) / static_cast<double>(all);
  const double gap = others.gap_to(value);
  const double size = std::max(others.span(), std::max(std::abs(others.low), std::abs(others.high)));
  const bool are_graded = others.values > kFewValues;
  if (size == 0) return false;  // a reward, or none
  // One exact value among others that hardly come twice.
  const bool stands_out = are_graded && value != 0.0 && rows >= kRepeats && rows > 2 * others.most;
  if (is_a_code(value)) {
    if (gap > 0 && std::abs(value) > 10) return share <= 0.5 && gap > others.span() / 2;
    if (stands_out && gap <= 0) return share <= 0.25;
    const double far = are_graded ? others.span() / 2 : 2 * std::max(others.step, size - others.span());
    return share <= 0.25 && gap > 0 && gap > far;
  }
  if (stands_out && value < 0 && others.low > 0) return share <= 0.25;
  return share <= 0.1 && gap > 20 * size && (!are_graded || stands_out);
}

std::string said_of(const Counts& counts, double but) {
  constexpr std::size_t kMost = 6;
  Lines values;
  for (const auto& [value, count] : counts) {
    if (value != but) values.push_back(shortest(value));
  }
  if (values.size() > kMost) return fmt::format("from {} to {}", values.front(), values.back());
  return join(values, ", ");
}

// A value without a choice alone is told by that; `told` are those of which something is said already.
Lines codes_for_missing(const Rewards& rewards, const Lines& told) {
  constexpr std::size_t kFewest = 10;  // rows of other values
  constexpr std::size_t kFewestWithoutChoice = 3;
  Lines found;
  for (const auto& [value, count] : rewards.counts) {
    const auto is_of_it = [text = fmt::format("rewards: {} ", shortest(value))](const std::string& line) {
      return line.starts_with(text);
    };
    if (rewards.rows - count.rows() < kFewest) continue;
    const bool without_choice_alone = value != 0.0 && count.with_choice == 0 && rewards.with_choice > 0 &&
                                      count.without >= kFewestWithoutChoice;
    if (without_choice_alone) {
      found.push_back(
          fmt::format("rewards: {} stands in {} without a choice, first in {}, and in no other: does it "
                      "stand for none?",
                      shortest(value), counted(count.rows(), "row"), count.first));
    } else if (std::ranges::none_of(told, is_of_it) &&
               looks_like_a_code(value, count.rows(), Others(rewards.counts, value), rewards.rows)) {
      found.push_back(fmt::format(
          "rewards: {} stands in {} of {} rows, first in {}; the others are {}: does it "
          "stand for a missing value?",
          shortest(value), count.rows(), rewards.rows, count.first, said_of(rewards.counts, value)));
    }
  }
  return found;
}

// Known rewards are all alike and the others missing.
Lines blanks_for_another(const Sessions& sessions) {
  constexpr std::size_t kFewest = 3;
  std::optional<double> only;
  std::size_t known = 0;
  std::size_t unknown = 0;
  for (const Session& session : sessions) {
    stop_if_asked();
    for (std::size_t t = 0; t < session.steps(); ++t) {
      if (session.choice[t] == kNoChoice || !session.learns[t]) continue;
      const double reward = session.reward[t];
      if (std::isnan(reward)) {
        ++unknown;
        continue;
      }
      if (only && *only != reward) return {};
      only = reward;
      ++known;
    }
  }
  if (!only || unknown < kFewest) return {};
  return {
      fmt::format("all {} known rewards are {}, and {} of {} choices have none: {}", known, shortest(*only),
                  unknown, known + unknown,
                  *only != 0.0 ? "does a missing one mean 0?" : "does a missing one mean another value?")};
}

}  // namespace

Lines of_codes(const Sessions& sessions, const Lines& told) {
  Lines lines;
  add_some(lines, codes_for_missing(rewards_in(sessions), told));
  add_some(lines, blanks_for_another(sessions));
  return lines;
}

}  // namespace synfer::unusual
