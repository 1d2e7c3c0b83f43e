// Does the rule do what the animals did? What was observed beside what the fitted rule does in closed loop,
// and the learning curve. See synfer/results/predictive_check.h.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr const char* kStatistics = R"json({
  "facet": {"row": {"field": "of", "type": "nominal", "sort": null, "title": null,
                    "header": {"orient": "top", "labelAnchor": "start"}}},
  "usermeta": {"width": 640, "margin": 190},
  "spec": {
    "height": {"step": 24},
    "encoding": {"y": {"field": "statistic", "type": "nominal", "sort": null, "title": null, "axis": {"grid": true}}},
    "layer": [
      {"mark": {"type": "rule", "strokeWidth": 9, "strokeOpacity": 0.3},
       "encoding": {"x": {"field": "low", "type": "quantitative", "title": null, "scale": {"zero": false}},
                    "x2": {"field": "high"}}},
      {"mark": {"type": "tick", "thickness": 2, "size": 14}, "encoding": {"x": {"field": "simulated", "type": "quantitative"}}},
      {"mark": {"type": "point", "size": 80},
       "encoding": {"x": {"field": "animals", "type": "quantitative"},
                    "color": {"field": "animals are", "type": "nominal", "title": null,
                              "scale": {"domain": ["inside the band", "outside"],
                                        "range": ["var(--sound)", "var(--doubtful)"]}},
                    "shape": {"field": "animals are", "type": "nominal", "title": null,
                              "scale": {"domain": ["inside the band", "outside"], "range": ["circle", "diamond"]}}}}
    ]
  },
  "resolve": {"scale": {"y": "independent", "x": "independent"}}
})json";

constexpr const char* kCurve = R"json({
  "facet": {"field": "stimulus", "type": "nominal", "sort": null, "title": null}, "columns": 3,
  "usermeta": {"width": 520},
  "spec": {
    "height": 200,
    "encoding": {"x": {"field": "tenth", "type": "quantitative", "title": "tenth of the trials",
                       "scale": {"domain": [0.5, 10.5], "nice": false},
                       "axis": {"values": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], "format": "d"}}},
    "layer": [
      {"mark": {"type": "area", "color": "var(--mark)", "opacity": 0.2},
       "encoding": {"y": {"field": "low", "type": "quantitative", "title": "share of choices", "scale": {"zero": false}},
                    "y2": {"field": "high"}, "description": {"field": "stimulus"}}},
      {"mark": {"type": "line", "strokeDash": [5, 3]},
       "encoding": {"y": {"field": "simulated", "type": "quantitative"}, "description": {"field": "stimulus"}}},
      {"mark": {"type": "point", "size": 55},
       "encoding": {"y": {"field": "animals", "type": "quantitative"},
                    "color": {"field": "animals are", "type": "nominal", "title": null,
                              "scale": {"domain": ["inside the band", "outside"],
                                        "range": ["var(--sound)", "var(--doubtful)"]}},
                    "shape": {"field": "animals are", "type": "nominal", "title": null,
                              "scale": {"domain": ["inside the band", "outside"], "range": ["circle", "diamond"]}}}}
    ]
  }
})json";

constexpr const char* kBlocks = "choice minus reward";

// "learning curve of 1, 3/10".
struct CurvePoint {
  std::string stimulus;
  std::string tenth;
};

std::optional<CurvePoint> curve_point(const std::string& name) {
  const std::string head = "learning curve of ";
  const std::size_t comma = name.rfind(", ");
  const std::size_t slash = name.rfind('/');
  if (!name.starts_with(head) || comma == std::string::npos || slash == std::string::npos || slash < comma) {
    return std::nullopt;
  }
  return CurvePoint{name.substr(head.size(), comma - head.size()), name.substr(comma + 2, slash - comma - 2)};
}

std::string kind_of(const std::string& name) {
  if (name.starts_with("matching")) return "log2 choice ratio against log2 reward ratio, over blocks";
  return name.starts_with(kBlocks) ? "share of choices less share of rewards" : "rates and shares";
}

// Observed, simulated, the band, and where the animals lie.
std::vector<std::string> band_cells(const Json& of) {
  return {number(number_at(of, "observed")), number(number_at(of, "simulated")),
          number(number_at(of, "band", 0)), number(number_at(of, "band", 1)),
          of.value("inside", true) ? "inside the band" : "outside"};
}

const std::vector<Column> kBandColumns = {
    {"animals", true}, {"simulated", true}, {"low", true}, {"high", true}, {"animals are"}};

Numbers table_with(std::vector<Column> columns) {
  columns.insert(columns.end(), kBandColumns.begin(), kBandColumns.end());
  return {std::move(columns), {}};
}

void append(std::vector<std::string>& cells, std::vector<std::string> more) {
  for (std::string& cell : more) cells.push_back(std::move(cell));
}

// Panels in the order of the table, and no more beside one another than there are.
std::string in_order(const char* specification, const char* by, const std::vector<std::string>& names) {
  Json json = Json::parse(specification);
  (by == nullptr ? json["facet"] : json["facet"][by])["sort"] = names;
  if (json.contains("columns")) json["columns"] = std::min<std::size_t>(names.size(), 3);
  return json.dump();
}

