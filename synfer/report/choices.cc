// What the model predicted and what the animal chose, and the weights behind it, over trials. From
// trajectories.csv, whose offers are averaged over groups of trials: single choices are yes or no.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr std::size_t kMostSessions = 12;
constexpr int kMostGroups = 40;     // of trials, a session
constexpr int kSmallestGroup = 10;  // trials

constexpr const char* kChoices = R"json({
  "facet": {"field": "session", "type": "nominal", "sort": null, "title": null},
  "columns": 2, "usermeta": {"width": 520},
  "spec": {
    "height": 150,
    "encoding": {"x": {"field": "trial", "type": "quantitative", "title": "trial", "scale": {"nice": false, "zero": false}}},
    "layer": [
      {"transform": [{"aggregate": [{"op": "min", "field": "trial", "as": "start"}], "groupby": ["session", "block"]},
                     {"window": [{"op": "row_number", "as": "place"}], "groupby": ["session"], "sort": [{"field": "start"}]},
                     {"filter": "datum.place > 1"}],
       "mark": {"type": "rule", "strokeDash": [2, 3], "strokeOpacity": 0.6},
       "encoding": {"x": {"field": "start", "type": "quantitative"}, "tooltip": {"field": "block", "title": "block"}}},
      {"mark": {"type": "line", "strokeWidth": 2, "clip": true},
       "encoding": {"y": {"field": "predicted", "type": "quantitative", "title": "share chosen",
                          "scale": {"domain": [0, 1.12], "nice": false}, "axis": {"values": [0, 0.25, 0.5, 0.75, 1]}},
                    "stroke": {"field": "stimulus", "type": "nominal", "sort": null}}},
      {"mark": {"type": "point", "size": 34},
       "encoding": {"y": {"field": "chosen", "type": "quantitative"},
                    "fill": {"field": "stimulus", "type": "nominal", "sort": null}}},
      {"transform": [{"filter": "datum.rewards > 0"}],
       "mark": {"type": "tick", "orient": "vertical", "thickness": 2, "size": 8},
       "encoding": {"y": {"datum": 1.08}, "stroke": {"field": "stimulus", "type": "nominal", "sort": null},
                    "opacity": {"field": "rewards an offer", "type": "quantitative", "legend": null,
                                "scale": {"domain": [0, 1], "range": [0.2, 1], "clamp": true}}}}
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
                    "fill": {"field": "stimulus", "type": "nominal", "sort": null}}},
      {"mark": {"type": "line", "strokeWidth": 2, "point": {"size": 14, "fill": null}},
       "encoding": {"y": {"field": "weight", "type": "quantitative"},
                    "stroke": {"field": "stimulus", "type": "nominal", "sort": null}}}
    ]
  },
  "resolve": {"scale": {"x": "independent"}}
})json";

// A stimulus in a group of trials.
struct Group {
  std::string session, block, stimulus;
  double trials = 0.0, offers = 0.0, chosen = 0.0, predicted = 0.0, rewards = 0.0, weight = 0.0, sd = 0.0;
};

struct Grouped {
  std::vector<Group> groups;
  std::size_t sessions = 0;  // in the table
  std::string left_out;      // of two stimuli of which one is always chosen, the one not drawn
  bool believed = false;     // whether weights have an sd
};

struct Places {
  std::size_t animal, session, step, trial, block, stimulus, probability, chosen, reward, weight, sd;
};

std::optional<Places> places_of(const Table& table) {
  std::vector<std::size_t> at;
  for (const char* name : {"animal", "session", "step", "trial", "block", "stimulus", "probability", "chosen",
                           "reward", "weight", "weight_sd"}) {
    const auto place = table.find(name);
    if (!place) return std::nullopt;
    at.push_back(*place);
  }
  return Places{at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7], at[8], at[9], at[10]};
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

