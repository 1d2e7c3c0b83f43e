#include "synfer/results/result_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "synfer/base/columns.h"
#include "synfer/base/shown_number.h"
#include "synfer/base/text.h"
#include "synfer/model/expression.h"
#include "synfer/results/held_out_table.h"
#include "synfer/results/predictive_table.h"

namespace synfer {
namespace {

constexpr std::size_t kMostRows = 12;
constexpr std::size_t kWidth = 80;  // of a terminal

std::string number(double v, int digits) { return std::isnan(v) ? "-" : fmt::format("{:.{}f}", v, digits); }

// By what terms do to choices, which is the same in any unit; in the order of the rule where that is not
// known.
std::vector<Estimate> largest_first(const std::vector<Estimate>& estimates) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t n = 0; n < estimates.size(); ++n)
    order.emplace_back(std::isnan(estimates[n].effect) ? 0.0 : -estimates[n].effect, n);
  std::ranges::sort(order);
  std::vector<Estimate> sorted;
  for (const auto& [effect, n] : order) sorted.push_back(estimates[n]);
  return sorted;
}

// As many digits as the standard error leaves; an equation has room for few.
std::string coefficient(const Estimate& e) {
  constexpr int kMostDecimals = 8;
  const double size = std::abs(e.value);
  const bool has_error = std::isfinite(e.standard_error) && e.standard_error > 0.0;
  if (!has_error) return shown_number(size);
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
  const bool intervals = result.intervals.method != "none";
  Columns table({24, 12, 12, 24});
  std::vector<std::string> head = {result.rule_kind == "taylor" ? "term" : "parameter", "estimate"};
  if (intervals) {
    head.emplace_back("s.e.");
    head.push_back(fmt::format("{:.4g} % interval", 100 * result.intervals.level));
  }
  table.row(std::move(head));
  const auto row = [&](const Estimate& e) {
    const auto shown_value = [&](double v) { return shown_number(v, e.standard_error); };
    std::vector<std::string> cells = {e.name, shown_value(e.value)};
    if (intervals && std::isnan(e.low)) cells.insert(cells.end(), {"-", e.status});
    if (intervals && !std::isnan(e.low)) {
      cells.insert(cells.end(),
                   {shown_value(e.standard_error), shown_value(e.low) + " .. " + shown_value(e.high)});
    }
    table.row(std::move(cells));
  };
  for (std::size_t n = 0; n < shown; ++n) row(sorted[n]);
  if (shown < sorted.size()) {
    const double effect = sorted[shown].effect;
    table.line(fmt::format("{} more{}", sorted.size() - shown,
                           std::isnan(effect)
                               ? std::string()
                               : fmt::format(", none of which moves log odds by more than {} a "
                                             "change",
                                             shown_number(effect))));
  }
  for (const Estimate& e : result.others) row(e);
  if (!history.empty()) table.line("\nhistory covariates of the logit");
  for (const Estimate& e : history) row(e);
  if (result.session_bias_sd)
    row({.name = "session_bias sd", .value = *result.session_bias_sd, .status = "by evidence"});
  text.append("\n").append(table.text());
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

// In the place of the MLP.
void add_polynomial(std::string& text, const ReadPolynomial& polynomial, const std::string& what) {
  text += "\n";
  text += wrapped(fmt::format("{}: {}", what, polynomial.text()), "  ", kWidth);
  Columns table({29, 10, 7, 8, 10, 15});
  table.row({"  in the place of the MLP", "nats lost", "s.e.", "chance", "a choice", "R2 of weights"});
  for (const PolynomialScores& scores : polynomial.scores) {
    const bool scored = scores.choices > 0;
    table.row({fmt::format("  {}", scores.sample), scored ? number(scores.nats, 1) : "-",
               number(scores.error, 1), scores.by_chance > 0.0 ? number(scores.by_chance, 1) : "",
               scored ? number(scores.nats / static_cast<double>(scores.choices), 4) : "-",
               number(scores.r2_weights.median, 3)});
  }
  if (polynomial.r2_of_truth)
    table.row({"  of the true rule's weights", "", "", "", "", number(polynomial.r2_of_truth->median, 3)});
  text += table.text();
}

void add_reading(std::string& text, const MlpReading& reading) {
  add_polynomial(text, reading.of_surface,
                 fmt::format("read as a polynomial, R2 {:.3f} of g where the data went",
                             reading.projection.short_one.r2));
  if (reading.of_choices)
    add_polynomial(text, *reading.of_choices, "terms selected on the choices themselves, without the MLP");
}

void add_scores(std::string& text, const Scores& scores) {
  std::optional<Columns> table;
  const auto end_table = [&] {
    if (table) text.append("\n").append(table->text());
    table.reset();
  };
  const auto head = [&](const std::string& how) {
    end_table();
    table.emplace(std::vector<std::size_t>{44, 10, 10, 10});
    table->row({scores.sample + ", " + how, "median", "lowest", "highest"});
  };
  const auto row = [&](const std::string& name, const SessionScores& of, int digits) {
    std::vector<double> scored = of.sessions;
    std::erase_if(scored, [](double score) { return std::isnan(score); });
    if (scored.empty()) scored = {NAN};
    const auto [low, high] = std::ranges::minmax(scored);
    table->row({name, number(of.median, digits), number(low, digits), number(high, digits)});
  };
  if (scores.r2_weights || scores.r2_activity) head("replayed");
  if (scores.r2_weights) row("R2 of weights", *scores.r2_weights, 3);
  if (scores.r2_activity) row("R2 of activity", *scores.r2_activity, 3);
  if (!scores.percent_deviance.empty()) head(scores.prediction);
  for (const auto& [null, percent] : scores.percent_deviance)
    row("percent deviance, null " + null, percent, 2);
  for (const auto& [null, percent] : scores.of_truth) row("  of the true rule, null " + null, percent, 2);
  if (!scores.open_loop.empty()) head("open loop");
  for (const auto& [null, percent] : scores.open_loop) row("percent deviance, null " + null, percent, 2);
  end_table();
}

// What the last line says of the data.
std::string observed(const RunResult& result) {
  if (result.command == "evaluate") return counted(result.observations, "choice") + " scored";
  const std::size_t values = result.observations - result.fitted_choices;
  std::string text;
  if (result.fitted_choices > 0)
    text = counted(result.fitted_choices, "choice") + (values > 0 ? " and " : "");
  if (values > 0 || text.empty()) text += counted(values, "recorded value");
  text += " fitted";
  if (result.held_out_choices > 0) text += fmt::format(", {} held out", result.held_out_choices);
  return text;
}

// Sentences of a kind that stand above the estimates, or below.
void add_notes(std::string& text, const RunResult& result, SentenceKind kind, bool first) {
  for (const Note& note : in_order(result.notes)) {
    const Sentence& of = sentence(note.id);
    if (of.kind == kind && of.first == first) text += wrapped("note: " + note.text, "  ", kWidth);
  }
}

}  // namespace