std::string level_of(const Json& check) { return fmt::format("{:.4g} %", 100 * number_at(check, "level")); }

std::string statistics_figure(Runs runs, const Run& run, const Json& check) {
  Numbers numbers = table_with({{"of"}, {"statistic"}});
  numbers.columns.push_back({"sessions inside", true});
  numbers.columns.push_back({"sessions", true});
  std::vector<std::string> kinds;
  std::string outside;
  std::size_t inside = 0;
  std::size_t values = 0;
  for (const Json& one : check.at("statistics")) {
    const auto name = one.value("name", std::string());
    inside += one.value("sessions_inside", std::size_t{0});
    values += one.at("sessions").size();
    if (curve_point(name)) continue;
    const std::size_t block = name.starts_with(kBlocks) ? name.find("block ") : std::string::npos;
    const std::string shown = statistic_name(run.files.result, name);
    std::vector<std::string> cells = {kind_of(name), block == std::string::npos ? shown : name.substr(block)};
    if (std::ranges::find(kinds, cells.front()) == kinds.end()) kinds.push_back(cells.front());
    append(cells, band_cells(one));
    append(cells, {number(number_at(one, "sessions_inside")), fmt::format("{}", one.at("sessions").size())});
    numbers.rows.push_back(std::move(cells));
    if (!one.value("inside", true)) outside += (outside.empty() ? "" : "; ") + shown;
  }
  if (numbers.rows.empty()) return {};
  return to_html(
      {fmt::format("statistics-{}", run.index),
       fmt::format("{}What the animals did, and what the fitted rule does", label_of(runs, run)),
       fmt::format(
           "Each dot is the mean over the animals, each bar the {} band of that mean in {} simulations "
           "of them in closed loop, the tick its middle. A dot outside its bar is evidence against the "
           "rule, or against one rule for all animals; a dot inside is none for it, for the rule was "
           "fitted to these animals. Of all {} values of single sessions {} lie inside a band of their "
           "own, where {:.0f} are expected of a model that is right.",
           level_of(check), number(number_at(check, "draws")), values, inside,
           number_at(check, "level") * static_cast<double>(values)),
       outside.empty() ? "All means lie inside their bands." : "Outside their bands lie: " + outside + ".",
       with_tooltips(in_order(kStatistics, "row", kinds), numbers), numbers});
}

std::string curve_figure(Runs runs, const Run& run, const Json& check) {
  Numbers numbers = table_with({{"stimulus"}, {"tenth", true}});
  std::vector<std::string> stimuli;
  std::size_t inside = 0;
  for (const Json& one : check.at("statistics")) {
    const auto point = curve_point(one.value("name", std::string()));
    if (!point) continue;
    std::vector<std::string> cells = {"choices of " + stimulus_name(run.files.result, point->stimulus),
                                      point->tenth};
    if (std::ranges::find(stimuli, cells.front()) == stimuli.end()) stimuli.push_back(cells.front());
    append(cells, band_cells(one));
    numbers.rows.push_back(std::move(cells));
    inside += one.value("inside", true) ? 1 : 0;
  }
  if (numbers.rows.empty()) return {};
  return to_html(
      {fmt::format("learning-curve-{}", run.index), label_of(runs, run) + "Learning curve",
       fmt::format(
           "The share of a stimulus in each tenth of the trials: dots are the mean over the animals, "
           "the dashed line and its {} band what the fitted rule does. Dots that leave the band side by "
           "side show when the rule does something else than the animals.",
           level_of(check)),
       fmt::format("{} of {} points of the animals' learning curve lie inside the band.", inside,
                   numbers.rows.size()),
       with_tooltips(in_order(kCurve, nullptr, stimuli), numbers), numbers});
}

// One row a statistic and session; the curves, ten times as long, are in predictive_check.csv.
std::string sessions_table(Runs runs, const Run& run, const Json& check) {
  Numbers numbers = table_with({{"statistic"}, {"animal"}, {"session"}});
  for (const Json& one : check.at("statistics")) {
    const auto name = one.value("name", std::string());
    if (curve_point(name) || name.starts_with(kBlocks)) continue;
    for (const Json& session : one.at("sessions")) {
      if (numbers.rows.size() >= 60 * run.most_sessions) break;
      std::vector<std::string> cells = {statistic_name(run.files.result, name),
                                        session.value("animal", std::string()),
                                        session.value("session", std::string())};
      append(cells, band_cells(session));
      numbers.rows.push_back(std::move(cells));
    }
  }
  if (numbers.rows.empty()) return {};
  return "<details><summary>Session by session</summary>" +
         to_html(numbers, fmt::format("check-sessions-{}", run.index),
                 label_of(runs, run) + "What each animal did, and its own band") +
         "</details>\n";
}

}  // namespace

std::string predictive(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    if (!run.files.result.contains("predictive_check")) continue;
    const Json& check = run.files.result.at("predictive_check");
    std::string part = statistics_figure(runs, run, check) + curve_figure(runs, run, check);
    if (!part.empty()) parts.push_back(of_one_run(runs, run, part + sessions_table(runs, run, check)));
  }
  return section("behaviour", "Does the rule do what the animals did?", side_by_side(parts));
}

}  // namespace synfer::report
