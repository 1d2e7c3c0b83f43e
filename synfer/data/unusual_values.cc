// The values of one column: those far from the others, those that are hardly there, and sessions in which
// they are of another unit or code. Columns of few values are judged by the values themselves, others by
// quantiles.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "synfer/base/text.h"
#include "synfer/data/unusual_private.h"

namespace synfer::unusual {
namespace {

constexpr std::size_t kFewValues = 12;
constexpr double kRare = 0.01;
constexpr std::size_t kEnough = 50;           // values of the column
constexpr std::size_t kEnoughInSession = 20;  // values of one session

using Counts = std::map<double, std::size_t>;

Counts count(const std::vector<double>& values) {
  Counts counts;
  for (const double value : values) ++counts[value];
  return counts;
}

std::string listed(const Counts& counts) {
  constexpr std::size_t kMost = 6;
  Lines values;
  for (const auto& [value, n] : counts) values.push_back(shortest(value));
  const bool cut = values.size() > kMost;
  if (cut) values.resize(kMost);
  return join(values, ", ") + (cut ? ", ..." : "");
}

// Where a value stands first.
std::string place_of(const Sessions& sessions, const Column& column, double value) {
  for (std::size_t s = 0; s < sessions.size(); ++s) {
    if (std::ranges::find(column.of_session[s], value) != column.of_session[s].end())
      return called(sessions[s]);
  }
  return {};
}

struct Judge {
  const Sessions& sessions;
  const Column& column;
  std::vector<double> sorted;
  Counts counts;

  [[nodiscard]] double quantile(double p) const {
    return sorted[static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1))];
  }

  // The values that are more than rare, where these are few and nearly all.
  [[nodiscard]] std::optional<Counts> usual_values() const {
    constexpr double kNearlyAll = 0.97;
    Counts usual;
    std::size_t held = 0;
    for (const auto& [value, n] : counts) {
      if (static_cast<double>(n) <= std::max(1.0, kRare * static_cast<double>(sorted.size()))) continue;
      usual.emplace(value, n);
      held += n;
    }
    if (usual.size() > kFewValues ||
        static_cast<double>(held) < kNearlyAll * static_cast<double>(sorted.size()))
      return std::nullopt;
    return usual;
  }

  [[nodiscard]] Lines rare_values(const Counts& usual) const {
    // Steps of a scale may be rare at its ends: four values or more make a scale.
    constexpr std::size_t kScale = 4;
    double margin = 0;
    for (auto at = usual.begin(); usual.size() >= kScale && std::next(at) != usual.end(); ++at) {
      margin = std::max(margin, 2 * (std::next(at)->first - at->first));
    }
    const double low = usual.begin()->first - margin;
    const double high = usual.rbegin()->first + margin;
    Lines found;
    for (const auto& [value, n] : counts) {
      if (usual.contains(value)) continue;
      const bool outside = value < low || value > high;
      if (!outside && (n > 3 || usual.size() >= kScale)) continue;
      found.push_back(fmt::format("{}: {} stands in {} of {} rows, first in {}; usual are {}", column.name,
                                  shortest(value), n, sorted.size(), place_of(sessions, column, value),
                                  listed(usual)));
    }
    return found;
  }

  [[nodiscard]] Lines far_values() const {
    constexpr double kFar = 3;     // widths of the middle 98 %
    constexpr double kTimes = 10;  // below the least of them, where all are positive
    const double low = quantile(0.01);
    const double high = quantile(0.99);
    const double width = high - low;
    std::size_t positive = 0;
    std::size_t negative = 0;
    for (const double value : sorted) {
      positive += value > 0 ? 1 : 0;
      negative += value < 0 ? 1 : 0;
    }
    const double rare = kRare * static_cast<double>(positive + negative);
    const auto other_sign = [&](double value) {
      return (value < 0 && static_cast<double>(negative) <= rare) ||
             (value > 0 && static_cast<double>(positive) <= rare);
    };
    Lines found;
    std::size_t rows = 0;
    for (const auto& [value, n] : counts) {
      const bool far = value < low - kFar * width || value > high + kFar * width;
      const bool tiny = low > 0 && value > 0 && value < low / kTimes;
      const bool alone_in_sign = other_sign(value) && low * high > 0;
      if (!far && !tiny && !alone_in_sign) continue;
      rows += n;
      found.push_back(fmt::format("{}: {} in {} is far from the others, {:.4g} to {:.4g}", column.name,
                                  shortest(value), place_of(sessions, column, value), low, high));
    }
    return static_cast<double>(rows) <= std::max(1.0, kRare * static_cast<double>(sorted.size())) ? found
                                                                                                  : Lines{};
  }

