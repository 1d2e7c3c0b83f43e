// Learning curves around block changes: how choices move to the option that has become the better one, and
// how the fitted rule predicts them. From trajectories.csv.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "synfer/report/html_private.h"
#include "synfer/report/sections_private.h"

namespace synfer::report {
namespace {

constexpr int kBefore = 10;  // trials that are drawn
constexpr int kAfter = 20;
constexpr std::size_t kDrawn = kBefore + kAfter;

constexpr const char* kCurve = R"json({
  "height": 230, "usermeta": {"width": 640},
  "encoding": {"x": {"field": "trial", "type": "quantitative", "title": ["trials from the block change", "(0: the first of the new block)"],
                     "scale": {"nice": false, "padding": 8}, "axis": {"tickMinStep": 1, "format": "d"}}},
  "layer": [
    {"mark": {"type": "rule", "strokeDash": [2, 3], "strokeOpacity": 0.7}, "encoding": {"x": {"datum": -0.5}}},
    {"mark": {"type": "area", "color": "currentColor", "opacity": 0.15},
     "encoding": {"y": {"field": "low", "type": "quantitative", "title": "share of offers taken",
                        "scale": {"domain": [0, 1], "clamp": true}},
                  "y2": {"field": "high"}, "description": {"field": "trial"}}},
    {"mark": {"type": "line", "strokeWidth": 2, "strokeDash": [5, 3]},
     "encoding": {"y": {"field": "predicted", "type": "quantitative"}, "color": {"datum": "predicted by the fitted rule"}}},
    {"mark": {"type": "line", "strokeWidth": 1},
     "encoding": {"y": {"field": "chosen", "type": "quantitative"}, "color": {"datum": "animals"}}},
    {"mark": {"type": "point", "size": 40},
     "encoding": {"y": {"field": "chosen", "type": "quantitative"},
                  "color": {"datum": "animals", "title": null,
                            "scale": {"domain": ["animals", "predicted by the fitted rule"],
                                      "range": ["currentColor", "var(--mark)"]}}}}
  ]
})json";

struct Offer {
  std::string animal, session, block, stimulus;
  int trial = 0;
  bool taken = false;
  bool free = false;  // whether the animal chose here, and was not forced to
  double reward = NAN;
  double predicted = NAN;
};

struct Mean {
  double sum = 0.0, squares = 0.0, many = 0.0;

  void add(double v) {
    if (!std::isfinite(v)) return;
    sum += v;
    squares += v * v;
    ++many;
  }
  void add(const Mean& more) {
    sum += more.sum;
    squares += more.squares;
    many += more.many;
  }
  [[nodiscard]] double value() const { return many > 0 ? sum / many : NAN; }
  [[nodiscard]] double error() const {
    if (many < 2) return NAN;
    const double variance = std::max(0.0, squares - sum * sum / many) / (many - 1);
    return std::sqrt(variance / many);
  }
};

// Offers of the new better option, trial by trial.
struct Curve {
  std::vector<Mean> chosen = std::vector<Mean>(kDrawn);
  std::vector<Mean> predicted = std::vector<Mean>(kDrawn);
};

struct Change {
  std::string animal;
  Curve curve;
  std::vector<char> reached = std::vector<char>(kDrawn, 0);  // whether its two blocks have this trial
};

using Offers = std::span<const Offer>;

std::vector<Offer> offers_of(const Table& table) {
  std::vector<std::size_t> at;
  for (const char* name :
       {"animal", "session", "block", "stimulus", "trial", "chosen", "reward", "probability"}) {
    const auto place = table.find(name);
    if (!place) return {};
    at.push_back(*place);
  }
  const auto scored = table.find("scored");
  std::vector<Offer> offers;
  for (std::size_t n = 0; n < table.rows(); ++n) {
    const auto text = [&](std::size_t column) { return std::string(table.cell(n, at[column])); };
    Offer offer{.animal = text(0), .session = text(1), .block = text(2), .stimulus = text(3)};
    offer.trial = table.whole(n, at[4]);
    offer.taken = text(5) == "1";
    offer.free = !table.empty(n, at[5]) && (!scored || table.cell(n, *scored) == "1");
    offer.reward = table.number(n, at[6]);
    offer.predicted = table.number(n, at[7]);
    offers.push_back(std::move(offer));
  }
  return offers;
}

// The option whose takings paid most; empty where that is no one option.
std::string better_of(Offers block) {
  std::map<std::string, Mean> paid;
  for (const Offer& offer : block) {
    if (offer.taken) paid[offer.stimulus].add(offer.reward);
  }
  std::erase_if(paid, [](const auto& one) { return one.second.many == 0; });
  if (paid.size() < 2) return {};
  const auto value = [](const auto& one) { return one.second.value(); };
  const auto best = std::ranges::max_element(paid, {}, value);
  const auto as_good = std::ranges::count(paid, best->second.value(), value);
  return as_good > 1 ? std::string() : best->first;
}

