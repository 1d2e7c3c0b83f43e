#include "synfer/run/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace synfer {
namespace {

constexpr std::size_t kMostRows = 12;

std::string number(double v) { return std::isnan(v) ? "-" : fmt::format("{:.2f}", v); }

// "0.972 x*r - 0.05 w" to a person's precision: as many digits as the standard error leaves.
std::string equation(const RunResult& result) {
  std::string text = "dw/eta =";
  bool first = true;
  for (const Estimate& e : result.estimates) {
    if (e.value == 0.0) continue;
    const int digits = std::isfinite(e.standard_error) && e.standard_error > 0
                           ? std::clamp(1 - static_cast<int>(std::floor(std::log10(e.standard_error))), 0, 8)
                           : 4;
    const char* sign = e.value < 0 ? "-" : first ? "" : "+";
    text += fmt::format(" {}{}{:.{}f} {}", sign, first ? "" : " ", std::abs(e.value), digits, e.name);
    first = false;
  }
  return first ? text + " 0" : text;
}

std::string end_of_interval(double v) {
  if (std::isnan(v)) return "-";
  return std::isinf(v) ? (v < 0 ? "-inf" : "inf") : fmt::format("{:.4f}", v);
}

void add_estimates(std::string& text, const RunResult& result) {
  std::vector<Estimate> sorted = result.estimates;
  std::ranges::stable_sort(
      sorted, [](const Estimate& a, const Estimate& b) { return std::abs(a.value) > std::abs(b.value); });
  const std::size_t shown = std::min(sorted.size(), kMostRows);
  const bool intervals = result.intervals.method != "none";
  text += fmt::format("\n{:<24}{:>12}", result.rule_kind == "taylor" ? "term" : "parameter", "estimate");
  if (intervals)
    text +=
        fmt::format("{:>10}{:>20}", "s.e.", fmt::format("{:.4g} % interval", 100 * result.intervals.level));
  text += "\n";
  const auto row = [&](const Estimate& e) {
    text += fmt::format("{:<24}{:>12.4f}", e.name, e.value);
    if (intervals && std::isnan(e.low)) text += fmt::format("{:>10}{:>20}", "-", e.status);
    if (intervals && !std::isnan(e.low)) {
      text += fmt::format("{:>10}{:>20}", end_of_interval(e.standard_error),
                          end_of_interval(e.low) + " .. " + end_of_interval(e.high));
    }
    text += "\n";
  };
  for (std::size_t n = 0; n < shown; ++n) row(sorted[n]);
  if (shown < sorted.size()) {
    text += fmt::format("{} more, none larger than {:.4f}\n", sorted.size() - shown,
                        std::abs(sorted[shown].value));
  }
  for (const Estimate& e : result.others) row(e);
  if (!result.intervals.note.empty()) text += result.intervals.note + "\n";
}

void add_search(std::string& text, const TermSearch& search) {
  text += fmt::format("\n{} terms were chosen from {} that differ on these data; {} fits\n",
                      search.near.front().terms.size(), search.candidates, search.fits);
}

void add_scores(std::string& text, const std::string& where, const Scores& scores) {
  const auto row = [&](const std::string& name, const SessionScores& of) {
    std::vector<double> scored = of.sessions;
    std::erase_if(scored, [](double score) { return std::isnan(score); });
    if (scored.empty()) scored = {NAN};
    const auto [low, high] = std::ranges::minmax(scored);
    text += fmt::format("{:<40}{:>10}{:>10}{:>10}\n", name, number(of.median), number(low), number(high));
  };
  const std::string title = scores.prediction.empty() ? where : where + ", " + scores.prediction;
  text += fmt::format("\n{:<40}{:>10}{:>10}{:>10}\n", title, "median", "lowest", "highest");
  if (scores.r2_weights) row("R2 of weights", *scores.r2_weights);
  if (scores.r2_activity) row("R2 of activity", *scores.r2_activity);
  for (const auto& [null, percent] : scores.percent_deviance) row("percent deviance, null " + null, percent);
  for (const auto& [null, percent] : scores.of_truth) row("  of the true rule, " + null, percent);
  for (const auto& [null, percent] : scores.open_loop) row("  open loop, null " + null, percent);
}

}  // namespace

std::string table_of(const RunResult& result) {
  std::string text = fmt::format("{}: {}\n", result.state, result.advice);
  if (!result.truth.empty()) text += fmt::format("true rule: {}\n", result.truth);
  if (result.rule_kind == "taylor" && result.intervals.method != "none") text += equation(result) + "\n";
  add_estimates(text, result);
  if (result.search) add_search(text, *result.search);
  for (const std::string& warning : result.warnings) text += "note: " + warning + "\n";
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
