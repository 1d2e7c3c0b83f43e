// What the model predicted and what the animal chose, and the weights behind it, over trials. From
// trajectories.csv, whose offers are averaged over groups of trials: single choices are yes or no.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "synfer/data/reward_values.h"
#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr int kMostGroups = 40;     // of trials, a session
constexpr int kSmallestGroup = 10;  // trials

constexpr const char* kChoices = R"json({
  "facet": {"field": "session", "type": "nominal", "sort": null, "title": null},
  "columns": 2, "usermeta": {"width": 520},
  "spec": {
    "height": 150,
    "encoding": {"x": {"field": "trial", "type": "quantitative", "title": "trial", "scale": {"nice": false, "zero": false}}},
    "layer": [
      {"transform": [{"filter": "datum.sample == 'held out'"},
                     {"aggregate": [{"op": "min", "field": "first trial", "as": "first"}, {"op": "max", "field": "last trial", "as": "last"}],
                      "groupby": ["session"]},
                     {"calculate": "datum.first - 0.5", "as": "start"}, {"calculate": "datum.last + 0.5", "as": "end"}],
       "mark": {"type": "rect", "color": "currentColor", "opacity": 0.09},
       "encoding": {"x": {"field": "start", "type": "quantitative"}, "x2": {"field": "end"}, "tooltip": {"value": "held out"}}},
      {"transform": [{"aggregate": [{"op": "min", "field": "first trial", "as": "first"}], "groupby": ["session", "block"]},
                     {"calculate": "datum.first - 0.5", "as": "start"},
                     {"window": [{"op": "row_number", "as": "place"}], "groupby": ["session"], "sort": [{"field": "start"}]},
                     {"filter": "datum.place > 1"}],
       "mark": {"type": "rule", "strokeDash": [2, 3], "strokeOpacity": 0.6},
       "encoding": {"x": {"field": "start", "type": "quantitative"}, "tooltip": {"field": "block", "title": "block"}}},
      {"mark": {"type": "line", "strokeWidth": 2, "clip": true},
       "encoding": {"y": {"field": "predicted", "type": "quantitative", "title": "share chosen",
                          "scale": {"domain": [0, 1.12], "nice": false}, "axis": {"values": [0, 0.25, 0.5, 0.75, 1]}},
                    "color": {"field": "stimulus", "type": "nominal", "sort": null, "title": null}}},
      {"mark": {"type": "point", "size": 34},
       "encoding": {"y": {"field": "chosen", "type": "quantitative"},
                    "color": {"field": "stimulus", "type": "nominal", "sort": null, "title": null}}},
      {"transform": [{"filter": "datum.rewards > 0"}],
       "mark": {"type": "tick", "orient": "vertical", "thickness": 2, "size": 8},
       "encoding": {"y": {"datum": 1.08}, "color": {"field": "stimulus", "type": "nominal", "sort": null, "title": null},
                    "opacity": {"field": "rewards an offer", "type": "quantitative", "legend": null,
                                "scale": {"domainMin": 0, "range": [0.2, 1], "clamp": true}}}}
    ]
  },
  "resolve": {"scale": {"x": "independent"}}
})json";

constexpr const char* kWeights = R"json({
  "facet": {"field": "session", "type": "nominal", "sort": null, "title": null},
  "columns": 2, "usermeta": {"width": 520},
  "spec": {
    "height": 130,
    "encoding": {"x": {"field": "trial", "type": "quantitative", "title": "trial", "scale": {"nice": false, "zero": false}}},
    "layer": [
      {"mark": {"type": "area", "opacity": 0.25},
       "encoding": {"y": {"field": "low", "type": "quantitative", "title": "weight"}, "y2": {"field": "high"},
                    "color": {"field": "stimulus", "type": "nominal", "sort": null, "title": null}}},
      {"mark": {"type": "line", "strokeWidth": 2, "point": {"size": 14}},
       "encoding": {"y": {"field": "weight", "type": "quantitative"},
                    "color": {"field": "stimulus", "type": "nominal", "sort": null, "title": null}}}
    ]
  },
  "resolve": {"scale": {"x": "independent"}}
})json";

