// How g looks as a function of each pair of variables: for a neural network the only form in which the rule
// can be read. From rule_shape.csv.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

// One a pair of variables; they share their colours.
constexpr const char* kPanel = R"json({
  "height": 200,
  "encoding": {
    "x": {"field": "across", "type": "ordinal", "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 6}},
    "y": {"field": "up", "type": "ordinal", "sort": "descending", "axis": {"labelOverlap": "greedy", "labelSeparation": 10}}
  },
  "layer": [
    {"transform": [{"calculate": "datum.g < 0 ? 'weakens (g < 0)' : 'strengthens (g > 0)'", "as": "sign"},
                   {"calculate": "abs(datum.g)", "as": "size"}],
     "mark": "rect",
     "encoding": {
       "fill": {"field": "sign", "type": "nominal", "title": null,
                "scale": {"domain": ["strengthens (g > 0)", "weakens (g < 0)"],
                          "range": ["var(--strengthens)", "var(--weakens)"]}},
       "fillOpacity": {"field": "size", "type": "quantitative", "title": "|g|",
                       "scale": {"domainMin": 0, "range": [0, 0.95]}}}},
    {"transform": [{"filter": "datum.visits == 0"}],
     "mark": {"type": "point", "shape": "cross", "size": 14, "color": "currentColor", "opacity": 0.45},
     "encoding": {"description": {"field": "pair"}}}
  ]
})json";

struct Panel {
  std::string first, second;
  std::vector<std::vector<std::string>> rows;
  std::map<std::string, std::pair<double, double>> along_first, along_second;  // range of g in each line
  double largest = 0.0;
};

void widen(std::map<std::string, std::pair<double, double>>& lines, const std::string& line, double g) {
  const auto [at, is_new] = lines.try_emplace(line, g, g);
  at->second = {std::min(at->second.first, g), std::max(at->second.second, g)};
}

bool moves(const std::map<std::string, std::pair<double, double>>& lines, double largest) {
  return std::ranges::any_of(
      lines, [&](const auto& line) { return line.second.second - line.second.first > 1e-6 * largest; });
}

std::string axis_title(const Json& result, const std::string& variable) {
  if (variable == "x") return "presynaptic activity x";
  if (variable == "y") return "postsynaptic activity y";
  if (variable == "w") return "weight w";
  return reward_term(result) + " r";
}

Json specification_of(const Json& result, const Panel& panel) {
  Json json = Json::parse(kPanel);
  const Json drawn = {{"filter", {{"field", "pair"}, {"equal", panel.rows.front().front()}}}};
  json["transform"] = Json::array({drawn});
  json["encoding"]["x"]["title"] = axis_title(result, panel.first);
  json["encoding"]["y"]["title"] = axis_title(result, panel.second);
  return json;
}

// As an axis tells it; 0 for what is nothing beside the largest.
std::string tick(double v, double largest) {
  return fmt::format("{:.2g}", std::abs(v) < 1e-3 * largest ? 0.0 : v);
}

std::vector<Panel> panels_of(const Table& table) {
  std::vector<Panel> panels;
  const auto column = [&](const char* name) { return *table.find(name); };
  std::map<std::string, double, std::less<>> largest;  // by variable
  for (std::size_t n = 0; n < table.rows(); ++n) {
    for (const auto& [variable, at] : {std::pair("first", "at_first"), std::pair("second", "at_second")}) {
      double& so_far = largest[std::string(table.cell(n, column(variable)))];
      so_far = std::max(so_far, std::abs(table.number(n, column(at))));
    }
  }
  for (std::size_t n = 0; n < table.rows(); ++n) {
    const std::string first(table.cell(n, column("first")));
    const std::string second(table.cell(n, column("second")));
    if (panels.empty() || panels.back().first != first || panels.back().second != second) {
      panels.push_back({first, second, {}, {}, {}, 0.0});
    }
    Panel& panel = panels.back();
    const double g = table.number(n, column("g"));
    const std::string across = tick(table.number(n, column("at_first")), largest[first]);
    const std::string up = tick(table.number(n, column("at_second")), largest[second]);
    panel.rows.push_back({fmt::format("{} (across), {} (up)", first, second), across, up, number(g),
                          std::string(table.cell(n, column("visits")))});
    if (!std::isfinite(g)) continue;
    widen(panel.along_second, across, g);
    widen(panel.along_first, up, g);
    panel.largest = std::max(panel.largest, std::abs(g));
  }
  return panels;
}

std::string figure_of(Runs runs, const Run& run) {
  const auto& table = run.files.rule_shape;
  if (!table) return {};
  for (const char* name : {"first", "second", "at_first", "at_second", "g", "visits"}) {
    if (!table->find(name)) return {};
  }
  std::vector<Panel> panels = panels_of(*table);
  const auto moves_by_both = [](const Panel& p) {
    return moves(p.along_first, p.largest) && moves(p.along_second, p.largest);
  };
  const auto moves_by_one = [](const Panel& p) {
    return moves(p.along_first, p.largest) || moves(p.along_second, p.largest);
  };
  const bool by_both = std::ranges::any_of(panels, moves_by_both);
  if (by_both) {
    std::erase_if(panels, [&](const Panel& p) { return !moves_by_both(p); });
  } else {
    std::erase_if(panels, [&](const Panel& p) { return !moves_by_one(p); });
  }
  Numbers numbers{{{"pair"}, {"across", true}, {"up", true}, {"g", true}, {"visits", true}}, {}};
  Json json = {{"concat", Json::array()}, {"columns", 3}, {"usermeta", {{"width", 240}, {"margin", 85}}}};
  for (Panel& panel : panels) {
    json["concat"].push_back(specification_of(run.files.result, panel));
    numbers.rows.insert(numbers.rows.end(), panel.rows.begin(), panel.rows.end());
  }
  if (numbers.rows.empty()) return {};
  return to_html(
      {fmt::format("shape-{}", run.index),
       fmt::format("{}How g depends on each pair of variables", label_of(runs, run)),
       fmt::format(
           "Blue: a synapse in this state is strengthened; orange: weakened; the deeper the more. The two "
           "other "
           "variables are held at their median where the data went (x: of inputs that were driven). Crosses "
           "mark states that the data never visited: there the rule is extrapolated. Pairs {} are left out.",
           by_both ? "of which g changes by one alone, or by none" : "by which g does not change"),
       fmt::format("{} heat maps of g over pairs of variables.", panels.size()),
       with_tooltips(json.dump(), numbers), numbers});
}

}  // namespace

std::string rule_shape(Runs runs) {
  std::vector<std::string> figures;
  for (const Run& run : runs) {
    std::string figure = of_one_run(runs, run, figure_of(runs, run));
    if (!figure.empty()) figures.push_back(std::move(figure));
  }
  return section("shape", "What the rule does", side_by_side(figures));
}

}  // namespace synfer::report
