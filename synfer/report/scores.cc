// How well the rule predicts: percent deviance explained by null, session by session, and gains over rivals
// on held-out choices. What is in sample says so.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostSessions = 60;  // dots a line

constexpr const char* kDeviance = R"json({
  "facet": {"row": {"field": "sample", "type": "nominal", "sort": null, "title": null,
                    "header": {"orient": "top", "labelAnchor": "start"}}},
  "usermeta": {"width": 640, "margin": 190},
  "spec": {
    "height": {"step": 30},
    "encoding": {"y": {"field": "null", "type": "nominal", "sort": null, "title": null, "axis": {"grid": true}},
                 "x": {"field": "percent deviance", "type": "quantitative",
                       "title": "percent of the null's deviance explained", "axis": {"tickCount": 10},
                       "scale": {"clamp": true, "domainMax": 100}}},
    "layer": [
      {"mark": {"type": "rule", "strokeDash": [4, 3], "strokeOpacity": 0.7}, "encoding": {"x": {"datum": 0}, "y": null}},
      {"transform": [{"filter": "datum.session != 'median'"}],
       "mark": {"type": "point", "size": 40, "opacity": 0.45}, "encoding": {"description": {"field": "session"}}},
      {"transform": [{"filter": "datum.session == 'median'"}],
       "mark": {"type": "tick", "thickness": 3, "size": 20}, "encoding": {"description": {"field": "session"}}}
    ]
  },
  "resolve": {"scale": {"y": "independent"}}
})json";

constexpr const char* kGains = R"json({
  "height": {"step": 32}, "usermeta": {"width": 760},
  "transform": [{"calculate": "datum.gain - datum['s.e.']", "as": "from"},
                {"calculate": "datum.gain + datum['s.e.']", "as": "to"}],
  "encoding": {"y": {"field": "rival", "type": "nominal", "sort": null, "title": null, "axis": {"grid": true}}},
  "layer": [
    {"mark": {"type": "rule", "strokeDash": [4, 3], "strokeOpacity": 0.7}, "encoding": {"x": {"datum": 0}, "y": null}},
    {"mark": {"type": "rule", "strokeWidth": 2.5, "color": "var(--mark)"},
     "encoding": {"x": {"field": "from", "type": "quantitative", "title": "gain of the fit, nats a choice", "axis": {"tickCount": 6}}, "x2": {"field": "to"}}},
    {"mark": {"type": "point", "size": 75}, "encoding": {"x": {"field": "gain", "type": "quantitative"}}}
  ]
})json";

// Where the scores of a result are, and what they are called.
struct Sample {
  std::string name;
  const Json& scores;
};

std::vector<Sample> samples_of(const Json& result) {
  std::vector<Sample> samples;
  if (!result.contains("evaluation")) return samples;
  const Json& found = result.at("evaluation");
  const auto add = [&](const Json& scores, const char* otherwise) {
    samples.push_back({scores.value("sample", std::string(otherwise)), scores});
  };
  if (found.contains("percent_deviance")) add(found, "fresh simulated sessions");
  if (found.contains("in_sample")) add(found.at("in_sample"), "in sample");
  if (found.contains("held_out")) add(found.at("held_out"), "held out");
  return samples;
}

// A session that the model could not predict is lost, not missing.
bool is_lost(const Json& scores, std::size_t session) {
  const Json lost = scores.value("lost", Json::array());
  return std::ranges::find(lost, Json(session)) != lost.end();
}

std::string median_of(const Json& scores) {
  const std::string median = number(number_at(scores, "median"));
  return median.empty() && scores.contains("lost") ? "-inf" : median;
}