std::vector<Offers> blocks_of(Offers session) {
  std::vector<Offers> blocks;
  std::size_t begin = 0;
  for (std::size_t n = 1; n <= session.size(); ++n) {
    if (n < session.size() && session[n].block == session[begin].block) continue;
    blocks.push_back(session.subspan(begin, n - begin));
    begin = n;
  }
  return blocks;
}

void add_changes(Offers session, std::vector<Change>& changes) {
  const std::vector<Offers> blocks = blocks_of(session);
  for (std::size_t b = 1; b < blocks.size(); ++b) {
    const std::string better = better_of(blocks[b]);
    const std::string before = better_of(blocks[b - 1]);
    if (better.empty() || before.empty() || better == before) continue;
    Change change{.animal = session.front().animal, .curve = {}};
    for (const Offers block : {blocks[b - 1], blocks[b]}) {
      for (const Offer& offer : block) {
        const int place = offer.trial - blocks[b].front().trial + kBefore;
        if (place < 0 || place >= static_cast<int>(kDrawn)) continue;
        const auto at = static_cast<std::size_t>(place);
        change.reached[at] = 1;
        if (!offer.free || offer.stimulus != better) continue;
        change.curve.chosen[at].add(offer.taken ? 1.0 : 0.0);
        change.curve.predicted[at].add(offer.predicted);
      }
    }
    changes.push_back(std::move(change));
  }
}

std::vector<Change> changes_of(Offers offers) {
  std::vector<Change> changes;
  std::size_t begin = 0;
  for (std::size_t n = 1; n <= offers.size(); ++n) {
    const Offer& first = offers[begin];
    if (n < offers.size() && offers[n].animal == first.animal && offers[n].session == first.session) continue;
    add_changes(offers.subspan(begin, n - begin), changes);
    begin = n;
  }
  return changes;
}

// All offers of each animal; of a single animal those of each change.
std::vector<Curve> by_animal(const std::vector<Change>& changes, std::size_t animals) {
  std::map<std::string, Curve> found;
  for (std::size_t c = 0; c < changes.size(); ++c) {
    Curve& curve = found[animals > 1 ? changes[c].animal : fmt::format("{}", c)];
    for (std::size_t n = 0; n < kDrawn; ++n) {
      curve.chosen[n].add(changes[c].curve.chosen[n]);
      curve.predicted[n].add(changes[c].curve.predicted[n]);
    }
  }
  std::vector<Curve> curves;
  for (auto& [animal, curve] : found) curves.push_back(std::move(curve));
  return curves;
}

std::string figure_of(Runs runs, const Run& run) {
  if (!run.files.trajectories) return {};
  const std::vector<Offer> offers = offers_of(*run.files.trajectories);
  const std::vector<Change> changes = changes_of(offers);
  if (changes.empty()) return {};
  std::set<std::string> animals;
  for (const Change& change : changes) animals.insert(change.animal);
  const std::vector<Curve> curves = by_animal(changes, animals.size());
  Numbers numbers{{{"trial", true},
                   {"chosen", true},
                   {"low", true},
                   {"high", true},
                   {"predicted", true},
                   {"changes", true}},
                  {}};
  for (std::size_t n = 0; n < kDrawn; ++n) {
    const auto reached = static_cast<std::size_t>(
        std::ranges::count_if(changes, [n](const Change& c) { return c.reached[n] != 0; }));
    // Trials that only few blocks reach would be those of other blocks than the rest of the curve.
    if (2 * reached < changes.size()) continue;
    Mean chosen;
    Mean predicted;
    for (const Curve& curve : curves) {
      chosen.add(curve.chosen[n].value());
      predicted.add(curve.predicted[n].value());
    }
    numbers.rows.push_back({fmt::format("{}", static_cast<int>(n) - kBefore), number(chosen.value()),
                            number(chosen.value() - chosen.error()), number(chosen.value() + chosen.error()),
                            number(predicted.value()), fmt::format("{}", reached)});
  }
  if (numbers.rows.empty()) return {};
  const auto counted = [](std::size_t n, const std::string& what) {
    return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
  };
  return to_html(
      {fmt::format("block-changes-{}", run.index), label_of(runs, run) + "Learning after a block change",
       fmt::format(
           "How often the option was taken, where it was offered, that paid best in the new block and "
           "had not in the old one: {} of {}. Dots are {}, bands its standard error, the dashed line "
           "what the fitted rule predicted for the same offers. Trials that fewer than half of the "
           "changes reach are left out.",
           counted(changes.size(), "change"), counted(animals.size(), "animal"),
           animals.size() > 1 ? "the mean over animals" : "the mean over changes"),
       "Share of choices of the better option around block changes.", with_tooltips(kCurve, numbers),
       numbers});
}

}  // namespace

std::string block_changes(Runs runs) {
  std::vector<std::string> figures;
  for (const Run& run : runs) {
    std::string figure = of_one_run(runs, run, figure_of(runs, run));
    if (!figure.empty()) figures.push_back(std::move(figure));
  }
  return section("block-changes", "After a block change", side_by_side(figures));
}

}  // namespace synfer::report
