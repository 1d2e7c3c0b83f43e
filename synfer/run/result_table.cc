#include "synfer/run/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/shown_number.h"
#include "synfer/base/text.h"
#include "synfer/model/expression.h"
#include "synfer/run/held_out_table.h"
#include "synfer/run/predictive_table.h"

namespace synfer {
namespace {

constexpr std::size_t kMostRows = 12;
constexpr std::size_t kWidth = 80;  // of a terminal

std::string number(double v, int digits) { return std::isnan(v) ? "-" : fmt::format("{:.{}f}", v, digits); }

std::vector<Estimate> largest_first(std::vector<Estimate> estimates) {
  std::ranges::stable_sort(
      estimates, [](const Estimate& a, const Estimate& b) { return std::abs(a.value) > std::abs(b.value); });
  return estimates;
}

// As many digits as the standard error leaves; an equation has room for few.
std::string coefficient(const Estimate& e) {
  constexpr int kMostDecimals = 8;
  const double size = std::abs(e.value);
  if (!(std::isfinite(e.standard_error) && e.standard_error > 0.0)) return shown_number(size);
  const int digits = 1 - static_cast<int>(std::floor(std::log10(e.standard_error)));
  return digits <= kMostDecimals ? fmt::format("{:.{}f}", size, std::max(digits, 0))
                                 : shown_number(size, e.standard_error);
}

// "dw/eta = 0.972*x*r - 0.050*w"
std::string equation(const RunResult& result) {
  std::string text = "dw/eta =";
  bool first = true;
  for (const Estimate& e : largest_first(result.estimates)) {
    if (e.value == 0.0) continue;
    text += first ? (e.value < 0 ? " -" : " ") : (e.value < 0 ? " - " : " + ");
    text += coefficient(e);
    if (e.name != "1") text += "*" + e.name;
    first = false;
  }
  return first ? text + " 0" : text;
}

bool no_term_chosen(const RunResult& result) {
  return result.search && result.search->near.front().terms.empty();
}

void add_estimates(std::string& text, const RunResult& result) {
  const std::vector<Estimate> sorted =
      no_term_chosen(result) ? std::vector<Estimate>{} : largest_first(result.estimates);
  const std::size_t shown = std::min(sorted.size(), kMostRows);
  // Under a heading of their own; whole, their names leave an interval no room.
  std::vector<Estimate> history = result.history;
  for (Estimate& e : history) e.name.erase(0, e.name.starts_with("history.") ? 8 : 0);
  std::size_t width = 24;  // of names
  for (const Estimate& e : history) width = std::max(width, e.name.size());
  const bool intervals = result.intervals.method != "none";
  text +=
      fmt::format("\n{:<{}}{:>12}", result.rule_kind == "taylor" ? "term" : "parameter", width, "estimate");
  if (intervals)
    text +=
        fmt::format("{:>12}{:>24}", "s.e.", fmt::format("{:.4g} % interval", 100 * result.intervals.level));
  text += "\n";
  const auto row = [&](const Estimate& e) {
    const auto digits = [&](double v) { return shown_number(v, e.standard_error); };
    text += fmt::format("{:<{}} {:>11}", e.name, width, digits(e.value));
    if (intervals && std::isnan(e.low)) text += fmt::format("{:>12}{:>24}", "-", e.status);
    if (intervals && !std::isnan(e.low)) {
      text +=
          fmt::format(" {:>11} {:>23}", digits(e.standard_error), digits(e.low) + " .. " + digits(e.high));
    }
    text += "\n";
  };
  for (std::size_t n = 0; n < shown; ++n) row(sorted[n]);
  if (shown < sorted.size()) {
    text += fmt::format("{} more, none larger than {}\n", sorted.size() - shown,
                        shown_number(std::abs(sorted[shown].value)));
  }
  for (const Estimate& e : result.others) row(e);
  if (!history.empty()) text += "\nhistory covariates of the logit\n";
  for (const Estimate& e : history) row(e);
  if (result.session_bias_sd)
    row({.name = "session_bias sd", .value = *result.session_bias_sd, .status = "by evidence"});
  if (!result.intervals.note.empty() && (shown > 0 || !history.empty() || !result.others.empty()))
    text += wrapped(result.intervals.note, "  ", kWidth);
}

void add_search(std::string& text, const TermSearch& search, const AliasClasses& aliases) {
  const std::vector<Term>& chosen = search.near.front().terms;
  const char* none = chosen.empty() ? ": weights that stay as they are explain them as well" : "";
  text += "\n";
  text += wrapped(fmt::format("{} of {} terms that differ on these data chosen{}", chosen.size(),
                              search.candidates, none),
                  "", kWidth);
  for (const AliasClass& one : aliases.classes) {
    for (const Alias& alias : one.others) {
      if (std::ranges::find(chosen, alias.term) == chosen.end()) continue;
      text +=
          wrapped(fmt::format("{0} rather than {1}: {2:.3g} {1} at the mean stimulus, told apart by noise of "
                              "stimulus.noise_sd alone",
                              to_string(alias.term), to_string(one.representative), alias.factor),
                  "  ", kWidth);
    }
  }
}

void add_scores(std::string& text, const std::string& where, const Scores& scores) {
  const auto head = [&](const std::string& title) {
    text += fmt::format("\n{:<44}{:>10}{:>10}{:>10}\n", title, "median", "lowest", "highest");
  };
  const auto row = [&](const std::string& name, const SessionScores& of, int digits) {
    std::vector<double> scored = of.sessions;
    std::erase_if(scored, [](double score) { return std::isnan(score); });
    if (scored.empty()) scored = {NAN};
    const auto [low, high] = std::ranges::minmax(scored);
    text += fmt::format("{:<44}{:>10}{:>10}{:>10}\n", name, number(of.median, digits), number(low, digits),
                        number(high, digits));
  };
  if (scores.r2_weights || scores.r2_activity) head(where + ", replayed");
  if (scores.r2_weights) row("R2 of weights", *scores.r2_weights, 3);
  if (scores.r2_activity) row("R2 of activity", *scores.r2_activity, 3);
  if (scores.percent_deviance.empty()) return;
  head(where + ", " + scores.prediction);
  for (const auto& [null, percent] : scores.percent_deviance)
    row("percent deviance, null " + null, percent, 2);
  for (const auto& [null, percent] : scores.of_truth) row("  of the true rule, null " + null, percent, 2);
  if (scores.open_loop.empty()) return;
  head(where + ", open loop");
  for (const auto& [null, percent] : scores.open_loop) row("percent deviance, null " + null, percent, 2);
}

}  // namespace

std::string table_of(const RunResult& result) {
  std::string text = wrapped(fmt::format("{}: {}", result.state, result.advice), "", kWidth);
  if (!result.truth.empty()) text += wrapped("true rule: " + result.truth, "", kWidth);
  if (result.rule_kind == "taylor" && result.intervals.method != "none")
    text += wrapped(equation(result), "  ", kWidth);
  add_estimates(text, result);
  if (result.search) add_search(text, *result.search, result.aliases);
  if (result.reading) {
    Expression read;
    for (std::size_t n = 0; n < result.reading->short_one.terms.size(); ++n) {
      read.push_back({result.reading->short_one.terms[n], result.reading->short_one.coefficients[n]});
    }
    text += wrapped(fmt::format("read as a polynomial, R2 {:.3f} of g where the data went: {}",
                                result.reading->short_one.r2, to_string(read)),
                    "  ", kWidth);
  }
  for (const std::string& warning : result.warnings) text += wrapped("note: " + warning, "  ", kWidth);
  if (result.simulated) add_scores(text, "fresh simulated sessions", *result.simulated);
  if (result.in_sample) add_scores(text, "in sample", *result.in_sample);
  if (result.held_out) add_scores(text, "held out in time", *result.held_out);
  if (result.cross_validation) text += table_of(*result.cross_validation);
  if (result.predictive_check) text += table_of(*result.predictive_check);
  if (result.assumptions) text += table_of(*result.assumptions);
  if (result.trials_at_limit > 0) {
    text += fmt::format("\n{} trials ended at task.max_offers without a choice accepted\n",
                        result.trials_at_limit);
  }
  text += fmt::format("\n{} observations, {:.1f} s\n", result.observations, result.seconds);
  return text;
}

}  // namespace synfer
