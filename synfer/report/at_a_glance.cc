// The first thing on the page: what must be known before believing it, then what was found. In words.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

std::string capital(std::string text) {
  const std::size_t word = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  const bool plain = word != std::string::npos && word > 1 && text[word] == ' ';  // no term, no setting
  if (plain) text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string item(const std::string& html) { return "<li>" + html + "</li>\n"; }

std::string counted(int count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// Terms whose interval holds 0.
std::string open_terms(const Json& result) {
  std::string names;
  if (!result["rule"].contains("terms")) return names;
  for (const Json& e : result["rule"]["terms"]) {
    if (!e.contains("interval") || !e["interval"][0].is_number() || !e["interval"][1].is_number()) continue;
    if (e["interval"][0].get<double>() > 0 || e["interval"][1].get<double>() < 0) continue;
    names += (names.empty() ? "" : ", ") + html_term(e.value("term", std::string()));
  }
  return names;
}

bool has(const Json& json, const char* first, const char* second) {
  return json.contains(first) && json[first].contains(second);
}

// Rivals that the rule beats by more than twice the standard error of its gain, and the others.
struct Rivals {
  std::vector<std::string> beaten, not_beaten;
};

Rivals rivals_of(const Json& result) {
  Rivals rivals;
  if (!result.contains("cross_validation")) return rivals;
  for (const Json& one : result["cross_validation"]["comparisons"]) {
    const std::string fold = one.value("fold", std::string());
    const std::string name = one.value("null", std::string()) + (fold.empty() ? "" : " (" + fold + ")");
    const bool beaten = number_at(one, "gain") > 2 * number_at(one, "gain_standard_error");
    (beaten ? rivals.beaten : rivals.not_beaten).push_back(name);
  }
  return rivals;
}

// Nulls that explain as much as the rule where it was not fitted.
std::vector<std::string> better_nulls(const Json& result) {
  std::vector<std::string> names;
  if (!result.contains("evaluation")) return names;
  const Json& unseen = result["evaluation"].value("held_out", result["evaluation"]);
  if (!unseen.contains("percent_deviance")) return names;
  for (const auto& [null, scores] : unseen["percent_deviance"].items()) {
    if (number_at(scores, "median") <= 0) names.push_back(null);
  }
  return names;
}

// Statistics of behaviour whose mean over the animals the fitted rule does not reach.
std::string what_the_rule_does_not_do(const Json& result) {
  std::vector<std::string> names;
  if (!has(result, "predictive_check", "statistics")) return {};
  for (const Json& one : result["predictive_check"]["statistics"]) {
    const auto name = one.value("name", std::string());
    if (!one.value("inside", true) && !name.starts_with("learning curve")) {
      names.push_back(statistic_name(result, name));
    }
  }
  if (names.empty()) return {};
  return item("Simulated, the fitted rule does something else than the animals did: " + code_list(names) +
              " (<a href=\"#behaviour\">how</a>).");
}

std::string what_depends_on_settings(const Json& result) {
  std::string names;
  if (!has(result, "assumptions", "conclusions")) return {};
  for (const Json& one : result["assumptions"]["conclusions"]) {
    if (one.value("holds", true)) continue;
    names += (names.empty() ? "" : ", ") + html_term(one.value("of", std::string()));
  }
  if (names.empty()) return {};
  return item("What is concluded depends on settings that nobody measured, of " + names +
              " (<a href=\"#assumptions\">which</a>).");
}

std::string before_believing(const Json& result) {
  std::string items;
  const std::string state = result.value("state", std::string());
  if (state != "converged" && state != "completed") {
    items += item(fmt::format("How the fit ended: {}; {}.", escaped(state),
                              escaped(result.value("advice", std::string()))));
  }
  if (result.contains("warnings")) {
    for (const Json& warning : result["warnings"])
      items += item(escaped(capital(warning.get<std::string>())) + ".");
  }
  const Rivals rivals = rivals_of(result);
  if (!rivals.not_beaten.empty()) {
    items +=
        item("On held-out choices the rule does not clearly predict better than " +
             code_list(rivals.not_beaten) + ": plasticity of this form may not be what these models lack.");
  }
  items += what_the_rule_does_not_do(result) + what_depends_on_settings(result);
  const bool recorded = result.value("command", std::string()) == "fit";
  if (recorded && !result.contains("cross_validation") && !has(result, "evaluation", "held_out")) {
    items += item(
        "Nothing here was scored on choices that the fit had not seen: figures are in sample, and flatter.");
  }
  if (recorded && !result.contains("cross_validation")) {
    items += item(
        "No rival (shuffled rewards, Q-learning) was fitted beside the rule: "
        "<code>evaluation.cross_validate</code> does.");
  }
  if (recorded && result.contains("data") && result["data"].value("animals", 0) == 1) {
    items += item("One animal: nothing here says whether others follow this rule.");
  }
  const std::vector<std::string> better = better_nulls(result);
  if (!better.empty()) {
    items += item(
        "On choices that were not fitted these nulls predict as well or better, in the median session: " +
        code_list(better) + ".");
  }
  if (has(result, "evaluation", "r2_weights") &&
      number_at(result["evaluation"]["r2_weights"], "median") < 0) {
    items += item("Replayed, its weights do not follow those of the true rule: R² is below 0.");
  }
  const std::string open = open_terms(result);
  if (!open.empty())
    items += item("Intervals that hold 0: " + open + ". The data do not show that these terms act.");
  if (told_apart_by_noise(result)) {
    items += item(
        "Some terms are the same function at the mean stimulus, such as x and x² of two levels. Between them "
        "the "
        "noise of stimuli decided, whose size was known (<a href=\"#certainty\">which</a>).");
  } else if (result.contains("aliases") && !result["aliases"].empty()) {
    items +=
        item(fmt::format("{} terms cannot be told from others on these data, whatever the fit (<a "
                         "href=\"#certainty\">which</a>).",
                         result["aliases"].size()));
  }
  const std::string note =
      result.contains("intervals") ? result["intervals"].value("note", std::string()) : std::string();
  if (!note.empty()) items += item(escaped(capital(note)) + ".");
  if (note.empty())
    items += item("No intervals were computed: how sure the data are of the rule is not known.");
  return items;
}

// Of the nulls that ask most, how much of their deviance the rule explains.
std::string predicts(const Json& scores, const std::string& where) {
  if (!scores.contains("percent_deviance")) return {};
  std::string text;
  for (const char* null : {"without_plasticity", "history_only", "own_rate"}) {
    if (!scores["percent_deviance"].contains(null)) continue;
    const double median = number_at(scores["percent_deviance"][null], "median");
    if (std::isnan(median)) continue;
    text += fmt::format(
        "{}{} % of <code>{}</code>", text.empty() ? "" : ", ",
        std::abs(median) < 1000 ? fmt::format("{:.1f}", median) : fmt::format("{:.2g}", median), null);
  }
  if (text.empty()) return {};
  return item(fmt::format("{} ({}) the rule explains of the nulls' deviance: {} (medians over sessions).",
                          where, escaped(scores.value("prediction", std::string())), text));
}

std::string found(const Json& result) {
  std::string items;
  if (result.contains("selection")) {
    items += item(fmt::format("{} of {} terms that differ on these data were chosen.",
                              result["rule"]["terms"].size(),
                              number(number_at(result["selection"], "candidates"))));
  }
  if (result.contains("truth")) {
    items += item("The true rule that was simulated: " + html_term(result["truth"].get<std::string>()) + ".");
  }
  const Rivals rivals = rivals_of(result);
  if (!rivals.beaten.empty()) {
    items += item("On held-out choices the rule predicts better than " + code_list(rivals.beaten) +
                  ", each by more than two standard errors.");
  }
  if (result.contains("evaluation")) {
    const Json& evaluation = result["evaluation"];
    items += predicts(evaluation, "On fresh simulated sessions");
    if (evaluation.contains("held_out"))
      items += predicts(evaluation["held_out"], "On sessions or trials not fitted");
    if (evaluation.contains("in_sample")) items += predicts(evaluation["in_sample"], "In sample");
    const double r2 = evaluation.contains("r2_weights") ? number_at(evaluation["r2_weights"], "median") : NAN;
    if (r2 >= 0)
      items += item(fmt::format("Replayed, its weights follow those of the true rule: R² {:.3f}.", r2));
  }
  if (result.contains("data")) {
    const Json& data = result["data"];
    const std::string choices = data.value("choices", 0) > 0
                                    ? counted(data.value("choices", 0), "choice")
                                    : counted(data.value("recorded", 0), "recorded value");
    items += item(fmt::format("From {} in {} of {}.", choices, counted(data.value("sessions", 0), "session"),
                              counted(data.value("animals", 0), "animal")));
  }
  return items;
}

}  // namespace

std::string at_a_glance(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    const Json& result = run.files.result;
    const std::string label = escaped(label_of(runs, run));
    parts.push_back(of_one_run(
        runs, run,
        fmt::format("<div class=\"glance\">\n"
                    "<div class=\"box warn\"><h3>{0}Before you believe it</h3>\n<ul>\n{1}</ul></div>\n"
                    "<div class=\"box\"><h3>{0}What was found</h3>\n<p "
                    "class=\"equation\">{2}</p>\n<ul>\n{3}</ul></div>\n"
                    "</div>\n",
                    label, before_believing(result), equation(result), found(result))));
  }
  return section("glance", "At a glance", side_by_side(parts));
}

}  // namespace synfer::report
