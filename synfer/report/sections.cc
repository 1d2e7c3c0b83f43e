#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/base/error.h"
#include "synfer/model/expression.h"
#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {

std::string label_of(Runs runs, const Run& run) {
  return runs.size() > 1 ? fmt::format("{}: ", run.label) : std::string();
}

std::string colour_of(const Run& run) {
  constexpr std::size_t kColours = 6;  // of colours.css
  return fmt::format("var(--run-{})", 1 + run.index % kColours);
}

std::string of_one_run(Runs runs, const Run& run, const std::string& html) {
  if (html.empty() || runs.size() < 2) return html;
  return fmt::format("<div class=\"run\" style=\"--mark: {}\">\n{}</div>\n", colour_of(run), html);
}

void tell_runs_apart(Runs runs, const Numbers& numbers, Json& encoding) {
  std::vector<std::string> labels;
  std::vector<std::string> colours;
  for (const Run& run : runs) {
    if (std::ranges::none_of(numbers.rows, [&](const auto& row) { return row.front() == run.label; }))
      continue;
    labels.push_back(run.label);
    colours.push_back(colour_of(run));
  }
  encoding["yOffset"] = {{"field", "run"}, {"sort", labels}};
  encoding["color"] = {{"field", "run"},
                       {"type", "nominal"},
                       {"sort", nullptr},
                       {"title", nullptr},
                       {"scale", {{"domain", labels}, {"range", colours}}}};
}

std::string side_by_side(const std::vector<std::string>& items) {
  std::string html;
  for (const std::string& item : items) html += item;
  return items.size() < 2 ? html : "<div class=\"beside\">\n" + html + "</div>\n";
}

std::string section(const std::string& id, const std::string& title, const std::string& content) {
  if (content.empty()) return {};
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
      id, escaped(title), content);
}

std::string short_rule(const std::string& rule) {
  try {
    std::string text;
    for (const WeightedTerm& one : parse_expression(rule)) {
      text += text.empty() ? (one.coefficient < 0 ? "-" : "") : (one.coefficient < 0 ? " - " : " + ");
      text += fmt::format("{:.3g}", std::abs(one.coefficient));
      if (one.term != Term{}) text += fmt::format(" {}", plain_term(to_string(one.term)));
    }
    return text.empty() ? "0" : text;
  } catch (const ConfigurationError&) {
    return plain_term(rule);
  }
}

bool told_apart_by_noise(const Json& result) {
  return result.contains("selection") && result.at("selection").value("aliases_told_apart", false) &&
         result.contains("aliases") && !result.at("aliases").empty();
}

std::map<std::string, double> truth_of(const Json& result) {
  std::map<std::string, double> truth;
  if (!result.contains("truth")) return truth;
  try {
    for (const WeightedTerm& one : parse_expression(result.at("truth").get<std::string>())) {
      truth[to_string(one.term)] = one.coefficient;
    }
  } catch (const ConfigurationError&) {
    truth.clear();  // a rule of another kind
  }
  return truth;
}

std::string reward_term(const Json& result) {
  return result.at("rule").value("r", std::string("reward minus expected reward"));
}

std::string stimulus_name(const Json& result, const std::string& name) {
  const bool number = !name.empty() && std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
  if (!number) return name;
  return (result.value("command", std::string()) == "recover" ? "odour " : "stimulus ") + name;
}

std::string statistic_name(const Json& result, const std::string& name) {
  const std::size_t of = name.find(" of ");
  if (of == std::string::npos) return name;
  const std::size_t at = of + std::string_view(" of ").size();
  return name.substr(0, at) + stimulus_name(result, name.substr(at));
}

void name_runs(Runs runs, Numbers& numbers) {
  if (runs.size() > 1) numbers.columns.insert(numbers.columns.begin(), {"run"});
}

void add_row(Runs runs, const Run& run, Numbers& numbers, std::vector<std::string> cells) {
  if (runs.size() > 1) cells.insert(cells.begin(), run.label);
  numbers.rows.push_back(std::move(cells));
}

}  // namespace synfer::report
