// The rule as an equation, and its coefficients with their intervals: dots and whiskers.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr int kMostDots = 25;                      // a longer list is no picture
constexpr std::string_view kHistory = "history.";  // before the name of a covariate
constexpr std::string_view kRate = " rate";        // after that of its rate

// One row an estimate; the largest first, so that a long list can be cut.
constexpr const char* kWhiskers = R"json({
  "transform": [{"window": [{"op": "row_number", "as": "place"}], "groupby": []},
                {"filter": ""}],
  "height": {"step": 26},
  "encoding": {"y": {"type": "nominal", "sort": null, "title": null,
                     "axis": {"grid": true, "labelFontSize": 14, "labelFontStyle": "italic"}}},
  "layer": [
    {"mark": {"type": "rule", "strokeDash": [4, 3], "strokeOpacity": 0.7},
     "encoding": {"x": {"datum": 0}, "y": null}},
    {"mark": {"type": "rule", "strokeWidth": 2.5, "color": "var(--mark)"},
     "encoding": {"x": {"field": "low", "type": "quantitative", "axis": {"tickCount": 10}}, "x2": {"field": "high"}}},
    {"mark": {"type": "point", "size": 75},
     "encoding": {"x": {"field": "estimate", "type": "quantitative"}}}
  ]
})json";

constexpr const char* kTruthLayer = R"json({
  "mark": {"type": "tick", "thickness": 3, "size": 18},
  "encoding": {"x": {"field": "true value", "type": "quantitative"}, "color": {"value": "currentColor"}}
})json";

Json whiskers(Runs runs, const Numbers& numbers, const std::string& name, const Json& title, bool truth) {
  Json json = Json::parse(kWhiskers);
  if (runs.size() > 1) json["transform"][0]["groupby"] = {"run"};
  json["transform"][1]["filter"] = fmt::format("datum.place <= {}", kMostDots);
  json["encoding"]["y"]["field"] = name;
  json["layer"][1]["encoding"]["x"]["title"] = title;
  if (truth) json["layer"].push_back(Json::parse(kTruthLayer));
  if (runs.size() > 1) {
    json["height"]["step"] = 14 * runs.size() + 8;
    json["height"]["for"] = "position";
    tell_runs_apart(runs, numbers, json["encoding"]);
    json["layer"][1]["mark"].erase("color");
    json["layer"][0]["encoding"].update({{"yOffset", nullptr}, {"color", nullptr}});
  }
  return json;
}

// By what terms do to choices, which is the same in any unit; where that is not known, in the order of the
// rule.
std::vector<Json> largest_first(const Json& list) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t n = 0; n < list.size(); ++n) order.emplace_back(-list[n].value("effect", 0.0), n);
  std::ranges::sort(order);
  std::vector<Json> sorted;
  for (const auto& [effect, n] : order) sorted.push_back(list[n]);
  return sorted;
}

const Json& terms_of(const Json& result) {
  static const Json kNone = Json::array();
  const Json& rule = result.at("rule");
  return rule.contains("terms") ? rule.at("terms") : kNone;
}

std::vector<std::string> cells_of(const Json& estimate, const std::string& name) {
  const auto end = [&](std::size_t n) {
    return estimate.contains("interval") && estimate.at("interval")[n].is_number()
               ? number(estimate.at("interval")[n].get<double>())
               : std::string();
  };
  return {name,   number(number_at(estimate, "estimate")),       end(0),
          end(1), number(number_at(estimate, "standard_error")), estimate.value("status", std::string())};
}

Numbers empty_table(Runs runs, const std::string& name) {
  Numbers numbers{{{name}, {"estimate", true}, {"low", true}, {"high", true}, {"s.e.", true}, {"status"}},
                  {}};
  name_runs(runs, numbers);
  return numbers;
}

// Of several runs some may have none.
std::string intervals_of(Runs runs) {
  const auto has_none = [](const Run& run) {
    return run.files.result.at("intervals").value("method", std::string("none")) == "none";
  };
  const auto with = std::ranges::find_if_not(runs, has_none);
  if (with == runs.end()) return "No intervals were computed.";
  return fmt::format(
      "Bars are {:.4g} % intervals; one that crosses the dashed line at 0 leaves open whether the term "
      "acts at all.{}",
      100 * number_at(with->files.result.at("intervals"), "level"),
      std::ranges::any_of(runs, has_none) ? " A dot without a bar has none computed." : "");
}