void add_scores(Runs runs, const Run& run, const std::string& sample, const Json& by_null, Numbers& numbers) {
  for (const auto& [null, scores] : by_null.items()) {
    add_row(runs, run, numbers, {sample, null, "median", median_of(scores)});
    const Json& sessions = scores.at("sessions");
    const std::size_t count = std::min(sessions.size(), kMostSessions);
    for (std::size_t n = 0; n < count; ++n) {
      const std::size_t s = n * sessions.size() / count;
      constexpr double kLost = -std::numeric_limits<double>::infinity();
      constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
      const double percent = sessions[s].is_number() ? sessions[s].get<double>()
                             : is_lost(scores, s)    ? kLost
                                                     : kNone;
      add_row(runs, run, numbers, {sample, null, fmt::format("{}", s + 1), number(percent)});
    }
  }
}

std::string deviance_figure(Runs runs) {
  Numbers numbers{{{"sample"}, {"null"}, {"session"}, {"percent deviance", true}}, {}};
  name_runs(runs, numbers);
  double lowest = 0.0;
  bool lost = false;
  for (const Run& run : runs) {
    for (const Sample& sample : samples_of(run.files.result)) {
      if (!sample.scores.contains("percent_deviance")) continue;
      const std::string prediction = sample.scores.value("prediction", std::string());
      const std::string title = fmt::format("{}, {}", sample.name, prediction);
      add_scores(runs, run, title, sample.scores.at("percent_deviance"), numbers);
      if (sample.scores.contains("percent_deviance_of_true_rule")) {
        add_scores(runs, run, title + ": the true rule", sample.scores.at("percent_deviance_of_true_rule"),
                   numbers);
      }
      if (sample.scores.contains("percent_deviance_open_loop")) {
        add_scores(runs, run, sample.name + ", open loop", sample.scores.at("percent_deviance_open_loop"),
                   numbers);
      }
    }
  }
  if (numbers.rows.empty()) return {};
  for (const auto& row : numbers.rows) {
    lost = lost || row.back() == "-inf";
    if (!row.back().empty() && row.back() != "-inf") lowest = std::min(lowest, std::stod(row.back()));
  }
  Json json = Json::parse(kDeviance);
  const double floor = std::max(-100.0, std::floor(lowest / 10) * 10);
  json["spec"]["encoding"]["x"]["scale"]["domainMin"] = floor;
  std::vector<std::string> samples;
  for (const auto& row : numbers.rows) {
    const std::string& sample = row[runs.size() > 1 ? 1 : 0];
    if (std::ranges::find(samples, sample) == samples.end()) samples.push_back(sample);
  }
  json["facet"]["row"]["sort"] = samples;
  if (runs.size() > 1) {
    tell_runs_apart(runs, numbers, json["spec"]["encoding"]);
    json["spec"]["height"] = {{"step", 18}};
    json["spec"]["layer"][2]["mark"]["size"] = 14;
    json["spec"]["layer"][0]["encoding"].update({{"yOffset", nullptr}, {"color", nullptr}});
  }
  return to_html(
      {"deviance", "Percent deviance explained, by null",
       fmt::format(
           "Each dot is a session, each bar their median; 0 is as good as the null named at the "
           "left, 100 is perfect, and below 0 the null predicts better{}. The null matters: "
           "coin_flip is easily beaten; own_rate knows each session's own share of choices; "
           "without_plasticity is the same network whose weights never change.",
           (lowest < floor ? "; lower values are drawn at the edge" : "") +
               std::string(lost ? "; sessions in which its weights overflow are lost: -inf in the table"
                                : "")),
       "Dots of percent deviance explained for each session and null.", with_tooltips(json.dump(), numbers),
       numbers});
}