// A group of trials, from the first to the last.
struct Span {
  int first = 0, last = 0;
};

// A stimulus in a group of trials.
struct Group {
  std::string session, block, stimulus;
  bool held_out = false;
  std::size_t span = 0;
  double trials = 0.0, offers = 0.0, answered = 0.0, chosen = 0.0, predicted = 0.0, rewards = 0.0,
         weight = 0.0, sd = 0.0;
};

struct Grouped {
  std::vector<Group> groups;
  std::vector<Span> spans;
  std::size_t sessions = 0;  // in the table
  std::string mirrored;      // of two stimuli of which one is always chosen, the one whose share is not drawn
  bool believed = false;     // whether weights have an sd
  bool blocks = false;       // whether there are several
  bool fitted = false;       // whether the fit saw any of it
  bool held_out = false;     // whether it did not see all
};

struct Places {
  std::size_t animal, session, step, trial, block, stimulus, probability, chosen, reward, weight, sd,
      held_out;
  std::optional<std::size_t> scored;  // whether a choice was free; runs of old have it not
};

std::optional<Places> places_of(const Table& table) {
  std::vector<std::size_t> at;
  for (const char* name : {"animal", "session", "step", "trial", "block", "stimulus", "probability", "chosen",
                           "reward", "weight", "weight_sd", "held_out"}) {
    const auto place = table.find(name);
    if (!place) return std::nullopt;
    at.push_back(*place);
  }
  return Places{at[0],
                at[1],
                at[2],
                at[3],
                at[4],
                at[5],
                at[6],
                at[7],
                at[8],
                at[9],
                at[10],
                at[11],
                table.find("scored")};
}

std::string session_at(const Table& table, const Places& p, std::size_t row) {
  const std::string animal(table.cell(row, p.animal));
  const std::string session(table.cell(row, p.session));
  return animal == session ? session : animal + ", " + session;
}

// Where every step offers the same two stimuli, the share of one is 1 minus that of the other.
std::string mirror_image(const Table& table, const Places& p) {
  std::set<std::string> stimuli;
  std::size_t steps = 0;
  std::string_view step;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    stimuli.emplace(table.cell(n, p.stimulus));
    steps +=
        n == 0 || table.cell(n, p.step) != step || table.cell(n, p.session) != table.cell(n - 1, p.session);
    step = table.cell(n, p.step);
  }
  return stimuli.size() == 2 && table.rows() == 2 * steps ? *stimuli.begin() : std::string();
}

// What choices earned, in all sessions.
RewardValues earned_in(const Table& table, const Places& p) {
  std::set<double> paid;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    if (table.cell(n, p.chosen) == "1" && !table.empty(n, p.reward)) paid.insert(table.number(n, p.reward));
  }
  return values_of(std::move(paid));
}