Grouped grouped(const Table& table, const Places& p) {
  Grouped found;
  found.left_out = mirror_image(table, p);
  std::map<std::string, int> trials;  // the last of each session
  for (std::size_t n = 0; n < table.rows(); ++n) trials[session_at(table, p, n)] = table.whole(n, p.trial);
  found.sessions = trials.size();
  std::vector<std::string> shown;
  std::map<std::string, std::size_t> at;  // by session, block, group and stimulus
  std::string block;
  int block_start = 0;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    const std::string session = session_at(table, p, n);
    const int trial = table.whole(n, p.trial);
    const std::string here(table.cell(n, p.block));
    if (shown.empty() || session != shown.back()) {
      if (shown.size() == kMostSessions) break;
      shown.push_back(session);
      block.clear();
    }
    if (here != block || block.empty()) {
      block = here;
      block_start = trial;
    }
    if (!found.left_out.empty() && table.cell(n, p.stimulus) == found.left_out) continue;
    const int size = std::max(kSmallestGroup, (trials[session] + kMostGroups - 1) / kMostGroups);
    const std::string stimulus(table.cell(n, p.stimulus));
    const std::string key =
        fmt::format("{}\n{}\n{}\n{}", session, block_start, (trial - block_start) / size, stimulus);
    const auto [place, is_new] = at.try_emplace(key, found.groups.size());
    if (is_new) found.groups.push_back({session, here, stimulus});
    Group& group = found.groups[place->second];
    const double probability = table.number(n, p.probability);
    group.trials += trial;
    group.offers += 1;
    group.predicted += probability;
    group.chosen += table.cell(n, p.chosen).empty() ? NAN : table.number(n, p.chosen);
    const double reward = table.number(n, p.reward);
    if (reward > 0 && table.cell(n, p.chosen) == "1") group.rewards += reward;
    group.weight += table.number(n, p.weight);
    group.sd += table.number(n, p.sd);
    found.believed = found.believed || !table.empty(n, p.sd);
  }
  return found;
}

std::vector<std::string> begin_of(const Group& g) {
  return {g.session, fmt::format("{:.1f}", g.trials / g.offers), g.stimulus};
}

std::string of_run(Runs runs, const Run& run) {
  const auto& table = run.files.trajectories;
  const auto places = table ? places_of(*table) : std::nullopt;
  if (!places || table->rows() == 0) return {};
  const Grouped found = grouped(*table, *places);
  Numbers choice{{{"session"},
                  {"trial", true},
                  {"stimulus"},
                  {"block"},
                  {"offers", true},
                  {"chosen", true},
                  {"predicted", true},
                  {"rewards", true},
                  {"rewards an offer", true}},
                 {}};
  Numbers weights{
      {{"session"}, {"trial", true}, {"stimulus"}, {"weight", true}, {"low", true}, {"high", true}}, {}};
  bool any_choice = false;
  for (const Group& g : found.groups) {
    std::vector<std::string> cells = begin_of(g);
    const auto mean = [&](double sum) { return fmt::format("{:.3f}", sum / g.offers); };
    const double half = 1.96 * g.sd / g.offers;
    const double w = g.weight / g.offers;
    std::vector<std::string> weight = cells;
    weight.insert(weight.end(), {number(w), number(w - half), number(w + half)});
    if (std::isfinite(w)) weights.rows.push_back(std::move(weight));
    if (!std::isfinite(g.chosen)) continue;
    any_choice = true;
    cells.insert(cells.end(),
                 {g.block, number(g.offers), mean(g.chosen),
                  std::isfinite(g.predicted) ? mean(g.predicted) : "", number(g.rewards), mean(g.rewards)});
    choice.rows.push_back(std::move(cells));
  }
  const std::string label = label_of(runs, run);
  const std::size_t shown = std::min(found.sessions, kMostSessions);
  const std::string which =
      shown < found.sessions
          ? fmt::format(" The first {} of {} sessions in trajectories.csv.", shown, found.sessions)
          : std::string();
  const std::string one = found.left_out.empty()
                              ? std::string()
                              : fmt::format(" The share of {} is the rest to 1.", found.left_out);
  std::string html;
  if (any_choice) {
    html += to_html({fmt::format("choices-{}", run.index), label + "Choices predicted and made",
                     "Dots are the share of offers that the animal chose in a group of trials, lines what "
                     "the fitted rule predicted "
                     "for the same offers: they should run together, also where the animal changes its mind. "
                     "Ticks on top are "
                     "rewards, the darker the more; dotted lines separate blocks." +
                         one + which,
                     fmt::format("Shares of choices predicted and made over trials, for {} sessions.", shown),
                     with_tooltips(kChoices, choice), choice});
  }
  if (!weights.rows.empty()) {
    html += to_html(
        {fmt::format("weights-{}", run.index), label + "Weights over trials",
         fmt::format("Mean weight from the inputs of each stimulus when it was offered, under the fitted "
                     "rule{}. A weight that "
                     "grows makes its stimulus more attractive.",
                     found.believed
                         ? ": the filter's belief, given the choices before, with the 95 % of it as a band"
                         : "") +
             which,
         fmt::format("Weights of each stimulus over trials, for {} sessions.", shown),
         with_tooltips(kWeights, weights), weights});
  }
  return html;
}

}  // namespace

std::string choices(Runs runs) {
  std::vector<std::string> figures;
  for (const Run& run : runs) {
    std::string figure = of_run(runs, run);
    if (!figure.empty()) figures.push_back("<div>" + std::move(figure) + "</div>\n");
  }
  return section("choices", "Animal by animal", side_by_side(figures));
}

}  // namespace synfer::report
