// The way to the rule: the path of a selection, or loss and parameters along the fit.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostPoints = 80;  // of a trace
constexpr std::size_t kMostLines = 6;    // parameters drawn, a colour each, the largest at the end

constexpr const char* kSelection = R"json({
  "height": 220, "usermeta": {"width": 640},
  "encoding": {"x": {"field": "terms", "type": "quantitative", "title": "terms in the rule",
                     "axis": {"tickMinStep": 1, "format": "d"}},
               "y": {"field": "above the best", "type": "quantitative", "title": "criterion, above the best",
                     "scale": {"type": "symlog", "constant": 2},
                     "axis": {"values": [0, 2, 5, 10, 20, 50, 100, 300, 1000, 3000, 10000]}}},
  "layer": [
    {"mark": {"type": "line", "opacity": 0.5}, "encoding": {"description": {"field": "rule"}}},
    {"mark": {"type": "point", "size": 80}, "encoding": {"description": {"field": "rule"}}}
  ]
})json";

constexpr const char* kLoss = R"json({
  "height": 200, "usermeta": {"width": 640},
  "encoding": {"x": {"field": "step", "type": "quantitative", "title": "steps of the fit"},
               "y": {"field": "loss", "type": "quantitative", "title": "loss, nats an observation",
                     "scale": {"zero": false}},
               "detail": {"field": "start", "type": "nominal"}},
  "layer": [
    {"mark": {"type": "line", "strokeOpacity": 0.6}, "encoding": {"description": {"field": "start"}}},
    {"mark": {"type": "point", "size": 22}, "encoding": {"description": {"field": "start"}}}
  ]
})json";

constexpr const char* kParameters = R"json({
  "height": 240, "usermeta": {"width": 760},
  "encoding": {"x": {"field": "step", "type": "quantitative", "title": "steps of the fit"},
               "y": {"field": "value", "type": "quantitative", "title": "parameter"},
               "color": {"field": "parameter", "type": "nominal", "sort": null, "title": null,
                         "legend": {"orient": "right"}}},
  "layer": [
    {"mark": {"type": "line"}, "encoding": {"description": {"field": "parameter"}}},
    {"mark": {"type": "point", "size": 22}, "encoding": {"description": {"field": "parameter"}}}
  ]
})json";

std::string selection_figure(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("selection") || result.at("selection").at("by_size").size() < 2) return {};
  const Json& sets = result.at("selection").at("by_size");
  double best = INFINITY;
  for (const Json& set : sets) best = std::fmin(best, number_at(set, "criterion"));
  Numbers numbers{{{"terms", true}, {"above the best", true}, {"criterion", true}, {"nats", true}, {"rule"}},
                  {}};
  for (const Json& set : sets) {
    const double criterion = number_at(set, "criterion");
    numbers.rows.push_back({number(number_at(set, "terms")), number(criterion - best),
                            fmt::format("{:.2f}", criterion), fmt::format("{:.2f}", number_at(set, "nll")),
                            short_rule(set.value("rule", std::string()))});
  }
  return to_html(
      {fmt::format("selection-{}", run.index),
       fmt::format("{}How the terms were selected", label_of(runs, run)),
       fmt::format("The best set of each number of terms; the lowest point was chosen. A criterion that is "
                   "lower by more than about 2 is a real difference: more terms explain more, and pay for "
                   "it. {} fits among {} terms that differ on these data.",
                   number(number_at(result.at("selection"), "fits")),
                   number(number_at(result.at("selection"), "candidates"))),
       fmt::format("Information criterion of the best sets of 0 to {} terms.", sets.size() - 1),
       with_tooltips(kSelection, numbers), numbers});
}

// Rows of a table so many that a line is smooth.
std::vector<std::size_t> thinned(std::size_t rows, std::size_t most) {
  std::vector<std::size_t> kept;
  const std::size_t count = std::min(rows, most);
  for (std::size_t n = 0; n < count; ++n) kept.push_back(count == 1 ? 0 : n * (rows - 1) / (count - 1));
  return kept;
}

std::string trace_figures(Runs runs, const Run& run) {
  if (!run.files.trace) return {};
  const Table& trace = *run.files.trace;
  const auto start = trace.find("start");
  const auto done = trace.find("done");
  const auto loss = trace.find("loss");
  if (!start || !done || !loss) return {};
  const double best = number_at(run.files.result.at("fit"), "best_start");
  std::vector<std::size_t> rows;
  for (std::size_t n = 0; n < trace.rows(); ++n) {
    if (trace.whole(n, *start) == best) rows.push_back(n);
  }
  if (rows.size() < 4) return {};  // a fit that logged no more has no course to show
  const std::string label = label_of(runs, run);
  Numbers losses{{{"start"}, {"step", true}, {"loss", true}}, {}};
  for (const std::size_t n : thinned(trace.rows(), 3 * kMostPoints)) {
    losses.rows.push_back({std::string(trace.cell(n, *start)), std::string(trace.cell(n, *done)),
                           number(trace.number(n, *loss))});
  }
  std::vector<std::size_t> columns;
  for (std::size_t n = *loss + 1; n < trace.columns(); ++n) columns.push_back(n);
  std::ranges::sort(columns, {},
                    [&](std::size_t n) { return std::pair(-std::abs(trace.number(rows.back(), n)), n); });
  const std::size_t all = columns.size();
  columns.resize(std::min(columns.size(), kMostLines));
  Numbers values{{{"parameter"}, {"step", true}, {"value", true}}, {}};
  for (const std::size_t column : columns) {
    for (const std::size_t n : thinned(rows.size(), kMostPoints)) {
      values.rows.push_back({plain_term(trace.header()[column]), std::string(trace.cell(rows[n], *done)),
                             number(trace.number(rows[n], column))});
    }
  }
  std::string html = to_html({fmt::format("loss-{}", run.index), label + "Loss along the fit",
                              "A fit that has ended runs level at its end; each line is one start.",
                              "Loss against steps of the fit.", with_tooltips(kLoss, losses), losses});
  if (values.rows.empty()) return html;
  return html + to_html({fmt::format("parameters-along-{}", run.index), label + "Parameters along the fit",
                         fmt::format("Lines that still move at the end have not settled.{}",
                                     columns.size() < all ? fmt::format(" The {} largest of {} are drawn.",
                                                                        columns.size(), all)
                                                          : std::string()),
                         "Parameters against steps of the fit.", with_tooltips(kParameters, values), values});
}

}  // namespace

std::string path(Runs runs) {
  std::vector<std::string> parts;
  for (const Run& run : runs) {
    std::string part = selection_figure(runs, run) + trace_figures(runs, run);
    if (!part.empty()) parts.push_back(of_one_run(runs, run, part));
  }
  return section("path", "How it was found", side_by_side(parts));
}

}  // namespace synfer::report