Grouped grouped(const Table& table, const Places& p, std::size_t most_sessions) {
  Grouped found;
  const RewardValues values = earned_in(table, p);
  found.mirrored = mirror_image(table, p);
  std::map<std::string, int> trials;  // the last of each session
  for (std::size_t n = 0; n < table.rows(); ++n) trials[session_at(table, p, n)] = table.whole(n, p.trial);
  found.sessions = trials.size();
  std::vector<std::string> shown;
  std::map<std::string, std::size_t> span_at;  // by session, block, and place in it
  std::map<std::string, std::size_t> at;       // the same by stimulus
  std::string block;
  int block_start = 0;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    const std::string session = session_at(table, p, n);
    const int trial = table.whole(n, p.trial);
    const std::string here(table.cell(n, p.block));
    if (shown.empty() || session != shown.back()) {
      if (shown.size() == most_sessions) break;
      shown.push_back(session);
      block.clear();
    }
    if (here != block || block.empty()) {
      found.blocks = found.blocks || !block.empty();
      block = here;
      block_start = trial;
    }
    const int size = std::max(kSmallestGroup, (trials[session] + kMostGroups - 1) / kMostGroups);
    const std::string stimulus(table.cell(n, p.stimulus));
    const bool held_out = table.cell(n, p.held_out) == "1";
    (held_out ? found.held_out : found.fitted) = true;
    const std::string key =
        fmt::format("{}\n{}\n{}\n{}", session, block_start, (trial - block_start) / size, held_out);
    const std::size_t span = span_at.try_emplace(key, found.spans.size()).first->second;
    if (span == found.spans.size()) found.spans.push_back({trial, trial});
    found.spans[span].last = trial;
    const auto [place, is_new] = at.try_emplace(fmt::format("{}\n{}", key, stimulus), found.groups.size());
    if (is_new) found.groups.push_back({session, here, stimulus, held_out, span});
    Group& group = found.groups[place->second];
    group.offers += 1;
    group.trials += trial;
    if (!table.empty(n, p.chosen) && (!p.scored || table.cell(n, *p.scored) == "1")) {
      const double chosen = table.number(n, p.chosen);
      const double reward = table.number(n, p.reward);
      group.answered += 1;
      group.chosen += chosen;
      group.predicted += table.number(n, p.probability);
      if (values.is_reward(reward)) group.rewards += chosen * reward;
    }
    group.weight += table.number(n, p.weight);
    group.sd += table.number(n, p.sd);
    found.believed = found.believed || !table.empty(n, p.sd);
  }
  return found;
}

std::vector<std::string> begin_of(const Group& g) {
  return {g.session, fmt::format("{:.1f}", g.trials / g.offers), g.stimulus};
}

// Panels in the order of the sessions, colours in that of the stimuli's names: the same in both figures.
void arrange(const Grouped& found, Json& json) {
  std::vector<std::string> sessions;
  std::set<std::string> stimuli;
  for (const Group& g : found.groups) {
    if (sessions.empty() || sessions.back() != g.session) sessions.push_back(g.session);
    stimuli.insert(g.stimulus);
  }
  json["facet"]["sort"] = sessions;
  json["columns"] = std::min<std::size_t>(sessions.size(), 2);
  if (sessions.size() == 1) json["usermeta"]["width"] = 900;
  for (Json& layer : json["spec"]["layer"]) {
    if (layer["encoding"].contains("color")) layer["encoding"]["color"]["scale"]["domain"] = stimuli;
  }
}

