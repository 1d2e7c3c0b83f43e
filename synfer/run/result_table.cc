#include "synfer/run/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/text.h"

namespace synfer {
namespace {

constexpr std::size_t kMostRows = 12;
constexpr std::size_t kWidth = 80;  // of a terminal

std::string number(double v) { return std::isnan(v) ? "-" : fmt::format("{:.2f}", v); }

void add_estimates(std::string& text, const RunResult& result) {
  std::vector<Estimate> sorted = result.estimates;
  std::ranges::stable_sort(
      sorted, [](const Estimate& a, const Estimate& b) { return std::abs(a.value) > std::abs(b.value); });
  const std::size_t shown = std::min(sorted.size(), kMostRows);
  text += fmt::format("\n{:<24}{:>12}\n", result.rule_kind == "taylor" ? "term" : "parameter", "estimate");
  for (std::size_t n = 0; n < shown; ++n)
    text += fmt::format("{:<24}{:>12.4f}\n", sorted[n].name, sorted[n].value);
  if (shown < sorted.size()) {
    text += fmt::format("{} more, none larger than {:.4f}\n", sorted.size() - shown,
                        std::abs(sorted[shown].value));
  }
}

void add_scores(std::string& text, const std::string& where, const Scores& scores) {
  const auto row = [&](const std::string& name, const SessionScores& of) {
    std::vector<double> scored = of.sessions;
    std::erase_if(scored, [](double score) { return std::isnan(score); });
    if (scored.empty()) scored = {NAN};
    const auto [low, high] = std::ranges::minmax(scored);
    text += fmt::format("{:<40}{:>10}{:>10}{:>10}\n", name, number(of.median), number(low), number(high));
  };
  text += fmt::format("\n{:<40}{:>10}{:>10}{:>10}\n", where, "median", "lowest", "highest");
  if (scores.r2_weights) row("R2 of weights", *scores.r2_weights);
  if (scores.r2_activity) row("R2 of activity", *scores.r2_activity);
  for (const auto& [null, percent] : scores.percent_deviance) row("percent deviance, null " + null, percent);
}

}  // namespace

std::string table_of(const RunResult& result) {
  std::string text = wrapped(fmt::format("{}: {}", result.state, result.advice), "", kWidth);
  if (!result.truth.empty()) text += wrapped("true rule: " + result.truth, "", kWidth);
  add_estimates(text, result);
  if (result.simulated) add_scores(text, "fresh simulated sessions", *result.simulated);
  if (result.in_sample) add_scores(text, "in sample", *result.in_sample);
  if (result.held_out) add_scores(text, "held out", *result.held_out);
  if (result.trials_at_limit > 0) {
    text += fmt::format("\n{} trials ended at task.max_offers without a choice accepted\n",
                        result.trials_at_limit);
  }
  text += fmt::format("\n{} observations, {:.1f} s\n", result.observations, result.seconds);
  return text;
}

std::string table_of(const Inventory& found) {
  std::string text;
  const auto row = [&](const char* name, std::size_t count) {
    text += fmt::format("{:<12}{:>10}\n", name, count);
  };
  row("animals", found.animals);
  row("sessions", found.sessions);
  row("trials", found.trials);
  row("steps", found.steps);
  row("choices", found.choices);
  if (found.accepted > 0) row("accepted", found.accepted);
  if (found.omissions > 0) row("omissions", found.omissions);
  row("rewards", found.rewards);
  if (found.recorded > 0) row("recorded", found.recorded);
  row("gaps", found.gaps);
  return text;
}

}  // namespace synfer
