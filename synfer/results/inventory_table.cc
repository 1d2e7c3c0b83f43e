#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/text.h"
#include "synfer/results/inventory_text.h"

namespace synfer {
namespace {

constexpr std::size_t kWidth = 80;  // of a terminal
constexpr std::size_t kMostRows = 20;

using Cells = std::vector<std::string>;

// Letters, not bytes, of UTF-8.
std::size_t letters(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string right(const std::string& cell, std::size_t width) {
  return fmt::format("{:{}}{}", "", width - std::min(width, letters(cell)), cell);
}

// Rows below a header, numbers to the right; a name that leaves them no room has a line of its own.
std::string grid(const Cells& header, std::vector<Cells> rows) {
  const std::size_t all = rows.size();
  const std::size_t cut = all > kMostRows + 1 ? kMostRows : all;
  rows.resize(cut);
  rows.insert(rows.begin(), header);
  std::vector<std::size_t> widths(header.size(), 0);
  for (const Cells& row : rows) {
    for (std::size_t n = 0; n < row.size(); ++n) widths[n] = std::max(widths[n], letters(row[n]));
  }
  std::size_t numbers = 0;
  for (std::size_t n = 1; n < widths.size(); ++n) numbers += widths[n] + 2;
  const std::size_t names = std::min(widths[0], numbers + 14 < kWidth ? kWidth - numbers - 2 : 12);
  std::string text;
  for (const Cells& row : rows) {
    const bool fits = letters(row[0]) <= names;
    if (!fits) text += fmt::format("  {}\n", row[0]);
    std::string line =
        fmt::format("  {}{:{}}", fits ? row[0] : std::string(), "", names - (fits ? letters(row[0]) : 0));
    for (std::size_t n = 1; n < row.size(); ++n) line += fmt::format("  {}", right(row[n], widths[n]));
    text += line + "\n";
  }
  return text + (all > cut ? fmt::format("  and {} more\n", all - cut) : "");
}

std::string sentences(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = fmt::format("\n{}\n", title);
  for (const std::string& line : lines) {
    std::string one = wrapped(line, "    ", kWidth);
    one[2] = '-';
    text += one;
  }
  return text;
}

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

Cells counts_of(const ChoiceCounts& counts, bool with_none) {
  Cells cells;
  for (const std::size_t n : counts.of_kind) cells.push_back(std::to_string(n));
  if (with_none) cells.push_back(std::to_string(counts.none));
  return cells;
}

std::string totals(const Inventory& found) {
  std::vector<Cells> rows;
  const auto row = [&](const char* name, std::size_t count, bool always = false) {
    if (always || count > 0) rows.push_back({name, std::to_string(count)});
  };
  row("sessions", found.sessions, true);
  row("trials", found.trials, true);
  row("  numbers left out", found.missing_trials);
  row("steps", found.steps, true);
  row("choices", found.choices, true);
  row("  accepted", found.accepted);
  row("  forced, not scored", found.forced);
  row("omissions", found.omissions);
  row("rewards", found.rewards, true);
  row("  unknown", found.unknown_rewards);
  row("  without a choice", found.free_rewards);
  row("recorded values", found.recorded);
  row("  missing", found.gaps);
  std::string text = grid({"animals", std::to_string(found.animals)}, std::move(rows));
  if (!std::isnan(found.first_time)) {
    text += fmt::format("  times from {} to {}\n", shortest(found.first_time), shortest(found.last_time));
  }
  return text;
}

std::string choices(const Inventory& found) {
  if (found.choices == 0) return {};
  const bool omits = found.omissions > 0;
  Cells header = {"trials"};
  header.insert(header.end(), found.kinds.begin(), found.kinds.end());
  if (omits) header.emplace_back("none");
  std::vector<Cells> rows;
  const auto row = [&](std::string name, const ChoiceCounts& counts) {
    Cells cells = counts_of(counts, omits);
    cells.insert(cells.begin(), std::move(name));
    rows.push_back(std::move(cells));
  };
  for (std::size_t n = 0; n < found.over_time.size(); ++n) {
    row(fmt::format("{} to {} %", 10 * n, 10 * (n + 1)), found.over_time[n]);
  }
  row("all", found.by_kind);
  return fmt::format("\nchoices over the trials of a session\n{}", grid(header, std::move(rows)));
}

std::string rewards(const Inventory& found) {
  if (!found.reward_quantiles.empty()) {
    std::string text = "\nrewards\n";
    std::vector<Cells> rows;
    constexpr const char* kNames[] = {"least", "5 %", "25 %", "half", "75 %", "95 %", "most"};
    Cells header = {"up to"};
    Cells values = {"reward"};
    for (std::size_t n = 0; n < found.reward_quantiles.size(); ++n) {
      header.emplace_back(kNames[n]);
      values.push_back(number(found.reward_quantiles[n]));
    }
    return text + grid(header, {values});
  }
  if (found.reward_values.empty()) return {};
  const bool has_none =
      std::ranges::any_of(found.reward_values, [](const RewardCounts& one) { return one.choices.none > 0; });
  Cells header = {"reward"};
  header.insert(header.end(), found.kinds.begin(), found.kinds.end());
  if (has_none) header.emplace_back("no choice");
  std::vector<Cells> rows;
  for (const RewardCounts& one : found.reward_values) {
    Cells cells = counts_of(one.choices, has_none);
    cells.insert(cells.begin(), shortest(one.value));
    rows.push_back(std::move(cells));
  }
  return fmt::format("\nrewards by choice\n{}", grid(header, std::move(rows)));
}

std::string stimuli(const Inventory& found) {
  if (found.stimuli.empty()) return {};
  Cells header = {"stimulus", "offered", found.places == 1 ? "accepted" : "chosen", "mean reward"};
  for (int k = 0; found.places > 1 && k < found.places; ++k) header.push_back(fmt::format("at place {}", k));
  std::vector<Cells> rows;
  for (const StimulusCounts& one : found.stimuli) {
    Cells cells = {one.name, std::to_string(one.offered), std::to_string(one.chosen),
                   number(one.mean_reward)};
    for (const std::size_t n : one.at_place) {
      if (found.places > 1) cells.push_back(std::to_string(n));
    }
    rows.push_back(std::move(cells));
  }
  return fmt::format("\nstimuli\n{}", grid(header, std::move(rows)));
}

std::string animals(const Inventory& found) {
  std::vector<Cells> rows;
  for (const AnimalCounts& one : found.by_animal) {
    rows.push_back({one.name, std::to_string(one.sessions), std::to_string(one.trials),
                    std::to_string(one.choices),
                    std::isnan(one.rewarded) ? "-" : fmt::format("{:.1f} %", 100 * one.rewarded)});
  }
  return fmt::format("\nanimals\n{}",
                     grid({"animal", "sessions", "trials", "choices", "rewarded"}, std::move(rows)));
}

}  // namespace

std::string table_of(const Inventory& found, const std::string& what) {
  const std::size_t n = found.unusual.size();
  std::string text = fmt::format(
      "{}, nothing wrong found{}\n", what,
      n == 0 ? "" : fmt::format("; {} to look at", n == 1 ? "1 thing" : fmt::format("{} things", n)));
  text += sentences("to look at", found.unusual);
  text += sentences("how the data were understood", found.how);
  text += fmt::format("\n{}{}{}{}", totals(found), rewards(found), choices(found), stimuli(found));
  text += sentences("never varies", found.never_varies);
  text += animals(found);
  return text;
}

}  // namespace synfer
