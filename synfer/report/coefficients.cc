// All Taylor coefficients theta_ijkl of x^i y^j w^k r^l as a map, as Mehta et al. (NeurIPS 2024) draw them
// in figures 2 and 3: one cell a term, colour its coefficient.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "synfer/model/term.h"
#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr const char* kMap = R"json({
  "width": {"step": 44}, "height": {"step": 30},
  "encoding": {
    "x": {"field": "powers of w, r", "type": "ordinal", "axis": {"labelAngle": 0, "orient": "top"}},
    "y": {"field": "powers of x, y", "type": "ordinal"}
  },
  "layer": [
    {"mark": {"type": "rect", "fill": "transparent", "stroke": "currentColor", "strokeOpacity": 0.2},
     "encoding": {"description": {"field": "term"}}},
    {"transform": [{"filter": "datum.estimate !== null && datum.estimate != 0"},
                   {"calculate": "datum.estimate < 0 ? 'negative' : 'positive'", "as": "sign"},
                   {"calculate": "abs(datum.estimate)", "as": "size"}],
     "mark": {"type": "rect", "stroke": "currentColor", "strokeOpacity": 0.2},
     "encoding": {
       "fill": {"field": "sign", "type": "nominal", "title": null,
                "scale": {"domain": ["positive", "negative"], "range": ["var(--strengthens)", "var(--weakens)"]}},
       "fillOpacity": {"field": "size", "type": "quantitative", "legend": null,
                       "scale": {"domainMin": 0, "range": [0.05, 0.75]}}}},
    {"transform": [{"filter": "datum.estimate !== null && datum['log odds a change'] >= 0.005"}],
     "mark": {"type": "text", "fontSize": 11},
     "encoding": {"text": {"field": "estimate", "type": "quantitative", "format": ".2~g"}}},
    {"transform": [{"filter": "indexof(datum.standing, 'same as') == 0"}],
     "mark": {"type": "text", "text": "=", "fillOpacity": 0.55}, "encoding": {"description": {"field": "term"}}},
    {"transform": [{"filter": "datum.standing == 'never varied'"}],
     "mark": {"type": "text", "text": "×", "fillOpacity": 0.55}, "encoding": {"description": {"field": "term"}}}
  ]
})json";

constexpr const char* kTruthLayer = R"json({
  "transform": [{"filter": "datum['true value'] !== null && datum['true value'] != 0"}],
  "mark": {"type": "rect", "fill": "transparent", "stroke": "var(--orange)", "strokeWidth": 2.5},
  "encoding": {"description": {"field": "term"}}
})json";

std::string name_of(int first, int second, const char* a, const char* b) {
  std::string text;
  const auto add = [&](int power, const char* variable) {
    if (power == 0) return;
    text += (text.empty() ? "" : "*") + std::string(variable);
    if (power > 1) text += fmt::format("^{}", power);
  };
  add(first, a);
  add(second, b);
  return text.empty() ? "1" : plain_term(text);
}

// Why a term has no coefficient, for terms that could not have one.
std::map<std::string, std::string> standings(const Json& result) {
  std::map<std::string, std::string> standing;
  if (result.contains("aliases")) {
    for (const Json& one : result.at("aliases")) {
      for (const Json& alias : one.at("aliases")) {
        standing[alias.value("term", std::string())] = fmt::format(
            "same as {} times {}{}", plain_term(one.value("term", std::string())),
            number(number_at(alias, "factor")), told_apart_by_noise(result) ? ", but for noise" : "");
      }
    }
  }
  if (result.contains("never_varied")) {
    for (const Json& term : result.at("never_varied")) standing[term.get<std::string>()] = "never varied";
  }
  if (result.contains("unseen_by_choices")) {
    for (const Json& term : result.at("unseen_by_choices"))
      standing[term.get<std::string>()] = "changes all offers alike";
  }
  return standing;
}

std::string map_of(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  std::map<std::string, Json> estimated;
  int highest = 2;
  for (const Json& e : result.at("rule").at("terms")) {
    const std::string name = e.value("term", std::string());
    const Term term = parse_term(name);
    highest = std::max({highest, term.x, term.y, term.w, term.r});
    estimated[name] = e;
  }
  const auto standing = standings(result);
  std::map<std::string, double> truth = truth_of(result);
  Numbers numbers{{{"term"},
                   {"index i j k l"},
                   {"powers of x, y"},
                   {"powers of w, r"},
                   {"estimate", true},
                   {"log odds a change", true},
                   {"standing"}},
                  {}};
  if (!truth.empty()) numbers.columns.push_back({"true value", true});
  Json across = Json::array();
  Json down = Json::array();
  for (int i = 0; i <= highest; ++i) {
    for (int j = 0; j <= highest; ++j) {
      across.push_back(name_of(i, j, "w", "r"));
      down.push_back(name_of(i, j, "x", "y"));
    }
  }
  const std::vector<std::string> variables = {"x", "y", "w", "r"};
  for (const Term& term : dense_terms(variables, highest)) {
    const std::string name = to_string(term);
    const auto found = estimated.find(name);
    std::vector<std::string> cells = {plain_term(name),
                                      fmt::format("{} {} {} {}", term.x, term.y, term.w, term.r),
                                      name_of(term.x, term.y, "x", "y"), name_of(term.w, term.r, "w", "r")};
    if (found != estimated.end()) {
      const double estimate = number_at(found->second, "estimate");
      cells.push_back(number(estimate));
      cells.push_back(number(found->second.value("effect", std::abs(estimate))));
      cells.push_back(found->second.value("status", std::string("estimated")));
    } else {
      const auto why = standing.find(name);
      cells.insert(cells.end(), {"", "", why == standing.end() ? "not in the rule" : why->second});
    }
    if (!truth.empty()) cells.push_back(number(truth[name]));
    numbers.rows.push_back(std::move(cells));
  }
  Json json = Json::parse(kMap);
  json["encoding"]["x"]["sort"] = across;
  json["encoding"]["y"]["sort"] = down;
  if (!truth.empty()) json["layer"].push_back(Json::parse(kTruthLayer));
  return to_html(
      {fmt::format("map-{}", run.index),
       fmt::format("{}All {} Taylor coefficients", label_of(runs, run), numbers.rows.size()),
       fmt::format("Each cell is one term xⁱ yʲ wᵏ rˡ: its row gives the powers of x and y, its column those "
                   "of w and r. Colour is the coefficient, the deeper the larger; empty cells are not in the "
                   "rule. = marks terms that on these data are the same as another and × terms that never "
                   "varied: of both the data say nothing of their own.{}",
                   truth.empty() ? "" : " Orange frames: terms of the true rule."),
       fmt::format("Map of the coefficients of {} terms, {} of which are in the rule.", numbers.rows.size(),
                   estimated.size()),
       with_tooltips(json.dump(), numbers), numbers});
}

}  // namespace

std::string coefficients(Runs runs) {
  std::vector<std::string> maps;
  for (const Run& run : runs) {
    if (run.files.result.at("rule").contains("terms"))
      maps.push_back(of_one_run(runs, run, map_of(runs, run)));
  }
  return section("coefficients", "Coefficients", side_by_side(maps));
}

}  // namespace synfer::report