std::string terms_figure(Runs runs) {
  Numbers numbers = empty_table(runs, "term");
  const bool any_truth =
      std::ranges::any_of(runs, [](const Run& run) { return !truth_of(run.files.result).empty(); });
  if (any_truth) numbers.columns.push_back({"true value", true});
  std::string alt;
  for (const Run& run : runs) {
    if (terms_of(run.files.result).empty()) continue;
    std::map<std::string, double> truth = truth_of(run.files.result);
    for (const Json& e : largest_first(terms_of(run.files.result))) {
      const std::string term = e.value("term", std::string());
      std::vector<std::string> cells = cells_of(e, plain_term(term));
      if (any_truth) cells.push_back(number(truth.empty() ? NAN : truth[term]));
      truth.erase(term);
      if (alt.size() < 300) alt += fmt::format("{}{}: {}", alt.empty() ? "" : "; ", cells[0], cells[1]);
      add_row(runs, run, numbers, std::move(cells));
    }
    for (const auto& [term, value] : truth) {
      add_row(runs, run, numbers, {plain_term(term), "", "", "", "", "not in the rule", number(value)});
    }
  }
  if (numbers.rows.empty()) return {};
  return to_html(
      {"terms", "Coefficients of the rule's terms",
       "Each dot is the estimate of one coefficient of g. " + intervals_of(runs) +
           (any_truth ? " Upright ticks: the true rule that was simulated." : "") +
           (numbers.rows.size() > kMostDots ? fmt::format(" The {} largest are drawn.", kMostDots) : ""),
       "Dot-and-whisker plot of coefficients. " + alt,
       with_tooltips(whiskers(runs, numbers, "term", "coefficient, in units of Δw/η", any_truth).dump(),
                     numbers),
       numbers});
}

// Estimates beside the rule: what of a list elsewhere in the result is drawn, and how.
struct Others {
  std::string id, title, how_to_read;
  Json axis_title;
  const char *part, *list;
  std::function<bool(const std::string& name)> hold = [](const std::string&) { return true; };
  bool rates = false;  // between 0 and 1, with nothing special at 0
};

std::string short_name(std::string name, const Others& others) {
  if (name.starts_with(kHistory)) name.erase(0, kHistory.size());
  if (others.rates) name.erase(name.size() - kRate.size());
  return name;
}

std::string figure_of(Runs runs, const Others& others) {
  Numbers numbers = empty_table(runs, "parameter");
  for (const Run& run : runs) {
    const Json& result = run.files.result;
    if (!result.contains(others.part) || !result[others.part].contains(others.list)) continue;
    for (const Json& e : result[others.part][others.list]) {
      const auto name = e.value("name", std::string());
      if (others.hold(name)) add_row(runs, run, numbers, cells_of(e, short_name(name, others)));
    }
  }
  if (numbers.rows.empty()) return {};
  Json json = whiskers(runs, numbers, "parameter", others.axis_title, false);
  if (others.rates) {
    json["layer"][1]["encoding"]["x"]["scale"]["domain"] = {0, 1};
    json["layer"].erase(0);
  }
  return to_html({others.id, others.title, others.how_to_read, "Dot-and-whisker plot: " + others.title + ".",
                  with_tooltips(json.dump(), numbers), numbers});
}

// What a polynomial is worth in the place of an MLP.
void add_scores(Runs runs, const Run& run, const std::string& name, const Json& polynomial,
                Numbers& numbers) {
  const auto row = [&](const std::string& sessions, const Json& scores, const Json& r2) {
    const double nats = number_at(scores, "nats_lost");
    const double choices = number_at(scores, "choices");
    const bool scored = choices > 0;
    add_row(runs, run, numbers,
            {name, sessions, scored ? number(nats) : "", number(number_at(scores, "standard_error")),
             scored ? number(number_at(scores, "nats_by_chance")) : "", scored ? number(nats / choices) : "",
             number(number_at(r2, "median"))});
  };
  for (const Json& scores : polynomial.value("scores", Json::array()))
    row(scores.value("sample", std::string()), scores, scores.at("r2_weights"));
  if (polynomial.contains("r2_weights_of_true_rule"))
    row("fresh, against the true rule", Json::object(), polynomial.at("r2_weights_of_true_rule"));
}

// An MLP has no terms; where a polynomial describes it, it is read as one, and where terms do as well for the
// choices, they are told.
std::string reading_of(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("reading")) return {};
  const Json& reading = result.at("reading");
  const auto rule = [](const Json& polynomial) {
    return fmt::format("<span class=\"equation\">{}</span>",
                       escaped(short_rule(polynomial.value("rule", std::string()))));
  };
  std::string html = fmt::format(
      "<p>Read as a polynomial: {}, which describes {:.1f} % of the variance of <i>g</i> where the data "
      "went{}.{}</p>\n",
      rule(reading), 100 * number_at(reading, "r2"),
      reading.value("is_a_polynomial", true) ? "" : ": too little to stand for the rule",
      reading.value("explains", true) ? "" : " It does not explain the choices as the network does.");
  Numbers numbers{{{"polynomial"},
                   {"sessions"},
                   {"nats lost", true},
                   {"s.e.", true},
                   {"by chance", true},
                   {"a choice", true},
                   {"R2 of weights", true}},
                  {}};
  name_runs(runs, numbers);
  add_scores(runs, run, "of g", reading, numbers);
  if (reading.contains("of_choices")) {
    html += fmt::format("<p>Terms selected on the choices themselves, without the network: {}.</p>\n",
                        rule(reading.at("of_choices")));
    add_scores(runs, run, "of the choices", reading.at("of_choices"), numbers);
  }
  if (numbers.rows.empty()) return html;
  return html +
         "<p class=\"quiet\">Each in the place of the network, in the replay of the sessions: nats by which "
         "it predicts the choices worse (below 0: better), of these what the network gains by chance on "
         "choices "
         "that it was fitted to, and how far its weights follow those of the network.</p>\n" +
         to_html(numbers, fmt::format("reading-{}", run.index),
                 label_of(runs, run) + "The network as a polynomial");
}