  // Of values that no other session has there are many.
  [[nodiscard]] Lines other_codes() const {
    constexpr double kMany = 0.1;
    std::vector<Counts> own;
    std::map<double, std::size_t> holders;  // sessions with a value
    for (const std::vector<double>& values : column.of_session) {
      own.push_back(count(values));
      for (const auto& [value, n] : own.back()) ++holders[value];
    }
    Lines found;
    std::size_t judged = 0;
    for (std::size_t s = 0; s < own.size() && own.size() > 1; ++s) {
      if (column.of_session[s].size() < kEnoughInSession) continue;
      ++judged;
      std::size_t alone = 0;
      std::size_t nonzero = 0;
      for (const auto& [value, n] : own[s]) {
        alone += holders[value] == 1 ? n : 0;
        nonzero += value != 0.0 ? n : 0;
      }
      if (alone < 3 ||
          static_cast<double>(alone) < kMany * static_cast<double>(std::max<std::size_t>(nonzero, 1)))
        continue;
      Counts others;
      for (const auto& [value, n] : holders) {
        if (n > 1 || !own[s].contains(value)) others.emplace(value, n);
      }
      found.push_back(fmt::format("{}: {} are {}, in the others {}: another unit or code?",
                                  called(sessions[s]), column.name, listed(own[s]), listed(others)));
    }
    return found.size() <= std::max<std::size_t>(judged / 3, judged == 2 ? 2 : 1) ? found : Lines{};
  }

  // Sessions whose values are all one, where few are like that.
  [[nodiscard]] Lines that_never_vary() const {
    Lines found;
    std::size_t judged = 0;
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      const std::vector<double>& values = column.of_session[s];
      if (values.size() < kEnoughInSession) continue;
      ++judged;
      if (std::ranges::all_of(values, [&](double value) { return value == values.front(); })) {
        found.push_back(fmt::format("{}: {} are {} throughout", called(sessions[s]), column.name,
                                    shortest(values.front())));
      }
    }
    return 4 * found.size() <= judged ? found : Lines{};
  }

  [[nodiscard]] Lines other_scales() const {
    constexpr double kOtherScale = 5;
    constexpr double kNearlyAll = 0.9;
    std::vector<double> size;      // of each judged session
    std::vector<double> negative;  // its share
    std::vector<const Session*> of;
    for (std::size_t s = 0; s < sessions.size(); ++s) {
      std::vector<double> sizes;
      double below = 0;
      for (const double value : column.of_session[s]) {
        if (value != 0.0) sizes.push_back(std::abs(value));
        below += value < 0 ? 1 : 0;
      }
      if (sizes.size() < kEnoughInSession) continue;
      negative.push_back(below / static_cast<double>(sizes.size()));
      size.push_back(middle(std::move(sizes)));
      of.push_back(&sessions[s]);
    }
    if (of.size() < 2) return {};
    const double usual = middle(size);
    const double usual_negative = middle(negative);
    Lines found;
    for (std::size_t s = 0; s < of.size(); ++s) {
      const bool scaled = size[s] > kOtherScale * usual || size[s] * kOtherScale < usual;
      const bool turned = (negative[s] >= kNearlyAll && usual_negative <= 1 - kNearlyAll) ||
                          (negative[s] <= 1 - kNearlyAll && usual_negative >= kNearlyAll);
      if (scaled) {
        found.push_back(fmt::format("{}: {} are about {:.3g} in size, in the others {:.3g}: another unit?",
                                    called(*of[s]), column.name, size[s], usual));
      } else if (turned) {
        found.push_back(
            fmt::format("{}: {} are of the other sign than elsewhere", called(*of[s]), column.name));
      }
    }
    return 3 * found.size() <= of.size() + 2 ? found : Lines{};
  }
};

}  // namespace

Lines of_column(const Sessions& sessions, const Column& column) {
  Judge judge{sessions, column, {}, {}};
  for (const std::vector<double>& values : column.of_session) {
    judge.sorted.insert(judge.sorted.end(), values.begin(), values.end());
  }
  std::ranges::sort(judge.sorted);
  for (const double value : judge.sorted) ++judge.counts.emplace_hint(judge.counts.end(), value, 0)->second;
  Lines lines;
  if (judge.sorted.size() < kEnough || judge.counts.size() < 2) return lines;
  if (const auto usual = judge.usual_values()) {
    add_some(lines, judge.rare_values(*usual));
    add_some(lines, judge.other_codes());
  } else {
    add_some(lines, judge.far_values());
    add_some(lines, judge.other_scales());
  }
  add_some(lines, judge.that_never_vary());
  return lines;
}

}  // namespace synfer::unusual
