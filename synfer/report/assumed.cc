// What if the settings are wrong? The conclusion on each term under each assumption, as a grid: a column of
// one symbol is a conclusion that holds. See synfer/analysis/assumptions.h.
#include <fmt/format.h>

#include <algorithm>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr const char* kUncounted = "fit did not end";

// Coefficients under different assumptions have different units (half of eta doubles them): a place on a
// common axis would say nothing, the side of 0 does.
constexpr const char* kGrid = R"json({
  "height": {"step": 25}, "width": {"step": 105},
  "encoding": {"y": {"field": "assumption", "type": "nominal", "sort": null, "title": null,
                     "axis": {"grid": true, "labelLimit": 300}},
               "x": {"field": "of", "type": "nominal", "sort": null, "title": null,
                     "axis": {"orient": "top", "labelAngle": 0, "labelLimit": 125,
                        "labelExpr": "replace(datum.label, 'gain over ', 'gain: ')"}}},
  "layer": [
    {"mark": {"type": "point", "size": 90},
     "encoding": {"color": {"field": "conclusion", "type": "nominal", "title": null,
                            "scale": {"domain": ["above 0", "below 0", "open", "fit did not end"],
                                      "range": ["var(--strengthens)", "var(--weakens)", "var(--quiet)", "var(--quiet)"]}},
                  "shape": {"field": "conclusion", "type": "nominal", "title": null,
                            "scale": {"domain": ["above 0", "below 0", "open", "fit did not end"],
                                      "range": ["triangle-up", "triangle-down", "circle", "cross"]}}}},
    {"mark": {"type": "text", "align": "left", "dx": 10},
     "encoding": {"text": {"field": "value", "type": "quantitative", "format": ".2~g"}}}
  ]
})json";

bool ended(const Json& fit) {
  const auto state = fit.value("state", std::string());
  return state == "converged" || state == "completed";
}

Numbers numbers_of(const Json& assumptions) {
  Numbers numbers{{{"assumption"},
                   {"of"},
                   {"value", true},
                   {"low", true},
                   {"high", true},
                   {"conclusion"},
                   {"state"},
                   {"nats", true}},
                  {}};
  for (const Json& fit : assumptions.at("fits")) {
    for (const Json& finding : fit.at("findings")) {
      numbers.rows.push_back({fit.value("assumption", std::string()),
                              plain_term(finding.value("of", std::string())),
                              number(number_at(finding, "value")), number(number_at(finding, "interval", 0)),
                              number(number_at(finding, "interval", 1)),
                              ended(fit) ? finding.value("conclusion", std::string()) : kUncounted,
                              fit.value("state", std::string()), number(number_at(fit, "loss"))});
    }
  }
  return numbers;
}

// A finding that is neither a side of 0 nor open says why: frozen, at bound.
std::string grid_of(const Numbers& numbers) {
  Json json = Json::parse(kGrid);
  for (const char* channel : {"color", "shape"}) {
    Json& scale = json["layer"][0]["encoding"][channel]["scale"];
    for (const auto& row : numbers.rows) {
      if (std::ranges::find(scale["domain"], Json(row[5])) != scale["domain"].end()) continue;
      scale["domain"].push_back(row[5]);
      scale["range"].push_back(std::string(channel) == "color" ? "var(--quiet)" : "square");
    }
  }
  return with_tooltips(json.dump(), numbers);
}

std::string words_of(const Json& assumptions) {
  std::string hold;
  std::string open;
  std::string items;
  for (const Json& one : assumptions.at("conclusions")) {
    const std::string of = html_term(one.value("of", std::string()));
    const auto as_fitted = one.value("as_fitted", std::string());
    const bool decided = as_fitted == "above 0" || as_fitted == "below 0";
    if (!one.value("holds", false)) {
      items +=
          fmt::format("<li>{} depends on them: {} as fitted, otherwise with {}.</li>\n", of,
                      escaped(as_fitted), code_list(one.at("otherwise").get<std::vector<std::string>>()));
    } else {
      std::string& list = decided ? hold : open;
      list += fmt::format("{}{}{}{}", list.empty() ? "" : ", ", of, decided ? " " : "",
                          decided ? escaped(as_fitted) : "");
    }
  }
  if (!hold.empty()) items = "<li>Holds under all of these: " + hold + ".</li>\n" + items;
  if (hold.empty()) items = "<li>No conclusion holds under all of these.</li>\n" + items;
  if (!open.empty()) items += "<li>Not told from 0 under any: " + open + ".</li>\n";
  return "<ul>\n" + items + "</ul>\n";
}

}  // namespace

std::string assumed(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    if (!run.files.result.contains("assumptions")) continue;
    const Json& found = run.files.result.at("assumptions");
    const Numbers numbers = numbers_of(found);
    if (numbers.rows.empty()) continue;
    parts.push_back(of_one_run(
        runs, run,
        words_of(found) +
            to_html({fmt::format("assumptions-{}", run.index),
                     label_of(runs, run) + "The same rule under other assumptions",
                     fmt::format(
                         "Each row is a fit with one setting changed that nobody measured; each symbol says "
                         "on which side of 0 the {:.4g} % interval lies, with the estimate beside it. A "
                         "column of one symbol is a conclusion that holds whichever is assumed. The "
                         "numbers need not agree: half of eta doubles a coefficient. Fits that did not end "
                         "are drawn, and count for nothing.",
                         100 * number_at(found, "level")),
                     fmt::format("Conclusions on each term under {} assumptions.", found.at("fits").size()),
                     grid_of(numbers), numbers})));
  }
  return section("assumptions", "What if the settings are wrong?", side_by_side(parts));
}

}  // namespace synfer::report