std::string parameters_table(Runs runs, const Run& run) {
  const Json& rule = run.files.result.at("rule");
  if (!rule.contains("parameters")) return {};
  Numbers numbers{{{"parameter"}, {"estimate", true}}, {}};
  for (const Json& e : rule.at("parameters")) {
    numbers.rows.push_back({e.value("name", std::string()), number(number_at(e, "estimate"))});
  }
  return "<details><summary>Parameters of the network that is the rule</summary>\n" +
         to_html(numbers, fmt::format("parameters-{}", run.index),
                 label_of(runs, run) + "Parameters of the network that is the rule") +
         "</details>\n";
}

}  // namespace

std::string equation(const Json& result) {
  const std::string left = "<i>Δw</i> = <i>η</i> · ";
  if (result.at("rule").value("kind", std::string()) == "mlp") {
    return left + "<i>g</i>(" + "<i>x, y, w, r</i>), a small neural network";
  }
  std::string terms;
  std::size_t count = 0;
  const std::vector<Json> sorted = largest_first(terms_of(result));
  for (const Json& e : sorted) {
    const double value = number_at(e, "estimate");
    const std::string term = e.value("term", std::string());
    if (value == 0) continue;
    if (++count > 8) {
      terms += fmt::format(" + {} terms of less effect", sorted.size() - 8);
      break;
    }
    terms += count == 1 ? (value < 0 ? "−" : "") : (value < 0 ? " − " : " + ");
    terms += rounded(std::abs(value), number_at(e, "standard_error"));
    if (term != "1") terms += fmt::format(" {}", html_term(term));
  }
  if (count == 0) return left + "0";
  return left + (count == 1 ? terms : "( " + terms + " )");
}

std::string estimates(Runs runs) {
  std::string html;
  for (const Run& run : runs) {
    html += of_one_run(runs, run,
                       fmt::format("<p class=\"equation\">{}{}</p>\n{}", escaped(label_of(runs, run)),
                                   equation(run.files.result), reading_of(runs, run)));
  }
  std::set<std::string> reward_terms;
  for (const Run& run : runs) reward_terms.insert(reward_term(run.files.result));
  html += fmt::format(
      "<p class=\"quiet\">A synapse changes by this much after a rewarded or unrewarded choice (or after "
      "each step of neural data): <i>x</i> is the presynaptic activity, <i>y</i> the postsynaptic activity, "
      "<i>w</i> the weight before the change, <i>r</i> the {}; <i>η</i> is the rate, 1/inputs unless "
      "set.</p>\n",
      escaped(reward_terms.size() == 1 ? *reward_terms.begin()
                                       : "reward, in some of these runs minus that expected"));
  html += terms_figure(runs);
  html += figure_of(
      runs,
      {.id = "sds",
       .title = "Estimated beside the rule",
       .how_to_read = "Standard deviations that the data set: of the stimulus noise, of the weights' random "
                      "walk, of the initial weights.",
       .axis_title = "standard deviation",
       .part = "fit",
       .list = "others"});
  html += figure_of(
      runs, {.id = "history",
             .title = "History covariates",
             .how_to_read =
                 "What, besides the weights, moved choices: each covariate times its coefficient is added "
                 "to the log odds (logit) of taking an offer. At 0 it does nothing. Covariates learn "
                 "nothing and stand for all that is not plasticity.",
             .axis_title = {"log odds of taking an offer", "a unit of the covariate"},
             .part = "history",
             .list = "covariates",
             .hold = [](const std::string& name) { return !name.ends_with(kRate); }});
  html += figure_of(
      runs,
      {.id = "history-rates",
       .title = "How far back the covariates look",
       .how_to_read = "A covariate that is a running average moves by this share of the way at each choice "
                      "that changes it: at 0.1 it looks back over about 10 such choices, at 1 over the last "
                      "one alone.",
       .axis_title = {"rate: share of the way", "at each choice, 0 to 1"},
       .part = "history",
       .list = "covariates",
       .hold = [](const std::string& name) { return name.ends_with(kRate); },
       .rates = true});
  for (const Run& run : runs) html += parameters_table(runs, run);
  return section("rule", "The rule", html);
}

}  // namespace synfer::report