std::string choice_figure(const Run& run, const Grouped& found, const std::string& label,
                          const std::string& which) {
  Numbers numbers{{{"session"},
                   {"trial", true},
                   {"stimulus"},
                   {"block"},
                   {"sample"},
                   {"offers", true},
                   {"chosen", true},
                   {"predicted", true},
                   {"rewards", true},
                   {"rewards an offer", true},
                   {"first trial", true},
                   {"last trial", true}},
                  {}};
  for (const Group& g : found.groups) {
    if (g.answered == 0) continue;
    const auto mean = [&](double sum) {
      return std::isfinite(sum) ? fmt::format("{:.3f}", sum / g.answered) : std::string();
    };
    std::vector<std::string> cells = begin_of(g);
    cells.insert(cells.end(),
                 {g.block, g.held_out ? "held out" : "fitted", number(g.answered), mean(g.chosen),
                  mean(g.predicted), number(g.rewards), mean(g.rewards),
                  fmt::format("{}", found.spans[g.span].first), fmt::format("{}", found.spans[g.span].last)});
    numbers.rows.push_back(std::move(cells));
  }
  if (numbers.rows.empty()) return {};
  Json json = Json::parse(kChoices);
  arrange(found, json);
  std::string reading =
      "Dots are the share of offers that the animal chose in a group of trials, lines what the fitted rule "
      "predicted for the same offers: they should run together, also where the animal changes its mind. ";
  if (found.mirrored.empty()) {
    reading += "Ticks on top are rewards, the darker the more.";
  } else {
    Json& layers = json["spec"]["layer"];
    const Json drawn = {{"filter", {{"not", {{"field", "stimulus"}, {"equal", found.mirrored}}}}}};
    layers[2]["transform"] = Json::array({drawn});
    layers[3]["transform"] = Json::array({drawn});
    layers[2]["encoding"]["y"]["scale"]["domain"] = {-0.12, 1.12};
    const Json mirrored = {{"filter", {{"field", "stimulus"}, {"equal", found.mirrored}}}};
    Json below = layers[4];
    layers[4]["transform"].push_back(drawn);
    below["transform"].push_back(mirrored);
    below["encoding"]["y"]["datum"] = -0.08;
    layers.push_back(below);
    reading += fmt::format(
        "The share of {} is the rest to 1. Ticks are rewards, the darker the more: of {} below, of the other "
        "on top.",
        found.mirrored, found.mirrored);
  }
  if (found.held_out && found.fitted) {
    reading += " Shaded trials were held out of the fit.";
  } else {
    json["spec"]["layer"].erase(0);
  }
  if (found.blocks) reading += " Dotted lines separate blocks.";
  return to_html({fmt::format("choices-{}", run.index), label + "Choices predicted and made", reading + which,
                  "Shares of choices predicted and made over trials, a panel a session.",
                  with_tooltips(json.dump(), numbers), numbers});
}

std::string weight_figure(const Run& run, const Grouped& found, const std::string& label,
                          const std::string& which) {
  Numbers numbers{
      {{"session"}, {"trial", true}, {"stimulus"}, {"weight", true}, {"low", true}, {"high", true}}, {}};
  for (const Group& g : found.groups) {
    const double weight = g.weight / g.offers;
    const double half = 1.96 * g.sd / g.offers;
    if (!std::isfinite(weight)) continue;
    std::vector<std::string> cells = begin_of(g);
    cells.insert(cells.end(), {number(weight), number(weight - half), number(weight + half)});
    numbers.rows.push_back(std::move(cells));
  }
  if (numbers.rows.empty()) return {};
  Json json = Json::parse(kWeights);
  arrange(found, json);
  const std::string belief =
      found.believed ? ", as the filter believes them given the choices before (bands: 95 % of the belief)"
                     : "";
  return to_html(
      {fmt::format("weights-{}", run.index), label + "Weights over trials",
       fmt::format("Mean weight from the inputs that each stimulus drives, when it was offered, under the "
                   "fitted rule{}. A weight that grows makes its stimulus more attractive.{}",
                   belief, which),
       "Weights of each stimulus over trials, a panel a session.", with_tooltips(json.dump(), numbers),
       numbers});
}

std::string of_run(Runs runs, const Run& run) {
  const auto& table = run.files.trajectories;
  const auto places = table ? places_of(*table) : std::nullopt;
  if (!places || table->rows() == 0) return {};
  Grouped found = grouped(*table, *places, run.most_sessions);
  for (Group& g : found.groups) g.stimulus = stimulus_name(run.files.result, g.stimulus);
  found.mirrored = stimulus_name(run.files.result, found.mirrored);
  const std::string which = found.sessions > run.most_sessions
                                ? fmt::format(" The first {} of {} sessions in trajectories.csv.",
                                              run.most_sessions, found.sessions)
                                : std::string();
  const std::string label = label_of(runs, run);
  return choice_figure(run, found, label, which) + weight_figure(run, found, label, which);
}

}  // namespace

std::string choices(Runs runs) {
  std::vector<std::string> figures;
  for (const Run& run : runs) {
    std::string figure = of_one_run(runs, run, of_run(runs, run));
    if (!figure.empty()) figures.push_back(std::move(figure));
  }
  return section("choices", "Animal by animal", side_by_side(figures));
}

}  // namespace synfer::report