std::string gains_figure(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("cross_validation")) return {};
  const Json& found = result.at("cross_validation");
  Numbers numbers{{{"rival"},
                   {"gain", true},
                   {"s.e.", true},
                   {"nats of the fit", true},
                   {"nats of the rival", true},
                   {"% deviance (median)", true},
                   {"sessions better", true},
                   {"sessions", true}},
                  {}};
  bool some_lost = false;
  for (const Json& one : found.at("comparisons")) {
    const std::string fold = one.value("fold", std::string());
    const bool lost = one.value("lost_by_fit", 0) > 0;
    const bool won = one.value("lost_by_null", 0) > 0;
    some_lost = some_lost || lost || won;
    const char* gain = lost && won ? "" : lost ? "-inf" : "inf";
    numbers.rows.push_back({one.value("null", std::string()) + (fold.empty() ? "" : ", " + fold),
                            lost || won ? gain : number(number_at(one, "gain")),
                            number(number_at(one, "gain_standard_error")),
                            lost ? "inf" : number(number_at(one, "nats_of_fit")),
                            won ? "inf" : number(number_at(one, "nats_of_null")),
                            number(number_at(one, "percent_deviance_median")),
                            number(number_at(one, "above_zero")), number(number_at(one, "sessions"))});
  }
  if (numbers.rows.empty()) return {};
  const std::string scheme = found.value("scheme", std::string());
  const std::string how =
      scheme == "forward" ? "later trials of every session" : "animals that the fit never saw";
  return to_html(
      {fmt::format("gains-{}", run.index),
       fmt::format("{}Held-out choices: the rule against its rivals", label_of(runs, run)),
       fmt::format("Scored on {} ({}). Right of 0 the fitted rule predicted better than the rival, left of "
                   "it worse; bars are one standard error, over animals: a gain smaller than twice its bar "
                   "may be chance. own_rate is an oracle that knows the scored choices.{}",
                   how, found.value("prediction", std::string()),
                   some_lost
                       ? " Where a model's weights overflow in a session it has lost it, and no gain is "
                         "drawn: inf in the table."
                       : ""),
       "Dots of the gain in nats a choice over each rival, with standard errors.",
       with_tooltips(kGains, numbers), numbers});
}

std::string recovery_table(Runs runs, const Run& run) {
  const Json& result = run.files.result;
  if (!result.contains("evaluation") || !result.at("evaluation").contains("r2_weights")) return {};
  Numbers numbers{{{"R² on fresh simulated sessions"}, {"median", true}, {"lowest", true}, {"highest", true}},
                  {}};
  for (const auto& [key, name] : {std::pair("r2_weights", "weights"), std::pair("r2_activity", "activity")}) {
    if (!result.at("evaluation").contains(key)) continue;
    std::vector<double> sessions;
    for (const Json& one : result.at("evaluation").at(key).at("sessions")) {
      if (one.is_number()) sessions.push_back(one.get<double>());
    }
    if (sessions.empty()) continue;
    const auto [low, high] = std::ranges::minmax(sessions);
    numbers.rows.push_back(
        {name, number(number_at(result.at("evaluation").at(key), "median")), number(low), number(high)});
  }
  if (numbers.rows.empty()) return {};
  return "<h3>" + escaped(label_of(runs, run)) +
         "Replayed beside the true rule</h3>\n<p class=\"quiet\">Both rules replay sessions that the fit "
         "never saw, on the stimuli that the animal saw; 1 means that weights, or activities, are the "
         "same.</p>\n" +
         to_html(numbers, fmt::format("recovery-{}", run.index),
                 label_of(runs, run) + "R² of weights and activities");
}

}  // namespace

std::string scores(Runs runs) {
  std::vector<std::string> gains;
  std::vector<std::string> recovered;
  for (const Run& run : runs) {
    std::string figure = of_one_run(runs, run, gains_figure(runs, run));
    if (!figure.empty()) gains.push_back(std::move(figure));
    std::string table = of_one_run(runs, run, recovery_table(runs, run));
    if (!table.empty()) recovered.push_back(std::move(table));
  }
  std::string content = side_by_side(gains) + deviance_figure(runs) + side_by_side(recovered);
  if (!content.empty()) {
    content.insert(
        0,
        "<p class=\"quiet\">Nats, deviance, open loop, held out: <a href=\"#words\">what these words "
        "mean</a>.</p>\n");
  }
  return section("prediction", "How well it predicts", content);
}

}  // namespace synfer::report