std::string table_of(const RunResult& result) {
  std::string text = wrapped(verdict_line(result), "", kWidth);
  add_notes(text, result, SentenceKind::kWarning, true);
  add_notes(text, result, SentenceKind::kFinding, true);
  text += wrapped(fmt::format("{}: {}", result.state, result.advice), "", kWidth);
  if (!result.truth.empty()) text += wrapped("true rule: " + result.truth, "", kWidth);
  if (result.rule_kind == "taylor" && result.intervals.method != "none")
    text += wrapped(equation(result), "  ", kWidth);
  add_estimates(text, result);
  if (result.search) add_search(text, *result.search, result.aliases);
  if (result.reading) add_reading(text, *result.reading);
  add_notes(text, result, SentenceKind::kWarning, false);
  if (result.structures) text += table_of(*result.structures);
  for (const auto* scores : {&result.simulated, &result.in_sample, &result.held_out}) {
    if (*scores) add_scores(text, **scores);
  }
  if (result.cross_validation) text += table_of(*result.cross_validation);
  if (result.predictive_check) text += table_of(*result.predictive_check);
  if (result.assumptions) text += table_of(*result.assumptions);
  if (result.trials_at_limit > 0) {
    text += fmt::format("\n{} ended at task.max_offers without a choice accepted\n",
                        counted(result.trials_at_limit, "trial"));
  }
  text += "\n";
  for (const Note& note : result.notes) {
    if (note.id == "read_so") text += wrapped(note.text, "", kWidth);
  }
  text += fmt::format("{}, {:.1f} s\n", observed(result), result.seconds);
  return text;
}

}  // namespace synfer
